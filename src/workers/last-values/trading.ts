import { COLUMN } from '../../features.ts';
import type { Series } from '../../series.ts';

/** What is traded, and which way: `dollar_vol_*`, `vol_spike_ratio`, `obv_slope_21`, `mfi_14`. */
export function writeTrading(
  { high, low, close, volume }: Series,
  start: number,
  end: number,
  row: Float64Array,
  offset: number,
): void {
  const bars = end - start;
  const dollarVol20 = bars < 20 ? Number.NaN : meanDollarVolume(close, volume, end - 20, end);
  row[offset + COLUMN.dollar_vol_20] = dollarVol20;
  // A young symbol's trading is judged by the sessions it has.
  row[offset + COLUMN.dollar_vol_40] = meanDollarVolume(close, volume, Math.max(start, end - 40), end);
  row[offset + COLUMN.vol_spike_ratio] = (close[end - 1]! * volume[end - 1]!) / dollarVol20;
  row[offset + COLUMN.obv_slope_21] = bars < 21 ? Number.NaN : slopeOfBalance(close, volume, end - 21, end);
  row[offset + COLUMN.mfi_14] = bars > 14 ? moneyFlow(high, low, close, volume, end - 14, end) : Number.NaN;
}

function meanDollarVolume(close: Float64Array, volume: Float64Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum += close[at]! * volume[at]!;
  return sum / (end - start);
}

/** The least-squares slope of Granville's on-balance volume, a session, over the mean volume; NaN without volume. */
function slopeOfBalance(close: Float64Array, volume: Float64Array, start: number, end: number): number {
  const length = end - start;
  let traded = volume[start]!;
  // From 0 at the first bar: where it starts has no part in its slope.
  let balance = 0;
  let products = 0;
  for (let at = 1; at < length; at++) {
    const value = close[start + at]!;
    const previous = close[start + at - 1]!;
    balance += (Number(value > previous) - Number(value < previous)) * volume[start + at]!;
    traded += volume[start + at]!;
    products += (at - (length - 1) / 2) * balance;
  }
  const spread = (length * (length * length - 1)) / 12;
  return products / spread / (traded / length);
}

/**
 * The share of money (typical price × volume) of bars that rise in that of bars that rise or fall, 0 to 100; looks one
 * bar before `start`. As TA-Lib, less than a dollar of it reads 0.
 */
function moneyFlow(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  volume: Float64Array,
  start: number,
  end: number,
): number {
  let previous = (high[start - 1]! + low[start - 1]! + close[start - 1]!) / 3;
  let rising = 0;
  let moved = 0;
  for (let at = start; at < end; at++) {
    const typical = (high[at]! + low[at]! + close[at]!) / 3;
    const money = typical * volume[at]!;
    rising += Number(typical > previous) * money;
    moved += Number(typical !== previous) * money;
    previous = typical;
  }
  return moved < 1 ? 0 : 100 * (rising / moved);
}
