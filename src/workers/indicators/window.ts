/**
 * The last n values, oldest first in one stretch: `values[start]` … `values[start + n − 1]` once it is full.
 *
 * Every value is kept twice, n apart, so that no loop over the window has to wrap around. What is computed of it is
 * computed afresh: a running sum drifts, and depends on where the series began.
 */
export class Window {
  readonly length: number;
  readonly values: Float64Array;
  /** Index of the oldest value; where the next one goes. */
  start = 0;
  private count = 0;

  constructor(length: number) {
    this.length = length;
    this.values = new Float64Array(2 * length);
  }

  /** Takes a value, in the place of the oldest one; says whether the window is full. */
  push(value: number): boolean {
    const { start, length } = this;
    this.values[start] = value;
    this.values[start + length] = value;
    this.start = start + 1 === length ? 0 : start + 1;
    if (this.count === length) return true;
    return ++this.count === length;
  }

  sum(): number {
    const { values, start, length } = this;
    let sum = 0;
    for (let at = start; at < start + length; at++) sum += values[at]!;
    return sum;
  }

  /**
   * The mean, as the first value plus the mean distance from it: equal values read exactly that value, so that the
   * averages of a flat series compare as equal.
   */
  mean(): number {
    const { values, start, length } = this;
    const first = values[start]!;
    let distance = 0;
    for (let at = start; at < start + length; at++) distance += values[at]! - first;
    return first + distance / length;
  }

  /** The sum of the squared distances from their mean: exact for small deviations, 0 for equal values. */
  squares(mean: number): number {
    const { values, start, length } = this;
    let squares = 0;
    for (let at = start; at < start + length; at++) squares += (values[at]! - mean) * (values[at]! - mean);
    return squares;
  }
}
