/**
 * MACD, moving average convergence/divergence (Appel 1979): `macd = EMA(fast) − EMA(slow)`, `signal = EMA(macd)`,
 * `histogram = macd − signal`.
 *
 * Both averages are seeded at the same bar, as TA-Lib: the fast one with the SMA of the closes that end at bar slow−1.
 * All three outputs start with the signal, at bar slow + signal − 2. Where fast is above slow they are swapped.
 */
import { barsToForget } from './bars-to-forget.ts';
import { EmaState, emaShare } from './ema.ts';
import { type Bar, type Indicator, period } from './indicator.ts';

export class MacdState {
  macd = Number.NaN;
  signal = Number.NaN;
  histogram = Number.NaN;
  private readonly fastAverage: EmaState;
  private readonly slowAverage: EmaState;
  private readonly signalAverage: EmaState;
  /** Bars that the fast average stays behind, so that both are seeded at the same bar. */
  private readonly delay: number;
  private seen = 0;

  constructor(fast: number, slow: number, signal: number) {
    this.fastAverage = new EmaState(Math.min(fast, slow));
    this.slowAverage = new EmaState(Math.max(fast, slow));
    this.signalAverage = new EmaState(signal);
    this.delay = Math.abs(slow - fast);
  }

  next({ close }: Bar): void {
    this.slowAverage.update(close);
    if (this.seen < this.delay) {
      this.seen++;
      return;
    }
    this.fastAverage.update(close);
    const macd = this.fastAverage.ema - this.slowAverage.ema;
    // Still NaN: both averages are being seeded.
    if (Number.isNaN(macd)) return;
    this.signalAverage.update(macd);
    const signal = this.signalAverage.ema;
    if (Number.isNaN(signal)) return;
    this.macd = macd;
    this.signal = signal;
    this.histogram = macd - signal;
  }
}

export const macd: Indicator<'fast' | 'slow' | 'signal', 'macd' | 'signal' | 'histogram'> = {
  id: 'macd',
  inputs: ['close'],
  parameters: { fast: period(12, 2), slow: period(26, 2), signal: period(9) },
  outputs: ['macd', 'signal', 'histogram'],
  warmup: ({ fast, slow, signal }) => Math.max(fast, slow) + signal - 2,
  stableFrom: ({ fast, slow, signal }) =>
    Math.max(fast, slow) + signal - 2 + barsToForget(emaShare(Math.max(fast, slow)), emaShare(signal)),
  start: ({ fast, slow, signal }) => new MacdState(fast, slow, signal),
};
