/**
 * Williams %R (Williams 1973): how far the close is below the highest high of n bars, in percent of their range, −100 to 0.
 *
 * First value at bar n−1. A window without a range reads 0, as TA-Lib.
 */
import { type Bar, type Indicator, period } from './indicator.ts';
import { SlidingMaximum } from './sliding-maximum.ts';

export class WillrState {
  willr = Number.NaN;
  private readonly length: number;
  private readonly highest: SlidingMaximum;
  /** Of negated lows. */
  private readonly lowest: SlidingMaximum;
  private seen = 0;

  constructor(length: number) {
    this.length = length;
    this.highest = new SlidingMaximum(length);
    this.lowest = new SlidingMaximum(length);
  }

  next({ high, low, close }: Bar): void {
    this.highest.push(high);
    this.lowest.push(-low);
    if (this.seen < this.length && ++this.seen < this.length) return;
    const highest = this.highest.value;
    const range = highest + this.lowest.value;
    this.willr = range === 0 ? 0 : 100 * ((close - highest) / range);
  }
}

export const willr: Indicator<'period', 'willr'> = {
  id: 'willr',
  inputs: ['high', 'low', 'close'],
  parameters: { period: period(14, 2) },
  outputs: ['willr'],
  warmup: (parameters) => parameters.period - 1,
  stableFrom: (parameters) => parameters.period - 1,
  start: (parameters) => new WillrState(parameters.period),
};
