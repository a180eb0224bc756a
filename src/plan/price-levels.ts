import { COLUMN, type ColumnName } from '../features.ts';
import type { FeatureRow, Setup, Side } from '../types.ts';

/** Where to get in and where to give up: exact prices in dollars. */
export interface PriceLevels {
  readonly setup: Setup;
  readonly entry: number;
  readonly stop: number;
}

/**
 * The setup of a symbol at its last session, with its entry and its stop.
 *
 * For a long, with C the close and A the average true range of 14 sessions in dollars:
 *
 *     stop       max(min(swing_low_10, recent_low_5, C − 1.5A), C − 3A): 1.5 to 3 A below the close
 *     breakout   pct_from_high_20 > −1 and vol_spike_ratio > 1.2     max(swing_high_10, recent_high_5, C) + 0.2A
 *     trend      sma_20 > sma_50 and C > sma_20                      max(sma_20, C − 0.25A) + 0.1A
 *     pullback   sma_50 > sma_200 and C ≤ sma_20                     max(sma_20, recent_low_5, C) + 0.05A
 *     other                                                          C + 0.1A
 *
 * A short is the same with every price negated: highs for lows, below for above, smallest for largest. Its breakout is a
 * close less than 1 % above the low: (C / swing_low_10 − 1) · 100 < 1. The low is that of 10 sessions, where a long
 * compares with the highest close of 20: a row has no lowest close.
 *
 * A comparison with NaN is false, so a young symbol has the setups that its bars allow. `undefined` where A is not above
 * 0, or where a price that the stop or the chosen entry needs is not available.
 */
export function findLevels(row: FeatureRow, side: Side): PriceLevels | undefined {
  const atr = row[COLUMN.atr_14]!;
  if (!(atr > 0)) return undefined;
  const sign = side === 'long' ? 1 : -1;
  const price = (ofLong: ColumnName, ofShort = ofLong) =>
    sign * row[COLUMN[side === 'long' ? ofLong : ofShort]]!;
  const close = price('close');
  const sma20 = price('sma_20');
  const sma50 = price('sma_50');
  const recentLow = price('recent_low_5', 'recent_high_5');

  let setup: Setup;
  let entry: number;
  if (isNearExtreme(row, side) && row[COLUMN.vol_spike_ratio]! > 1.2) {
    setup = 'breakout';
    const swingHigh = price('swing_high_10', 'swing_low_10');
    entry = Math.max(swingHigh, price('recent_high_5', 'recent_low_5'), close) + 0.2 * atr;
  } else if (sma20 > sma50 && close > sma20) {
    setup = 'trend';
    entry = Math.max(sma20, close - 0.25 * atr) + 0.1 * atr;
  } else if (sma50 > price('sma_200') && close <= sma20) {
    setup = 'pullback';
    entry = Math.max(sma20, recentLow, close) + 0.05 * atr;
  } else {
    setup = 'other';
    entry = close + 0.1 * atr;
  }
  const lowest = Math.min(price('swing_low_10', 'swing_high_10'), recentLow, close - 1.5 * atr);
  const stop = Math.max(lowest, close - 3 * atr);
  return Number.isNaN(entry - stop) ? undefined : { setup, entry: sign * entry, stop: sign * stop };
}

/** Whether the close is within 1 % of where a breakout starts. */
function isNearExtreme(row: FeatureRow, side: Side): boolean {
  return side === 'long'
    ? row[COLUMN.pct_from_high_20]! > -1
    : (row[COLUMN.close]! / row[COLUMN.swing_low_10]! - 1) * 100 < 1;
}
