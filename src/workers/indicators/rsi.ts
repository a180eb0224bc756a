/**
 * RSI, relative strength index (Wilder 1978): `100 · gain / (gain + loss)` of Wilder-smoothed gains and losses.
 *
 * The first averages are plain means of the first n changes, then `average += (x − average) / n`, as TA-Lib: first value
 * at bar n. A flat series reads 0.
 */
import { barsToForgetInRatio } from './bars-to-forget.ts';
import { type Bar, type Indicator, period } from './indicator.ts';

/** TA-Lib's zero: a decaying average of past changes counts as flat below it. */
export const FLAT = 1e-14;

export class RsiState {
  rsi = Number.NaN;
  private readonly length: number;
  private readonly share: number;
  /** Bars seen; the first one has no change. */
  private seen = 0;
  private previous = Number.NaN;
  private gain = 0;
  private loss = 0;

  constructor(length: number) {
    this.length = length;
    this.share = 1 / length;
  }

  next({ close }: Bar): void {
    const { length } = this;
    const change = close - this.previous;
    this.previous = close;
    if (this.seen > length) {
      this.gain += this.share * ((change > 0 ? change : 0) - this.gain);
      this.loss += this.share * ((change < 0 ? -change : 0) - this.loss);
    } else {
      if (this.seen++ === 0) return;
      if (change > 0) this.gain += change;
      else this.loss -= change;
      if (this.seen <= length) return;
      this.gain /= length;
      this.loss /= length;
    }
    const sum = this.gain + this.loss;
    this.rsi = sum < FLAT ? 0 : 100 * (this.gain / sum);
  }
}

export const rsi: Indicator<'period', 'rsi'> = {
  id: 'rsi',
  inputs: ['close'],
  parameters: { period: period(14, 2) },
  outputs: ['rsi'],
  warmup: (parameters) => parameters.period,
  stableFrom: (parameters) => parameters.period + barsToForgetInRatio(1 / parameters.period),
  start: (parameters) => new RsiState(parameters.period),
};
