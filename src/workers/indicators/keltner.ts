/**
 * Keltner channel (Keltner 1960, in the form of Raschke): `EMA(n) of closes ± k · ATR(m)`.
 *
 * All three lines start together, at bar max(n − 1, m).
 */
import { AtrState } from './atr.ts';
import { barsToForget } from './bars-to-forget.ts';
import { EmaState, emaShare } from './ema.ts';
import { type Bar, factor, type Indicator, period } from './indicator.ts';

export class KeltnerState {
  upper = Number.NaN;
  middle = Number.NaN;
  lower = Number.NaN;
  private readonly average: EmaState;
  private readonly range: AtrState;
  private readonly multiplier: number;

  constructor(length: number, atr: number, multiplier: number) {
    this.average = new EmaState(length);
    this.range = new AtrState(atr);
    this.multiplier = multiplier;
  }

  next(bar: Bar): void {
    this.average.update(bar.close);
    this.range.next(bar);
    const { ema } = this.average;
    const band = this.multiplier * this.range.atr;
    // NaN until both are there.
    this.upper = ema + band;
    this.lower = ema - band;
    this.middle = band - band === 0 ? ema : Number.NaN;
  }
}

export const keltner: Indicator<'period' | 'atr' | 'multiplier', 'upper' | 'middle' | 'lower'> = {
  id: 'keltner',
  inputs: ['high', 'low', 'close'],
  parameters: { period: period(20), atr: period(10), multiplier: factor(2, 0.01, 100) },
  outputs: ['upper', 'middle', 'lower'],
  warmup: (parameters) => Math.max(parameters.period - 1, parameters.atr),
  stableFrom: ({ period: average, atr }) =>
    Math.max(average - 1 + barsToForget(emaShare(average)), atr + barsToForget(1 / atr)),
  start: (parameters) => new KeltnerState(parameters.period, parameters.atr, parameters.multiplier),
};
