/**
 * The greatest of the last n values, and how many bars ago it was; the latest one where several are equal.
 *
 * Keeps only values that are greater than all later ones, in descending order: the first is the greatest. Each value comes
 * and goes once, so that a long window costs no more than a short one. Of negated values it is the smallest.
 */
export class SlidingMaximum {
  value = Number.NaN;
  /** Bars since the greatest value: 0 where it is the newest. */
  age = Number.NaN;
  private readonly values: Float64Array;
  /** The bar of each value kept. */
  private readonly bars: Float64Array;
  /** Where the greatest stands, and how many are kept behind it. */
  private first = 0;
  private count = 0;
  private bar = 0;

  constructor(length: number) {
    this.values = new Float64Array(length);
    this.bars = new Float64Array(length);
  }

  push(value: number): void {
    const { values, bars } = this;
    const { length } = values;
    let { first, count } = this;
    if (count > 0 && bars[first]! <= this.bar - length) {
      first = first + 1 === length ? 0 : first + 1;
      count--;
    }
    let end = first + count;
    if (end >= length) end -= length;
    while (count > 0) {
      const last = end === 0 ? length - 1 : end - 1;
      if (values[last]! > value) break;
      end = last;
      count--;
    }
    values[end] = value;
    bars[end] = this.bar;
    // Where nothing was left, the new value is the first, wherever it stands.
    this.first = count === 0 ? end : first;
    this.count = count + 1;
    this.value = values[this.first]!;
    this.age = this.bar - bars[this.first]!;
    this.bar++;
  }
}
