import { COLUMN } from '../../features.ts';
import type { Series } from '../../series.ts';
import { highest, lowest } from './extremes.ts';

/**
 * Where the close stands in its ranges: `stoch_k`, `stoch_d` (14, 3, 3), `willr_14`, `cci_20`.
 *
 * As TA-Lib: a window without a range reads 0, and both stochastics begin at bar 17.
 */
export function writeOscillators(
  { high, low, close }: Series,
  start: number,
  end: number,
  row: Float64Array,
  offset: number,
): void {
  const bars = end - start;
  let willr = Number.NaN;
  let k = Number.NaN;
  let d = Number.NaN;
  if (bars > 13) {
    const top = highest(high, end - 14, end);
    const bottom = lowest(low, end - 14, end);
    willr = top === bottom ? 0 : 100 * ((close[end - 1]! - top) / (top - bottom));
  }
  if (bars > 17) {
    const raw0 = percentOfRange(high, low, close, end - 4);
    const raw1 = percentOfRange(high, low, close, end - 3);
    const raw2 = percentOfRange(high, low, close, end - 2);
    const raw3 = percentOfRange(high, low, close, end - 1);
    const raw4 = percentOfRange(high, low, close, end);
    k = meanOfThree(raw2, raw3, raw4);
    d = meanOfThree(meanOfThree(raw0, raw1, raw2), meanOfThree(raw1, raw2, raw3), k);
  }
  row[offset + COLUMN.stoch_k] = k;
  row[offset + COLUMN.stoch_d] = d;
  row[offset + COLUMN.willr_14] = willr;
  row[offset + COLUMN.cci_20] = bars < 20 ? Number.NaN : commodityChannel(high, low, close, end - 20, end);
}

/** Where the last close before `end` stands between the lowest low (0) and the highest high (100) of 14 bars. */
function percentOfRange(high: Float64Array, low: Float64Array, close: Float64Array, end: number): number {
  const top = highest(high, end - 14, end);
  const bottom = lowest(low, end - 14, end);
  return top === bottom ? 0 : 100 * ((close[end - 1]! - bottom) / (top - bottom));
}

/** Of equal values exactly that value. */
function meanOfThree(first: number, second: number, third: number): number {
  return first + (second - first + (third - first)) / 3;
}

/** Lambert's index: the last typical price's distance from their mean, in 0.015 mean distances; 0 where all are one. */
function commodityChannel(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  start: number,
  end: number,
): number {
  const first = (high[start]! + low[start]! + close[start]!) / 3;
  let sum = 0;
  for (let at = start; at < end; at++) sum += (high[at]! + low[at]! + close[at]!) / 3 - first;
  // Taken from the first one, the mean of equal prices is their price, and their distances nothing.
  const mean = first + sum / (end - start);
  let distances = 0;
  for (let at = start; at < end; at++) {
    distances += Math.abs((high[at]! + low[at]! + close[at]!) / 3 - mean);
  }
  const last = (high[end - 1]! + low[end - 1]! + close[end - 1]!) / 3 - mean;
  return distances === 0 ? 0 : last / (0.015 * (distances / (end - start)));
}
