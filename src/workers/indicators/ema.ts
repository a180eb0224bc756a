/**
 * EMA, exponential moving average: `ema += α · (close − ema)` with `α = 2 / (n + 1)`.
 *
 * Seeded with the SMA of the first n closes, as TA-Lib: first value at bar n−1.
 */
import { barsToForget } from './bars-to-forget.ts';
import { type Bar, type Indicator, period } from './indicator.ts';

/** The share of the newest value. */
export function emaShare(length: number): number {
  return 2 / (length + 1);
}

export class EmaState {
  ema = Number.NaN;
  private readonly length: number;
  private readonly alpha: number;
  private seen = 0;
  /** The sum of the closes while seeding. */
  private seed = 0;

  constructor(length: number) {
    this.length = length;
    this.alpha = emaShare(length);
  }

  next({ close }: Bar): void {
    this.update(close);
  }

  update(value: number): void {
    if (this.seen === this.length) {
      this.ema += this.alpha * (value - this.ema);
    } else {
      this.seed += value;
      if (++this.seen === this.length) this.ema = this.seed / this.length;
    }
  }
}

export const ema: Indicator<'period', 'ema'> = {
  id: 'ema',
  inputs: ['close'],
  parameters: { period: period(20) },
  outputs: ['ema'],
  warmup: (parameters) => parameters.period - 1,
  stableFrom: (parameters) => parameters.period - 1 + barsToForget(emaShare(parameters.period)),
  start: (parameters) => new EmaState(parameters.period),
};
