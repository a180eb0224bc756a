import { COLUMN } from '../../features.ts';
import type { Series } from '../../series.ts';

const LENGTH = 63;
/** The sum of the squared distances of 0 … n − 1 from their mean. */
const SPREAD = (LENGTH * (LENGTH * LENGTH - 1)) / 12;

/** The logarithms at hand: kept for the second pass, as they are most of the work. */
const logs = new Float64Array(LENGTH);

/**
 * The least-squares line through the logarithms of the last 63 closes: `slope_63`, its slope a session times 252 (a rate a
 * year, as a logarithm: not compounded), and `r2_63`, the share of their variation that it explains.
 *
 * Equal closes read 0 in both; a close of 0 or less has no logarithm and makes both NaN.
 */
export function writeSlope(
  { close }: Series,
  start: number,
  end: number,
  row: Float64Array,
  offset: number,
): void {
  let slope = Number.NaN;
  let r2 = Number.NaN;
  if (end - start >= LENGTH) {
    const from = end - LENGTH;
    const first = Math.log(close[from]!);
    let distance = 0;
    for (let at = 0; at < LENGTH; at++) {
      const value = Math.log(close[from + at]!);
      logs[at] = value;
      distance += value - first;
    }
    const mean = first + distance / LENGTH;
    let squares = 0;
    let products = 0;
    for (let at = 0; at < LENGTH; at++) {
      const value = logs[at]! - mean;
      squares += value * value;
      products += (at - (LENGTH - 1) / 2) * value;
    }
    slope = (products / SPREAD) * 252;
    // Beyond 1 by rounding only.
    r2 = squares === 0 ? 0 : Math.min((products * products) / (SPREAD * squares), 1);
  }
  row[offset + COLUMN.slope_63] = slope;
  row[offset + COLUMN.r2_63] = r2;
}
