/**
 * Aroon (Chande 1995): how recent the highest high and the lowest low of the last n + 1 bars are, 100 at the last bar, 0 n
 * bars ago. `oscillator = up − down`.
 *
 * First value at bar n. The latest of equal extremes counts, as TA-Lib.
 */
import { type Bar, type Indicator, period } from './indicator.ts';
import { SlidingMaximum } from './sliding-maximum.ts';

export class AroonState {
  up = Number.NaN;
  down = Number.NaN;
  oscillator = Number.NaN;
  private readonly length: number;
  private readonly highest: SlidingMaximum;
  /** Of negated lows. */
  private readonly lowest: SlidingMaximum;
  private seen = 0;

  constructor(length: number) {
    this.length = length;
    this.highest = new SlidingMaximum(length + 1);
    this.lowest = new SlidingMaximum(length + 1);
  }

  next({ high, low }: Bar): void {
    const { length } = this;
    this.highest.push(high);
    this.lowest.push(-low);
    if (this.seen <= length && ++this.seen <= length) return;
    this.up = (100 * (length - this.highest.age)) / length;
    this.down = (100 * (length - this.lowest.age)) / length;
    this.oscillator = (100 * (this.lowest.age - this.highest.age)) / length;
  }
}

export const aroon: Indicator<'period', 'up' | 'down' | 'oscillator'> = {
  id: 'aroon',
  inputs: ['high', 'low'],
  parameters: { period: period(25) },
  outputs: ['up', 'down', 'oscillator'],
  warmup: (parameters) => parameters.period,
  stableFrom: (parameters) => parameters.period,
  start: (parameters) => new AroonState(parameters.period),
};
