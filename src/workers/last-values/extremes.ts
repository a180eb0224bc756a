import { COLUMN } from '../../features.ts';
import type { Series } from '../../series.ts';

/**
 * Highs and lows, their age, and narrow bars: `pct_from_*`, `new_*`, `prior_*`, `swing_*`, `recent_*`, `aroon_osc_25`,
 * `nr7`, `inside_bar`.
 *
 * Aroon looks at the last bar and 25 before it. Narrower and inside are strict: an equal bar is neither.
 */
export function writeExtremes(
  { high, low, close }: Series,
  start: number,
  end: number,
  row: Float64Array,
  offset: number,
): void {
  const bars = end - start;
  const last = end - 1;
  const price = close[last]!;
  row[offset + COLUMN.recent_low_5] = bars < 5 ? Number.NaN : lowest(low, end - 5, end);
  row[offset + COLUMN.recent_high_5] = bars < 5 ? Number.NaN : highest(high, end - 5, end);
  row[offset + COLUMN.swing_low_10] = bars < 10 ? Number.NaN : lowest(low, end - 10, end);
  row[offset + COLUMN.swing_high_10] = bars < 10 ? Number.NaN : highest(high, end - 10, end);
  row[offset + COLUMN.pct_from_high_20] =
    bars < 20 ? Number.NaN : (price / highest(close, end - 20, end) - 1) * 100;
  row[offset + COLUMN.pct_from_low_20] =
    bars < 20 ? Number.NaN : (price / lowest(close, end - 20, end) - 1) * 100;
  row[offset + COLUMN.prior_high_20] = bars < 21 ? Number.NaN : highest(high, end - 21, last);
  row[offset + COLUMN.prior_low_20] = bars < 21 ? Number.NaN : lowest(low, end - 21, last);
  row[offset + COLUMN.aroon_osc_25] = bars < 26 ? Number.NaN : aroonOscillator(high, low, end - 26, end);
  row[offset + COLUMN.nr7] = bars < 7 ? Number.NaN : Number(isNarrowest(high, low, end - 7, end));
  row[offset + COLUMN.inside_bar] =
    bars < 2 ? Number.NaN : Number(high[last]! < high[last - 1]! && low[last]! > low[last - 1]!);
  let top = Number.NaN;
  let bottom = Number.NaN;
  if (bars >= 252) {
    top = high[last]!;
    bottom = low[last]!;
    for (let at = end - 252; at < last; at++) {
      if (high[at]! > top) top = high[at]!;
      if (low[at]! < bottom) bottom = low[at]!;
    }
  }
  row[offset + COLUMN.pct_from_high_252] = (price / top - 1) * 100;
  row[offset + COLUMN.pct_from_low_252] = (price / bottom - 1) * 100;
  row[offset + COLUMN.new_high_252] = bars < 252 ? Number.NaN : Number(high[last]! === top);
  row[offset + COLUMN.new_low_252] = bars < 252 ? Number.NaN : Number(low[last]! === bottom);
}

/** The largest of the values `start` … `end − 1`, one at least. */
export function highest(values: Float64Array, start: number, end: number): number {
  let top = values[start]!;
  for (let at = start + 1; at < end; at++) if (values[at]! > top) top = values[at]!;
  return top;
}

/** The smallest of the values `start` … `end − 1`, one at least. */
export function lowest(values: Float64Array, start: number, end: number): number {
  let bottom = values[start]!;
  for (let at = start + 1; at < end; at++) if (values[at]! < bottom) bottom = values[at]!;
  return bottom;
}

/** How much later the highest high is than the lowest low, in percent of the window; the latest of equal ones counts. */
function aroonOscillator(high: Float64Array, low: Float64Array, start: number, end: number): number {
  let topAt = start;
  let bottomAt = start;
  for (let at = start + 1; at < end; at++) {
    if (high[at]! >= high[topAt]!) topAt = at;
    if (low[at]! <= low[bottomAt]!) bottomAt = at;
  }
  return (100 / (end - start - 1)) * (topAt - bottomAt);
}

/** Whether the last bar's range is narrower than every other one's. */
function isNarrowest(high: Float64Array, low: Float64Array, start: number, end: number): boolean {
  const range = high[end - 1]! - low[end - 1]!;
  for (let at = start; at < end - 1; at++) if (high[at]! - low[at]! <= range) return false;
  return true;
}
