/**
 * Stochastic oscillator (Lane 1950s): where the close stands between the lowest low and the highest high of n bars, 0 to
 * 100. `k` is its SMA, `d` the SMA of `k`.
 *
 * Both start with `d`, as TA-Lib: at bar n + smooth + d − 3. A window without a range reads 0. With `smooth` 1 it is the
 * fast stochastic.
 */
import { type Bar, type Indicator, period } from './indicator.ts';
import { SlidingMaximum } from './sliding-maximum.ts';
import { SmaState } from './sma.ts';

export class StochState {
  k = Number.NaN;
  d = Number.NaN;
  private readonly length: number;
  private readonly highest: SlidingMaximum;
  /** Of negated lows. */
  private readonly lowest: SlidingMaximum;
  private readonly kAverage: SmaState;
  private readonly dAverage: SmaState;
  private seen = 0;

  constructor(length: number, smooth: number, d: number) {
    this.length = length;
    this.highest = new SlidingMaximum(length);
    this.lowest = new SlidingMaximum(length);
    this.kAverage = new SmaState(smooth);
    this.dAverage = new SmaState(d);
  }

  next({ high, low, close }: Bar): void {
    this.highest.push(high);
    this.lowest.push(-low);
    if (this.seen < this.length && ++this.seen < this.length) return;
    const lowest = -this.lowest.value;
    const range = this.highest.value - lowest;
    this.kAverage.update(range === 0 ? 0 : 100 * ((close - lowest) / range));
    const k = this.kAverage.sma;
    if (Number.isNaN(k)) return;
    this.dAverage.update(k);
    const d = this.dAverage.sma;
    if (Number.isNaN(d)) return;
    this.k = k;
    this.d = d;
  }
}

export const stoch: Indicator<'period' | 'smooth' | 'd', 'k' | 'd'> = {
  id: 'stoch',
  inputs: ['high', 'low', 'close'],
  parameters: { period: period(14), smooth: period(3), d: period(3) },
  outputs: ['k', 'd'],
  warmup: (parameters) => parameters.period + parameters.smooth + parameters.d - 3,
  stableFrom: (parameters) => parameters.period + parameters.smooth + parameters.d - 3,
  start: (parameters) => new StochState(parameters.period, parameters.smooth, parameters.d),
};
