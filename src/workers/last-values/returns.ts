import { COLUMN } from '../../features.ts';
import type { Series } from '../../series.ts';
import { ANNUAL } from '../indicators/realized-vol.ts';

/** Returns, as fractions, and how they vary: `ret_*`, `mom_12_1`, `realized_vol_*`, `gap_1d`, `gap_mean_10`. */
export function writeReturns(
  { open, close }: Series,
  start: number,
  end: number,
  row: Float64Array,
  offset: number,
): void {
  const bars = end - start;
  row[offset + COLUMN.ret_1d] = change(close, start, end - 2, end - 1);
  row[offset + COLUMN.ret_5d] = change(close, start, end - 6, end - 1);
  row[offset + COLUMN.ret_21d] = change(close, start, end - 22, end - 1);
  row[offset + COLUMN.ret_63d] = change(close, start, end - 64, end - 1);
  row[offset + COLUMN.ret_126d] = change(close, start, end - 127, end - 1);
  row[offset + COLUMN.ret_252d] = change(close, start, end - 253, end - 1);
  row[offset + COLUMN.mom_12_1] = change(close, start, end - 253, end - 22);
  row[offset + COLUMN.realized_vol_20] = bars > 20 ? realizedVol(close, end - 20, end) : Number.NaN;
  row[offset + COLUMN.realized_vol_60] = bars > 60 ? realizedVol(close, end - 60, end) : Number.NaN;
  row[offset + COLUMN.gap_1d] = bars < 2 ? Number.NaN : open[end - 1]! / close[end - 2]! - 1;
  row[offset + COLUMN.gap_mean_10] = bars > 10 ? meanGap(open, close, end - 10, end) : Number.NaN;
}

/** The return from one bar to a later one; NaN where the earlier one is before `start`. */
function change(close: Float64Array, start: number, from: number, to: number): number {
  return from < start ? Number.NaN : close[to]! / close[from]! - 1;
}

/** The sample deviation of the returns of bars `start` … `end − 1`, a year's. Equal to `RealizedVolState`. */
function realizedVol(close: Float64Array, start: number, end: number): number {
  const length = end - start;
  let sum = 0;
  for (let at = start; at < end; at++) sum += close[at]! / close[at - 1]! - 1;
  const mean = sum / length;
  let squares = 0;
  for (let at = start; at < end; at++) {
    const distance = close[at]! / close[at - 1]! - 1 - mean;
    squares += distance * distance;
  }
  return Math.sqrt(squares / (length - 1)) * ANNUAL;
}

/** Mean of |open − previous close| / previous close; looks one bar before `start`. */
function meanGap(open: Float64Array, close: Float64Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum += Math.abs(open[at]! - close[at - 1]!) / close[at - 1]!;
  return sum / (end - start);
}
