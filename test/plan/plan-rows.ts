import { fc } from '@fast-check/vitest';
import { COLUMN, type ColumnName, ROW_WIDTH } from '../../src/features.ts';
import type { FeatureRow } from '../../src/types.ts';

export type Columns = Readonly<Partial<Record<ColumnName, number>>>;

/** A row of the columns given, NaN in all others. */
export function rowOf(columns: Columns): FeatureRow {
  const row = new Float64Array(ROW_WIDTH).fill(Number.NaN);
  for (const [name, value] of Object.entries(columns)) row[COLUMN[name as ColumnName]] = value;
  return row;
}

/** A long and a short of each setup, at a close of 100 dollars with a true range of 4. */
export const BREAKOUT = {
  close: 100,
  atr_14: 4,
  swing_low_10: 92,
  swing_high_10: 102,
  recent_low_5: 95,
  recent_high_5: 101,
  sma_20: 98,
  sma_50: 96,
  sma_200: 90,
  pct_from_high_20: -0.5,
  vol_spike_ratio: 1.5,
  dollar_vol_20: 1e9,
} as const satisfies Columns;
export const TREND = { ...BREAKOUT, vol_spike_ratio: 1 };
export const PULLBACK = { ...TREND, sma_20: 101 };
export const OTHER = { ...PULLBACK, sma_200: 97 };

export const SHORT_BREAKOUT = {
  ...BREAKOUT,
  swing_low_10: 99.5,
  swing_high_10: 108,
  recent_low_5: 99.75,
  recent_high_5: 105,
  sma_20: 102,
  sma_50: 104,
  sma_200: 110,
} as const satisfies Columns;
export const SHORT_TREND = { ...SHORT_BREAKOUT, vol_spike_ratio: 1 };
export const SHORT_PULLBACK = { ...SHORT_TREND, sma_20: 99 };
export const SHORT_OTHER = { ...SHORT_PULLBACK, sma_200: 103 };

/** Multiples of 1/64 of a dollar: their sums are exact, and they meet each other. */
const sixtyFourths = (min: number, max: number) =>
  fc.integer({ min: min * 64, max: max * 64 }).map((steps) => steps / 64);

/** All the columns that a plan looks at; highs and lows where bars would put them, averages on either side. */
export const planColumns = fc
  .record({
    close: sixtyFourths(50, 150),
    atr_14: sixtyFourths(1, 12),
    low: sixtyFourths(0, 10),
    lower: sixtyFourths(0, 30),
    high: sixtyFourths(0, 10),
    higher: sixtyFourths(0, 30),
    to20: sixtyFourths(-20, 20),
    to50: sixtyFourths(-20, 20),
    to200: sixtyFourths(-20, 20),
    pct_from_high_20: fc.constantFrom(0, -0.5, -1, -3),
    vol_spike_ratio: fc.constantFrom(0.7, 1.2, 1.3, 2),
    dollar_vol_20: fc.double({ min: 0, max: 1e7, noNaN: true }),
  })
  .map(
    ({ low, lower, high, higher, to20, to50, to200, ...rest }) =>
      ({
        ...rest,
        recent_low_5: rest.close - low,
        swing_low_10: rest.close - low - lower,
        recent_high_5: rest.close + high,
        swing_high_10: rest.close + high + higher,
        sma_20: rest.close + to20,
        sma_50: rest.close + to50,
        sma_200: rest.close + to200,
      }) satisfies Columns,
  );

export const side = fc.constantFrom('long' as const, 'short' as const);
