import { COLUMN } from '../../features.ts';
import type { Series } from '../../series.ts';
import { mean } from './averages.ts';

/**
 * The mean of the last 20 closes and the bands around it: `sma_20`, `close_cv_20`, `bb_pctb`, `bb_width`, `squeeze_on`.
 *
 * Bollinger's bands are 2 population deviations around SMA(20); they squeeze inside the Keltner channel, 2 ATR(10)
 * around EMA(20). `bb_pctb` is 0 at the lower band and 1 at the upper one, NaN where they are one.
 */
export function writeBands(
  { close }: Series,
  start: number,
  end: number,
  ema20: number,
  atr10: number,
  row: Float64Array,
  offset: number,
): void {
  const bars = end - start;
  const middle = bars < 20 ? Number.NaN : mean(close, end - 20, end);
  const squares = bars < 20 ? Number.NaN : squaredDistances(close, middle, end - 20, end);
  const band = 2 * Math.sqrt(squares / 20);
  const channel = 2 * atr10;
  const inside = middle + band < ema20 + channel && middle - band > ema20 - channel;
  row[offset + COLUMN.sma_20] = middle;
  row[offset + COLUMN.close_cv_20] = Math.sqrt(squares / 19) / middle;
  row[offset + COLUMN.bb_pctb] = (close[end - 1]! - middle + band) / (2 * band);
  row[offset + COLUMN.bb_width] = (2 * band) / middle;
  row[offset + COLUMN.squeeze_on] = bars < 20 ? Number.NaN : Number(inside);
}

function squaredDistances(values: Float64Array, center: number, start: number, end: number): number {
  let squares = 0;
  for (let at = start; at < end; at++) squares += (values[at]! - center) * (values[at]! - center);
  return squares;
}
