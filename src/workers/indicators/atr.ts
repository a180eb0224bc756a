/**
 * ATR, average true range (Wilder 1978): the Wilder-smoothed longest of `high − low`, `|previous close − high|` and
 * `|previous close − low|`.
 *
 * The first average is the mean of the true ranges of bars 1 … n (bar 0 has none), then `average += (x − average) / n`,
 * as TA-Lib: first value at bar n.
 */
import { barsToForget } from './bars-to-forget.ts';
import { type Bar, type Indicator, period } from './indicator.ts';

/** The longest of the three distances of Wilder's definition; also of a broken bar, with its high below its low. */
export function trueRange(high: number, low: number, previousClose: number): number {
  return Math.max(high - low, Math.abs(previousClose - high), Math.abs(previousClose - low));
}

export class AtrState {
  atr = Number.NaN;
  private readonly length: number;
  private readonly share: number;
  /** Bars seen; the first one has no true range. */
  private seen = 0;
  private previous = Number.NaN;
  /** The sum of the true ranges while seeding. */
  private average = 0;

  constructor(length: number) {
    this.length = length;
    this.share = 1 / length;
  }

  next({ high, low, close }: Bar): void {
    const { length } = this;
    const range = trueRange(high, low, this.previous);
    this.previous = close;
    if (this.seen > length) {
      this.average += this.share * (range - this.average);
    } else {
      if (this.seen++ === 0) return;
      this.average += range;
      if (this.seen <= length) return;
      this.average /= length;
    }
    this.atr = this.average;
  }
}

export const atr: Indicator<'period', 'atr'> = {
  id: 'atr',
  inputs: ['high', 'low', 'close'],
  parameters: { period: period(14) },
  outputs: ['atr'],
  warmup: (parameters) => parameters.period,
  stableFrom: (parameters) => parameters.period + barsToForget(1 / parameters.period),
  start: (parameters) => new AtrState(parameters.period),
};
