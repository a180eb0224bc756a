/**
 * EMA, exponential moving average: `ema += α · (close − ema)` with `α = 2 / (n + 1)`.
 *
 * Seeded with the SMA of the first n closes, as TA-Lib: first value at bar n−1. A close that is not finite starts the
 * seeding over.
 */
import { type Indicator, period } from './indicator.ts';

export class EmaState {
  ema = Number.NaN;
  private readonly length: number;
  private readonly alpha: number;
  private seen = 0;
  private seed = 0;

  constructor(length: number) {
    this.length = length;
    this.alpha = 2 / (length + 1);
  }

  next(_open: number, _high: number, _low: number, close: number, _volume: number): void {
    this.update(close);
  }

  update(value: number): void {
    // Only finite numbers pass: Infinity − Infinity is NaN as well.
    if (value - value !== 0) {
      this.reset();
    } else if (this.seen === this.length) {
      this.ema += this.alpha * (value - this.ema);
    } else {
      this.seed += value;
      if (++this.seen === this.length) this.ema = this.seed / this.length;
    }
  }

  reset(): void {
    this.ema = Number.NaN;
    this.seen = 0;
    this.seed = 0;
  }
}

export const ema: Indicator<'period', 'ema'> = {
  id: 'ema',
  parameters: { period: period(20) },
  outputs: ['ema'],
  warmup: (parameters) => parameters.period - 1,
  start: (parameters) => new EmaState(parameters.period),
};
