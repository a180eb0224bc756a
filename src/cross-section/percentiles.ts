/**
 * Percentile ranks among many values: 0 for the smallest, 100 for the largest, the average rank for ties.
 *
 * With n values and a value whose average rank (from 1) is r: `100 · (r − 1) / (n − 1)`, 50 where n is 1. A value that is
 * not available has no rank, and is not among the n.
 * Holds: the values, 8 bytes each.
 */
export class Percentiles {
  readonly #sorted: Float64Array;

  /** @param values In any order; sorted in place. */
  constructor(values: Float64Array) {
    values.sort();
    // NaN sorts last.
    let length = values.length;
    while (length > 0 && Number.isNaN(values[length - 1]!)) length--;
    this.#sorted = values.subarray(0, length);
  }

  /** The rank of one of the values; NaN for NaN. */
  rank(value: number): number {
    if (Number.isNaN(value)) return Number.NaN;
    const sorted = this.#sorted;
    const { length } = sorted;
    if (length === 1) return 50;
    const first = this.#below(value, false);
    // Most values are alone.
    const last = sorted[first + 1] === value ? this.#below(value, true) - 1 : first;
    return (100 * ((first + last) / 2)) / (length - 1);
  }

  /** How many values are below a value, or (`orEqual`) not above it. */
  #below(value: number, orEqual: boolean): number {
    const sorted = this.#sorted;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = sorted[middle]!;
      if (at < value || (orEqual && at === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
