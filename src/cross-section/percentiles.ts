/** On average: to look among so few takes hardly more time than among one, and a quarter of the places. */
const VALUES_PER_CELL = 4;

/**
 * Percentile ranks among many values: 0 for the smallest, 100 for the largest, the average rank for ties.
 *
 * With n values and a value whose average rank (from 1) is r: `100 · (r − 1) / (n − 1)`, 50 where n is 1. A value that is
 * not available has no rank, and is not among the n.
 * Holds: the values, 8 bytes each, and a place to begin looking for every fourth, 4 bytes each.
 */
export class Percentiles {
  readonly #sorted: Float64Array;
  /** Where the values of each cell begin; the cells are of equal width, and ascend as the values do. */
  readonly #starts: Uint32Array;
  readonly #origin: number;
  readonly #cellsPerUnit: number;

  /** @param values In any order; sorted in place. */
  constructor(values: Float64Array) {
    values.sort();
    // NaN sorts last.
    let length = values.length;
    while (length > 0 && Number.isNaN(values[length - 1]!)) length--;
    this.#sorted = values.subarray(0, length);
    // Without the outermost, which would leave most cells empty; they are in the first cell and in the last.
    const first = values[Math.floor(length * 0.02)]!;
    const last = values[Math.floor(length * 0.98)]!;
    const cells = Math.ceil(length / VALUES_PER_CELL);
    const cellsPerUnit = cells / (last - first);
    this.#origin = first;
    this.#cellsPerUnit = Number.isFinite(cellsPerUnit) ? cellsPerUnit : 0;
    this.#starts = new Uint32Array(cells + 1);
    this.#countUp(cells);
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
    const cell = this.#cellOf(value);
    let low = this.#starts[cell]!;
    let high = this.#starts[cell + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = sorted[middle]!;
      if (at < value || (orEqual && at === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Never descends as values ascend: whatever rounding does to it, a value is looked for where it was put. */
  #cellOf(value: number): number {
    const cell = (value - this.#origin) * this.#cellsPerUnit;
    const last = this.#starts.length - 2;
    // Infinity times zero is no number: then there is one cell.
    return cell > 0 ? Math.floor(Math.min(cell, last)) : 0;
  }

  #countUp(cells: number): void {
    for (const value of this.#sorted) this.#starts[this.#cellOf(value) + 1]!++;
    for (let cell = 0; cell < cells; cell++) this.#starts[cell + 1]! += this.#starts[cell]!;
  }
}
