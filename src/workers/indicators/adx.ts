/**
 * ADX, average directional index (Wilder 1978): how strong a trend is, whatever its direction, which +DI and −DI give.
 *
 * A bar's movement is how far its high rose or its low fell beyond the bar before, whichever is more, 0 for the other. With
 * Wilder's sums `sum += x − sum / n` of both movements and of the true range: `±DI = 100 · movement / range`,
 * `DX = 100 · |+DI − −DI| / (+DI + −DI)`, `ADX += (DX − ADX) / n`.
 *
 * The sums start with n−1 plain additions, as TA-Lib: DI and DX from bar n. The first ADX is the mean of n DX, at bar
 * 2n−1. Without any range DI read 0. Without movement DX stays what it was, 0 at first, and so does ADX, whose first mean
 * counts it as 0.
 */
import { trueRange } from './atr.ts';
import { barsToForgetInRatio } from './bars-to-forget.ts';
import { type Bar, type Indicator, period } from './indicator.ts';
import { FLAT } from './rsi.ts';

export class AdxState {
  adx = Number.NaN;
  plusDi = Number.NaN;
  minusDi = Number.NaN;
  dx = Number.NaN;
  private readonly length: number;
  private readonly share: number;
  /** Bars seen; the first one has no movement. */
  private seen = 0;
  private previousHigh = Number.NaN;
  private previousLow = Number.NaN;
  private previousClose = Number.NaN;
  private plus = 0;
  private minus = 0;
  private range = 0;
  /** The sum of the DX while seeding. */
  private average = 0;

  constructor(length: number) {
    this.length = length;
    this.share = 1 / length;
  }

  next({ high, low, close }: Bar): void {
    const { length, share } = this;
    const rise = high - this.previousHigh;
    const fall = this.previousLow - low;
    const range = trueRange(high, low, this.previousClose);
    this.previousHigh = high;
    this.previousLow = low;
    this.previousClose = close;
    if (this.seen < 2 * length) this.seen++;
    if (this.seen === 1) return;
    const up = rise > fall && rise > 0 ? rise : 0;
    const down = fall > rise && fall > 0 ? fall : 0;
    if (this.seen <= length) {
      this.plus += up;
      this.minus += down;
      this.range += range;
      return;
    }
    this.plus += up - share * this.plus;
    this.minus += down - share * this.minus;
    this.range += range - share * this.range;
    this.direct();
  }

  /** Reads the indices off the sums. */
  private direct(): void {
    const { length, plus, minus, range } = this;
    const ranged = range >= FLAT;
    const moved = plus + minus;
    const directed = ranged && 100 * moved >= FLAT * range;
    this.plusDi = ranged ? 100 * (plus / range) : 0;
    this.minusDi = ranged ? 100 * (minus / range) : 0;
    if (directed) this.dx = 100 * (Math.abs(plus - minus) / moved);
    else if (this.seen === length + 1) this.dx = 0;
    if (Number.isNaN(this.adx)) {
      if (directed) this.average += this.dx;
      if (this.seen === 2 * length) this.adx = this.average / length;
    } else if (directed) {
      this.adx += this.share * (this.dx - this.adx);
    }
  }
}

export const adx: Indicator<'period', 'adx' | 'plusDi' | 'minusDi' | 'dx'> = {
  id: 'adx',
  inputs: ['high', 'low', 'close'],
  parameters: { period: period(14, 2) },
  outputs: ['adx', 'plusDi', 'minusDi', 'dx'],
  warmup: (parameters, output) => (output === 'adx' ? 2 * parameters.period - 1 : parameters.period),
  stableFrom: (parameters, output) => {
    const share = 1 / parameters.period;
    if (output !== 'adx') return parameters.period + barsToForgetInRatio(share);
    return 2 * parameters.period - 1 + barsToForgetInRatio(share, share);
  },
  start: (parameters) => new AdxState(parameters.period),
};
