/**
 * Supertrend (Seban 2008): a trailing stop, k · ATR(n) from the middle of the bar, that only moves with the trend.
 *
 * `direction` is 1 while the stop is below the closes, −1 while above. A stop moves closer or, where the close before was
 * beyond it, starts anew from `(high + low) / 2 ± k · ATR`. A close at the stop or beyond it turns the direction.
 *
 * First value at bar n, with the first ATR; a close at the middle of that bar or above starts upward. How the trend at hand
 * began can matter at any distance: there is no bar from which it surely does not.
 */
import { AtrState } from './atr.ts';
import { type Bar, factor, type Indicator, period } from './indicator.ts';

export class SupertrendState {
  supertrend = Number.NaN;
  direction = Number.NaN;
  private readonly range: AtrState;
  private readonly multiplier: number;
  private upper = Number.NaN;
  private lower = Number.NaN;
  private previous = Number.NaN;

  constructor(atr: number, multiplier: number) {
    this.range = new AtrState(atr);
    this.multiplier = multiplier;
  }

  next(bar: Bar): void {
    const { high, low, close } = bar;
    const { previous } = this;
    this.range.next(bar);
    this.previous = close;
    const { atr } = this.range;
    if (Number.isNaN(atr)) return;
    const middle = (high + low) / 2;
    const upper = middle + this.multiplier * atr;
    const lower = middle - this.multiplier * atr;
    if (Number.isNaN(this.direction)) {
      this.direction = close >= middle ? 1 : -1;
      this.upper = upper;
      this.lower = lower;
    }
    if (upper < this.upper || previous > this.upper) this.upper = upper;
    if (lower > this.lower || previous < this.lower) this.lower = lower;
    this.direction = close <= (this.direction > 0 ? this.lower : this.upper) ? -1 : 1;
    this.supertrend = this.direction > 0 ? this.lower : this.upper;
  }
}

export const supertrend: Indicator<'period' | 'multiplier', 'supertrend' | 'direction'> = {
  id: 'supertrend',
  inputs: ['high', 'low', 'close'],
  parameters: { period: period(10), multiplier: factor(3, 0.01, 100) },
  outputs: ['supertrend', 'direction'],
  warmup: (parameters) => parameters.period,
  stableFrom: () => Number.POSITIVE_INFINITY,
  start: (parameters) => new SupertrendState(parameters.period, parameters.multiplier),
};
