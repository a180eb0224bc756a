/**
 * Donchian channel (Donchian 1960s): the highest high and the lowest low of the last n bars, this one included;
 * `middle` is halfway.
 *
 * First value at bar n−1.
 */
import { type Bar, type Indicator, period } from './indicator.ts';
import { SlidingMaximum } from './sliding-maximum.ts';

export class DonchianState {
  upper = Number.NaN;
  middle = Number.NaN;
  lower = Number.NaN;
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

  next({ high, low }: Bar): void {
    this.highest.push(high);
    this.lowest.push(-low);
    if (this.seen < this.length && ++this.seen < this.length) return;
    this.upper = this.highest.value;
    this.lower = -this.lowest.value;
    this.middle = (this.upper + this.lower) / 2;
  }
}

export const donchian: Indicator<'period', 'upper' | 'middle' | 'lower'> = {
  id: 'donchian',
  inputs: ['high', 'low'],
  parameters: { period: period(20) },
  outputs: ['upper', 'middle', 'lower'],
  warmup: (parameters) => parameters.period - 1,
  stableFrom: (parameters) => parameters.period - 1,
  start: (parameters) => new DonchianState(parameters.period),
};
