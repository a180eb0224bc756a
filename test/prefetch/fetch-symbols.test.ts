import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ScanError, UnknownSymbolsError } from '../../src/errors.ts';
import { fetchSymbols } from '../../src/prefetch/fetch-symbols.ts';
import type { ManySymbols, SeriesBytes } from '../../src/types.ts';
import { seriesOf } from '../support/series.ts';

const history = { from: 0, to: 100, bars: 10 };
const call = <T>(request: (signal: AbortSignal) => Promise<T>) => request(new AbortController().signal);

/** A service that takes a page of symbols, and refuses a page that has one it does not know. */
function serviceOf(unknown: readonly string[], { names = true, size = 8 } = {}) {
  let calls = 0;
  const manySymbols: ManySymbols = {
    symbolsPerCall: () => size,
    calls: (symbols) => Math.ceil(symbols / size),
    async fetchMany(symbols) {
      calls++;
      const bad = symbols.filter((symbol) => unknown.includes(symbol));
      if (bad.length > 0) throw new UnknownSymbolsError('invalid symbol', names ? bad.slice(0, 1) : [], null);
      return new Map(symbols.map((symbol) => [symbol, seriesOf({ bars: 1 })]));
    },
  };
  return { manySymbols, calls: () => calls };
}

async function fetchAll(symbols: readonly string[], manySymbols: ManySymbols) {
  const found = new Map<string, SeriesBytes>();
  await fetchSymbols(symbols, {
    ...{ manySymbols, history, call, concurrency: 3 },
    onSeries: (series) => {
      for (const [symbol, bytes] of series) {
        expect(found.has(symbol)).toBe(false);
        found.set(symbol, bytes);
      }
    },
  });
  return [...found.keys()].sort();
}

describe('fetchSymbols', () => {
  test.prop([
    fc.uniqueArray(
      fc.integer({ min: 0, max: 200 }).map((n) => `S${n}`),
      { maxLength: 60, size: 'max' },
    ),
    fc.infiniteStream(fc.boolean()),
    fc.boolean(),
  ])(
    'brings every symbol that the service knows, once, whatever its neighbours are',
    async (symbols, draws, names) => {
      const unknown = symbols.filter(
        () => (draws.next().value as boolean) && (draws.next().value as boolean),
      );
      const { manySymbols } = serviceOf(unknown, { names });
      expect(await fetchAll(symbols, manySymbols)).toEqual(
        symbols.filter((symbol) => !unknown.includes(symbol)).sort(),
      );
    },
  );

  it('finds one that is not named by halving', async () => {
    const symbols = Array.from({ length: 64 }, (_, index) => `S${index}`);
    const { manySymbols, calls } = serviceOf(['S37'], { names: false, size: 64 });
    expect(await fetchAll(symbols, manySymbols)).toHaveLength(63);
    // The whole, and both halves of what has it, six times over.
    expect(calls()).toBe(1 + 2 * 6);
  });

  it('fails with the failure of a call that nothing can be made of', async () => {
    const { manySymbols } = serviceOf([]);
    const failing = {
      ...manySymbols,
      fetchMany: () => Promise.reject(new ScanError('unauthorized', 'no', { stage: 'fetch' })),
    };
    await expect(fetchAll(['A', 'B'], failing)).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
