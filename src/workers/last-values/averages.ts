import { COLUMN } from '../../features.ts';
import type { Series } from '../../series.ts';

/** What a slid sum may be off, as a share of all that went into it: rounding of 10,000 steps. */
const ROUNDING = 1e-12;

/** Means of the closes, and how the long ones move: `sma_50`, `sma_150`, `sma_200`, `sma_200_ret_21`, `since_golden_cross`. */
export function writeAverages(
  { close }: Series,
  start: number,
  end: number,
  row: Float64Array,
  offset: number,
): void {
  const bars = end - start;
  const sma50 = bars < 50 ? Number.NaN : mean(close, end - 50, end);
  let sma150 = Number.NaN;
  let sma200 = Number.NaN;
  let before = Number.NaN;
  let since = Number.NaN;
  if (bars >= 200) {
    // Side by side: a sum waits for its last addition, and meanwhile the others go on.
    const lag = bars < 221 ? 0 : 21;
    const first = close[end - 200]!;
    const firstBefore = close[end - 200 - lag]!;
    const first150 = close[end - 150]!;
    let distance = 0;
    let distanceBefore = 0;
    let distance150 = 0;
    let at = end - 200;
    for (; at < end - 150; at++) {
      distance += close[at]! - first;
      distanceBefore += close[at - lag]! - firstBefore;
    }
    for (; at < end; at++) {
      distance += close[at]! - first;
      distanceBefore += close[at - lag]! - firstBefore;
      distance150 += close[at]! - first150;
    }
    sma150 = first150 + distance150 / 150;
    sma200 = first + distance / 200;
    if (lag > 0) before = firstBefore + distanceBefore / 200;
    if (sma50 > sma200) since = sinceCrossing(close, start, end, sma50, sma200);
  } else if (bars >= 150) {
    sma150 = mean(close, end - 150, end);
  }
  row[offset + COLUMN.sma_50] = sma50;
  row[offset + COLUMN.sma_150] = sma150;
  row[offset + COLUMN.sma_200] = sma200;
  row[offset + COLUMN.sma_200_ret_21] = sma200 / before - 1;
  row[offset + COLUMN.since_golden_cross] = since;
}

/** Equal to the SMA of a window of these values, bit for bit. */
export function mean(values: Float64Array, start: number, end: number): number {
  const first = values[start]!;
  let distance = 0;
  for (let at = start; at < end; at++) distance += values[at]! - first;
  return first + distance / (end - start);
}

/**
 * Sessions since SMA(50) came above SMA(200), which it is at the last bar; NaN where that was before SMA(200) begins.
 *
 * Goes back from the last bar, and no further than the crossing.
 */
function sinceCrossing(
  close: Float64Array,
  start: number,
  end: number,
  sma50: number,
  sma200: number,
): number {
  // The distance of the averages times 200: a step back changes three closes of it.
  let spread = 200 * (sma50 - sma200);
  let size = 200 * (sma50 + sma200);
  for (let last = end - 1; last - 200 >= start; last--) {
    const entering = 4 * close[last - 50]!;
    const leaving = 3 * close[last]! + close[last - 200]!;
    spread += entering - leaving;
    size += entering + leaving;
    const margin = ROUNDING * size;
    // What is too close to call is summed afresh: equal averages are not a crossing.
    if (
      spread <= margin &&
      (spread < -margin || mean(close, last - 50, last) <= mean(close, last - 200, last))
    ) {
      return end - 1 - last;
    }
  }
  return Number.NaN;
}
