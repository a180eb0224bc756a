import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { sessionsBack } from '../../src/calendar/nyse.ts';
import { ConfigError } from '../../src/errors.ts';
import { parseSession } from '../../src/session.ts';
import { fillScanOptions } from '../../src/streams/fill-scan-options.ts';
import type { ScanOptions } from '../../src/streams/scan-options.ts';
import type { BarSource } from '../../src/types.ts';
import { CLASSIC_WEIGHTS } from '../../src/workers/classic.ts';

const asOf = parseSession('2018-07-17');
const source: BarSource = {
  name: 'none',
  dataset: 'none',
  traffic: { calls: 0, bytes: 0 },
  fetchBars: () => Promise.reject(new Error('nobody asks')),
  close: async () => {},
};
const fill = (options: Partial<ScanOptions>) => fillScanOptions({ universe: [], source, asOf, ...options });

describe('the options of a scan', () => {
  it('have the sessions that it looks at', () => {
    const history = { from: sessionsBack(asOf, 60), to: asOf, bars: 50 };
    expect(fill({ lookback: 50, slack: 10 }).history).toEqual(history);
  });

  it('have a default also where `undefined` is given', () => {
    const { id: _, ...filled } = fill({});
    const nothing = Object.fromEntries(Object.keys(filled).map((name) => [name, undefined]));
    const { id: __, ...again } = fill({ ...nothing, universe: filled.universe, source });
    const plain = (options: object) => JSON.parse(JSON.stringify(options)) as unknown;
    expect(plain(again)).toEqual(plain(filled));
  });

  it('keep the classic weights that are not given', () => {
    expect(fill({ weights: { trend: 7 } }).weights).toEqual({ ...CLASSIC_WEIGHTS, trend: 7 });
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'name every count that cannot be %s',
    (count) => {
      const counts = { lookback: count, concurrency: count, window: count, attempts: count };
      const problems = Object.keys(counts).map(
        (name) => `Expected \`${name}\` to be an integer from 1, got \`${count}\``,
      );
      expect(() => fill(counts)).toThrow(new ConfigError(problems));
    },
  );

  test.prop([fc.integer({ min: 1, max: 2000 })])('have a smaller window for longer series', (lookback) => {
    const { window } = fill({ lookback });
    expect(window).toBeGreaterThanOrEqual(64);
    expect(window).toBeLessThanOrEqual(2048);
    // 256 bytes a bar, 256 MiB in all, unless that is less than 64 symbols.
    if (window > 64) expect(window * lookback * 256).toBeLessThanOrEqual(256 * 2 ** 20);
    if (window < 2048) expect((window + 1) * lookback * 256).toBeGreaterThan(256 * 2 ** 20);
  });
});
