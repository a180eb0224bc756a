/**
 * SMA, simple moving average: the mean of the last n closes.
 *
 * First value at bar n−1. Computed afresh, oldest first, as the first close of the window plus the mean distance from it:
 * equal closes read exactly that close, so that the averages of a flat series compare as equal. (A running sum drifts,
 * and one NaN would stay in it forever.)
 */
import { type Indicator, period } from './indicator.ts';

export class SmaState {
  sma = Number.NaN;
  private readonly window: Float64Array;
  private seen = 0;
  /** Where the next value goes; the oldest one once the window is full. */
  private head = 0;

  constructor(length: number) {
    this.window = new Float64Array(length);
  }

  next(_open: number, _high: number, _low: number, close: number, _volume: number): void {
    this.update(close);
  }

  update(value: number): void {
    const { window } = this;
    window[this.head] = value;
    this.head = this.head + 1 === window.length ? 0 : this.head + 1;
    if (this.seen < window.length) this.seen++;
    if (this.seen < window.length) return;
    const first = window[this.head]!;
    let distance = 0;
    for (let at = this.head; at < window.length; at++) distance += window[at]! - first;
    for (let at = 0; at < this.head; at++) distance += window[at]! - first;
    this.sma = first + distance / window.length;
  }

  reset(): void {
    this.sma = Number.NaN;
    this.seen = 0;
    this.head = 0;
  }
}

export const sma: Indicator<'period', 'sma'> = {
  id: 'sma',
  parameters: { period: period(20) },
  outputs: ['sma'],
  warmup: (parameters) => parameters.period - 1,
  start: (parameters) => new SmaState(parameters.period),
};
