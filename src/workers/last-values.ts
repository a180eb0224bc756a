/**
 * The features of one series at its last bar: the columns `FEATURES`, `last_session` and `close` of a row.
 *
 * Written for the case of a scan, last values only: a recursion keeps its state in locals and has its seeding in a loop
 * of its own, a window looks only at the bars of the last value, and nothing is allocated. Equal to the indicators'
 * definitions bit for bit (a property test compares them), at about a third of their time.
 */
import { COLUMN } from '../features.ts';
import type { Series } from '../series.ts';
import { trueRange } from './indicators/atr.ts';
import { ANNUAL } from './indicators/realized-vol.ts';
import { FLAT } from './indicators/rsi.ts';

/**
 * Writes the features of the bars `start` … `end − 1` (one at least, all finite) to `row` at `offset`.
 *
 * What has too few bars behind it is NaN; only `dollar_vol_40` is of fewer where there are fewer.
 */
export function writeLastValues(
  { open, high, low, close, volume, session }: Series,
  start: number,
  end: number,
  row: Float64Array,
  offset: number,
): void {
  const bars = end - start;
  const last = end - 1;
  const price = close[last]!;
  const dollarVol20 = bars < 20 ? Number.NaN : meanDollarVolume(close, volume, end - 20, end);
  row[offset + COLUMN.bars] = bars;
  row[offset + COLUMN.ret_1d] = bars > 1 ? price / close[last - 1]! - 1 : Number.NaN;
  row[offset + COLUMN.ret_5d] = bars > 5 ? price / close[last - 5]! - 1 : Number.NaN;
  row[offset + COLUMN.ret_21d] = bars > 21 ? price / close[last - 21]! - 1 : Number.NaN;
  const sma20 = bars < 20 ? Number.NaN : mean(close, end - 20, end);
  row[offset + COLUMN.sma_20] = sma20;
  row[offset + COLUMN.sma_50] = bars < 50 ? Number.NaN : mean(close, end - 50, end);
  row[offset + COLUMN.sma_200] = bars < 200 ? Number.NaN : mean(close, end - 200, end);
  writeWilder(high, low, close, start, end, row, offset);
  writeMacd(close, start, end, row, offset);
  row[offset + COLUMN.realized_vol_20] = bars < 21 ? Number.NaN : realizedVol(close, end - 20, end);
  row[offset + COLUMN.pct_from_high_20] =
    bars < 20 ? Number.NaN : (price / highest(close, end - 20, end) - 1) * 100;
  row[offset + COLUMN.dollar_vol_20] = dollarVol20;
  // A young symbol's trading is judged by the sessions it has.
  row[offset + COLUMN.dollar_vol_40] = meanDollarVolume(close, volume, Math.max(start, end - 40), end);
  row[offset + COLUMN.vol_spike_ratio] = (price * volume[last]!) / dollarVol20;
  row[offset + COLUMN.gap_mean_10] = bars > 10 ? meanGap(open, close, end - 10, end) : Number.NaN;
  row[offset + COLUMN.close_cv_20] =
    bars < 20 ? Number.NaN : sampleDeviation(close, sma20, end - 20, end) / sma20;
  row[offset + COLUMN.last_session] = session[last]!;
  row[offset + COLUMN.close] = price;
}

/** RSI(14) and ATR(14): the two Wilder averages, one pass. Equal to `RsiState` and `AtrState`. */
function writeWilder(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  start: number,
  end: number,
  row: Float64Array,
  offset: number,
): void {
  let gain = 0;
  let loss = 0;
  let range = 0;
  let previous = close[start]!;
  let bar = start + 1;
  for (const seeded = Math.min(start + 15, end); bar < seeded; bar++) {
    const value = close[bar]!;
    const change = value - previous;
    if (change > 0) gain += change;
    else loss -= change;
    range += trueRange(high[bar]!, low[bar]!, previous);
    previous = value;
  }
  gain /= 14;
  loss /= 14;
  range /= 14;
  const share = 1 / 14;
  for (; bar < end; bar++) {
    const value = close[bar]!;
    const change = value - previous;
    gain += share * ((change > 0 ? change : 0) - gain);
    loss += share * ((change < 0 ? -change : 0) - loss);
    range += share * (trueRange(high[bar]!, low[bar]!, previous) - range);
    previous = value;
  }
  const sum = gain + loss;
  const seeded = end - start > 14;
  row[offset + COLUMN.rsi_14] = seeded ? (sum < FLAT ? 0 : 100 * (gain / sum)) : Number.NaN;
  row[offset + COLUMN.atr_14] = seeded ? range : Number.NaN;
  row[offset + COLUMN.atr_pct_14] = seeded ? range / previous : Number.NaN;
}

/** MACD(12, 26, 9). Equal to `MacdState`. */
function writeMacd(close: Float64Array, start: number, end: number, row: Float64Array, offset: number): void {
  let macd = Number.NaN;
  let signal = Number.NaN;
  if (end - start > 33) {
    let fast = 0;
    let slow = 0;
    for (let bar = start; bar < start + 14; bar++) slow += close[bar]!;
    for (let bar = start + 14; bar < start + 26; bar++) {
      slow += close[bar]!;
      fast += close[bar]!;
    }
    fast /= 12;
    slow /= 26;
    signal = fast - slow;
    let bar = start + 26;
    for (; bar < start + 34; bar++) {
      fast += (2 / 13) * (close[bar]! - fast);
      slow += (2 / 27) * (close[bar]! - slow);
      signal += fast - slow;
    }
    signal /= 9;
    for (; bar < end; bar++) {
      fast += (2 / 13) * (close[bar]! - fast);
      slow += (2 / 27) * (close[bar]! - slow);
      signal += (2 / 10) * (fast - slow - signal);
    }
    macd = fast - slow;
  }
  row[offset + COLUMN.macd] = macd;
  row[offset + COLUMN.macd_signal] = signal;
  row[offset + COLUMN.macd_hist] = macd - signal;
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

/** Equal to the SMA of a window of these values, bit for bit. */
function mean(values: Float64Array, start: number, end: number): number {
  const first = values[start]!;
  let distance = 0;
  for (let at = start; at < end; at++) distance += values[at]! - first;
  return first + distance / (end - start);
}

function meanDollarVolume(close: Float64Array, volume: Float64Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum += close[at]! * volume[at]!;
  return sum / (end - start);
}

function highest(values: Float64Array, start: number, end: number): number {
  let high = values[start]!;
  for (let at = start + 1; at < end; at++) if (values[at]! > high) high = values[at]!;
  return high;
}

/** Mean of |open − previous close| / previous close; looks one bar before `start`. */
function meanGap(open: Float64Array, close: Float64Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum += Math.abs(open[at]! - close[at - 1]!) / close[at - 1]!;
  return sum / (end - start);
}

/** Divides by n − 1. */
function sampleDeviation(values: Float64Array, center: number, start: number, end: number): number {
  let squares = 0;
  for (let at = start; at < end; at++) squares += (values[at]! - center) * (values[at]! - center);
  return Math.sqrt(squares / (end - start - 1));
}
