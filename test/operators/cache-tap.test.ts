import { fc, test } from '@fast-check/vitest';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { ROW_WIDTH } from '../../src/features.ts';
import { readCache, writeCache } from '../../src/operators/cache-tap.ts';
import { FLAG_OLDER_EXIST, layOutSeries } from '../../src/series.ts';
import { answers } from '../../src/standing.ts';
import type { SeriesBytes, SeriesStore } from '../../src/types.ts';
import { entryOf } from '../support/entries.ts';
import { seriesOf } from '../support/series.ts';

const history = { from: 17_000, to: 17_009, bars: 10 };
const dataset = 'test';
const symbols = (...names: string[]) =>
  names.map((name) => ({ kind: 'entered', entry: entryOf(name) }) as const);
const broken = async () => {
  throw new Error('the disk is gone');
};

async function storeOf(entries: Record<string, SeriesBytes>): Promise<SeriesStore> {
  const store = createMemoryStore();
  await store.write(
    Object.entries(entries).map(([symbol, series]) => ({ key: `${dataset}|${symbol}`, series })),
  );
  return store;
}

describe('readCache', () => {
  const read = (store: SeriesStore, options: Partial<Parameters<typeof readCache>[1]> = {}) =>
    lastValueFrom(
      from(symbols('A', 'B', 'C')).pipe(readCache(store, { dataset, history, ...options }), toArray()),
    );

  it('hands out what answers, and marks the rest missing', async () => {
    const series = seriesOf({ bars: 10 });
    const store = await storeOf({ B: series, C: seriesOf({ bars: 9 }) });
    const counts: number[][] = [];
    expect(await read(store, { onRead: (...each) => counts.push(each) })).toEqual([
      { kind: 'missing', entry: entryOf('A') },
      { kind: 'cached', entry: entryOf('B'), series },
      { kind: 'missing', entry: entryOf('C') },
    ]);
    expect(counts).toEqual([[1, 2]]);
  });

  it('does not see what another dataset stored', async () => {
    const store = await storeOf({ A: seriesOf({ bars: 10 }) });
    expect((await read(store, { dataset: 'other' })).map(({ kind }) => kind)).toEqual(
      Array(3).fill('missing'),
    );
  });

  it('reads no series of those whose row is known', async () => {
    const series = seriesOf({ bars: 10 });
    const store = await storeOf({ A: series, B: series, C: series });
    const row = new Float64Array(ROW_WIDTH).fill(7);
    const asked: (readonly string[])[] = [];
    const counts: number[][] = [];
    const reading = {
      ...store,
      read: (keys: readonly string[]) => {
        asked.push(keys);
        return store.read(keys);
      },
    };
    const outcomes = await read(reading, {
      recall: async (names) => names.map((name) => (name === 'B' ? row : undefined)),
      onRead: (...each) => counts.push(each),
    });
    expect(outcomes).toEqual([
      { kind: 'cached', entry: entryOf('A'), series },
      { kind: 'scored', entry: entryOf('B'), row },
      { kind: 'cached', entry: entryOf('C'), series },
    ]);
    expect(asked).toEqual([[`${dataset}|A`, `${dataset}|C`]]);
    expect(counts).toEqual([[3, 0]]);
  });

  it('takes a store that cannot be read for an empty one, and says so', async () => {
    const errors: unknown[] = [];
    const outcomes = await read(
      { ...(await storeOf({})), read: broken },
      { onStoreError: (...each) => errors.push(each) },
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['missing', 'missing', 'missing']);
    expect(errors).toEqual([[new Error('the disk is gone'), 'read']]);
  });
});

describe('writeCache', () => {
  const row = new Float64Array(ROW_WIDTH);
  const fresh = { kind: 'fresh', entry: entryOf('A'), row, series: seriesOf({ bars: 3 }) } as const;
  const passed = [{ kind: 'scored', entry: entryOf('A'), row }];
  const write = (store: SeriesStore, onStoreError = (_error: unknown, _doing: string) => {}) =>
    lastValueFrom(from([fresh]).pipe(writeCache(store, { dataset, history, onStoreError }), toArray()));

  it('stores what came fresh, and lets it pass without its series', async () => {
    const store = await storeOf({});
    expect(await write(store)).toEqual(passed);
    expect(await store.read([`${dataset}|A`])).toEqual([fresh.series]);
  });

  it('lets it pass where the store cannot be written, and says so', async () => {
    const errors: unknown[] = [];
    const store = { ...(await storeOf({})), write: broken };
    expect(await write(store, (...each) => errors.push(each))).toEqual(passed);
    expect(errors).toEqual([[new Error('the disk is gone'), 'write']]);
  });
});

describe('answers', () => {
  it('refuses bytes that are no series', () => {
    expect(answers(new Uint8Array(100), history)).toBe(false);
  });

  const session = fc.integer({ min: 0, max: 60 });
  const range = fc.tuple(session, session).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const asked = fc.tuple(range, fc.integer({ min: 1, max: 20 }));

  // The source has a bar on every session of `traded`; a fetch brings the newest of a range.
  test.prop([fc.uniqueArray(session, { maxLength: 60, size: 'max' }), asked, asked], { numRuns: 500 })(
    'is true only where the stored bars are those that the source would bring',
    (traded, [[from, to], bars], [[wantedFrom, wantedTo], wantedBars]) => {
      const fetch = (first: number, last: number, count: number) =>
        traded
          .filter((day) => day >= first && day <= last)
          .sort((a, b) => a - b)
          .slice(-count);
      const held = fetch(from, to, bars);
      const olderExist = held.length < fetch(from, to, 100).length;
      const flags = olderExist ? FLAG_OLDER_EXIST : 0;
      const series = layOutSeries({ bars: held.length, from, to, flags });
      series.session.set(held);

      const wanted = fetch(wantedFrom, wantedTo, wantedBars);
      const isSame =
        held
          .filter((day) => day >= wantedFrom && day <= wantedTo)
          .slice(-wantedBars)
          .join() === wanted.join();
      const history = { from: wantedFrom, to: wantedTo, bars: wantedBars };
      if (answers(series.bytes, history)) expect(isSame).toBe(true);
      // What was fetched answers its own question.
      expect(answers(series.bytes, { from, to, bars })).toBe(true);
    },
  );
});
