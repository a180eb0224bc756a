/**
 * Narrow ranges and inside bars (Crabel 1990): sessions after which prices often move. 1 where it is one, 0 where not.
 *
 * `narrowest`: `high − low` is less than that of each of the n−1 bars before; NR4 with n = 4, NR7 with n = 7. From bar n−1.
 * `inside`: the high is below the high before, and the low above the low before. From bar 1. Equal ones do not count.
 */
import { type Bar, type Indicator, period } from './indicator.ts';
import { SlidingMaximum } from './sliding-maximum.ts';

export class RangeState {
  narrowest = Number.NaN;
  inside = Number.NaN;
  private readonly length: number;
  /** Of the negated ranges of the n−1 bars before. */
  private readonly smallest: SlidingMaximum;
  /** Bars seen. */
  private seen = 0;
  private previousHigh = Number.NaN;
  private previousLow = Number.NaN;

  constructor(length: number) {
    this.length = length;
    this.smallest = new SlidingMaximum(length - 1);
  }

  next({ high, low }: Bar): void {
    const range = high - low;
    if (this.seen > 0) this.inside = high < this.previousHigh && low > this.previousLow ? 1 : 0;
    if (this.seen === this.length - 1) this.narrowest = range < -this.smallest.value ? 1 : 0;
    else this.seen++;
    this.smallest.push(-range);
    this.previousHigh = high;
    this.previousLow = low;
  }
}

export const range: Indicator<'period', 'narrowest' | 'inside'> = {
  id: 'range_n',
  inputs: ['high', 'low'],
  parameters: { period: period(7, 2) },
  outputs: ['narrowest', 'inside'],
  warmup: (parameters, output) => (output === 'inside' ? 1 : parameters.period - 1),
  stableFrom: (parameters, output) => (output === 'inside' ? 1 : parameters.period - 1),
  start: (parameters) => new RangeState(parameters.period),
};
