import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { findLevels } from '../../src/plan/price-levels.ts';
import * as rows from './plan-rows.ts';
import { planColumns, rowOf, side } from './plan-rows.ts';

describe('findLevels', () => {
  it.each([
    ['breakout', rows.BREAKOUT, 102.8, 92],
    ['trend', rows.TREND, 99.4, 92],
    ['pullback', rows.PULLBACK, 101.2, 92],
    ['other', rows.OTHER, 100.4, 92],
  ] as const)('enters and stops a long %s as computed by hand', (setup, columns, entry, stop) => {
    expect(findLevels(rowOf(columns), 'long')).toEqual({ setup, entry, stop });
  });

  it.each([
    ['breakout', rows.SHORT_BREAKOUT, 98.7, 108],
    ['trend', rows.SHORT_TREND, 100.6, 108],
    ['pullback', rows.SHORT_PULLBACK, 98.8, 108],
    ['other', rows.SHORT_OTHER, 99.6, 108],
  ] as const)('enters and stops a short %s as computed by hand', (setup, columns, entry, stop) => {
    expect(findLevels(rowOf(columns), 'short')).toEqual({ setup, entry, stop });
  });

  it('keeps the stop 1.5 to 3 true ranges away from the close', () => {
    const stopOf = (swing_low_10: number) =>
      findLevels(rowOf({ ...rows.OTHER, swing_low_10, recent_low_5: 99 }), 'long')?.stop;
    expect([50, 88, 90, 94, 98].map(stopOf)).toEqual([88, 88, 90, 94, 94]);
  });

  it('draws each line of a setup on the right side', () => {
    const setupOf = (columns: rows.Columns) => findLevels(rowOf(columns), 'long')?.setup;
    expect(setupOf({ ...rows.BREAKOUT, pct_from_high_20: -1 })).toBe('trend');
    expect(setupOf({ ...rows.BREAKOUT, vol_spike_ratio: 1.2 })).toBe('trend');
    expect(setupOf({ ...rows.TREND, sma_20: 96 })).toBe('other');
    expect(setupOf({ ...rows.TREND, sma_20: 100 })).toBe('pullback');
    expect(setupOf({ ...rows.PULLBACK, sma_200: 96 })).toBe('other');
    expect(findLevels(rowOf({ ...rows.SHORT_BREAKOUT, swing_low_10: 99 }), 'short')?.setup).toBe('trend');
    expect(findLevels(rowOf({ ...rows.SHORT_BREAKOUT, swing_low_10: 99.02 }), 'short')?.setup).toBe(
      'breakout',
    );
  });

  it('takes the setup that a young symbol has the averages for', () => {
    const young = { ...rows.TREND, sma_200: Number.NaN };
    expect(findLevels(rowOf(young), 'long')?.setup).toBe('trend');
    expect(findLevels(rowOf({ ...young, sma_50: Number.NaN }), 'long')?.setup).toBe('other');
  });

  it.each([
    ['true range', { ...rows.OTHER, atr_14: Number.NaN }],
    ['movement', { ...rows.OTHER, atr_14: 0 }],
    ['close', { ...rows.OTHER, close: Number.NaN }],
    ['low for the stop', { ...rows.OTHER, swing_low_10: Number.NaN }],
    ['recent low for the stop', { ...rows.OTHER, recent_low_5: Number.NaN }],
    ['high to break out of', { ...rows.BREAKOUT, swing_high_10: Number.NaN }],
    ['recent high to break out of', { ...rows.BREAKOUT, recent_high_5: Number.NaN }],
  ])('finds none without a %s', (_, columns) => {
    expect(findLevels(rowOf(columns), 'long')).toBeUndefined();
  });

  test.prop([planColumns])('equals the definition with all of its bounds written out', (columns) => {
    const { close: c, atr_14: a, sma_20, sma_50, sma_200, swing_low_10, recent_low_5 } = columns;
    const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
    const stop = clamp(Math.min(swing_low_10, recent_low_5, c - 1.5 * a), c - 3 * a, c - 0.5 * a);
    const base = c > sma_20 + 2 * a ? c - 0.5 * a : sma_20;
    const [setup, entry] =
      columns.pct_from_high_20 > -1 && columns.vol_spike_ratio > 1.2
        ? ['breakout', Math.max(columns.swing_high_10, columns.recent_high_5, c) + 0.2 * a]
        : sma_20 > sma_50 && c > sma_20
          ? ['trend', Math.max(base, c - 0.25 * a) + 0.1 * a]
          : sma_50 > sma_200 && c <= sma_20
            ? ['pullback', Math.max(sma_20, recent_low_5, c) + 0.05 * a]
            : ['other', c + 0.1 * a];
    expect(findLevels(rowOf(columns), 'long')).toEqual({ setup, entry, stop });
  });

  test.prop([planColumns, side])('puts the stop beyond the entry, within its bounds', (columns, of) => {
    const { close, atr_14 } = columns;
    const { entry, stop } = findLevels(rowOf(columns), of)!;
    const sign = of === 'long' ? 1 : -1;
    expect(sign * (entry - stop)).toBeGreaterThan(0);
    expect(sign * (close - stop)).toBeGreaterThanOrEqual(0.5 * atr_14);
    expect(sign * (close - stop)).toBeLessThanOrEqual(3 * atr_14);
  });

  // By a power of two, which no rounding can tell.
  test.prop([planColumns, side, fc.integer({ min: -6, max: 10 })])(
    'scales with the unit of prices',
    (columns, of, power) => {
      const scale = 2 ** power;
      const { pct_from_high_20, vol_spike_ratio, dollar_vol_20, ...prices } = columns;
      const scaled = Object.fromEntries(Object.entries(prices).map(([name, price]) => [name, price * scale]));
      const { setup, entry, stop } = findLevels(rowOf(columns), of)!;
      expect(findLevels(rowOf({ ...scaled, pct_from_high_20, vol_spike_ratio, dollar_vol_20 }), of)).toEqual({
        setup,
        entry: entry * scale,
        stop: stop * scale,
      });
    },
  );

  test.prop([planColumns])('makes a short of the long in the mirror', (columns) => {
    const level = 256;
    const low = level - columns.swing_high_10;
    const mirrored = {
      ...columns,
      close: level - columns.close,
      swing_low_10: low,
      swing_high_10: level - columns.swing_low_10,
      recent_low_5: level - columns.recent_high_5,
      recent_high_5: level - columns.recent_low_5,
      sma_20: level - columns.sma_20,
      sma_50: level - columns.sma_50,
      sma_200: level - columns.sma_200,
    };
    // Percentages have no mirror: the long's is set to say what the short's prices say.
    const pct_from_high_20 = (mirrored.close / low - 1) * 100 < 1 ? 0 : -3;
    const long = findLevels(rowOf({ ...columns, pct_from_high_20 }), 'long')!;
    const short = findLevels(rowOf(mirrored), 'short')!;
    expect(short.setup).toBe(long.setup);
    expect(short.entry).toBeCloseTo(level - long.entry, 9);
    expect(short.stop).toBeCloseTo(level - long.stop, 9);
  });

  it('is tested with every setup on either side', () => {
    const drawn = fc.sample(planColumns, { numRuns: 1000, seed: 1 }).map(rowOf);
    for (const of of ['long', 'short'] as const) {
      const setups = new Set(drawn.map((row) => findLevels(row, of)?.setup));
      expect(setups).toEqual(new Set(['breakout', 'trend', 'pullback', 'other']));
    }
  });
});
