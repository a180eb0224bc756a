/**
 * Bollinger bands (Bollinger 1983): `SMA(n) ± k` population standard deviations of the same n closes.
 *
 * `percentB = (close − lower) / (upper − lower)`: 0 at the lower band, 1 at the upper one. `bandwidth = (upper − lower) /
 * middle`, a fraction. The deviation divides by n, as TA-Lib: first value at bar n−1. Where n closes are equal, the bands are
 * one: bandwidth reads 0, and %B, with nothing to be between, NaN.
 */
import { type Bar, factor, type Indicator, period } from './indicator.ts';
import { Window } from './window.ts';

export class BbandsState {
  upper = Number.NaN;
  middle = Number.NaN;
  lower = Number.NaN;
  percentB = Number.NaN;
  bandwidth = Number.NaN;
  private readonly window: Window;
  private readonly deviations: number;

  constructor(length: number, deviations: number) {
    this.window = new Window(length);
    this.deviations = deviations;
  }

  next({ close }: Bar): void {
    const { window } = this;
    if (!window.push(close)) return;
    const middle = window.mean();
    const band = this.deviations * Math.sqrt(window.squares(middle) / window.length);
    this.upper = middle + band;
    this.middle = middle;
    this.lower = middle - band;
    this.percentB = (close - middle + band) / (2 * band);
    this.bandwidth = (2 * band) / middle;
  }
}

export const bbands: Indicator<
  'period' | 'deviations',
  'upper' | 'middle' | 'lower' | 'percentB' | 'bandwidth'
> = {
  id: 'bbands',
  inputs: ['close'],
  parameters: { period: period(20, 2), deviations: factor(2, 0.01, 100) },
  outputs: ['upper', 'middle', 'lower', 'percentB', 'bandwidth'],
  warmup: (parameters) => parameters.period - 1,
  stableFrom: (parameters) => parameters.period - 1,
  start: (parameters) => new BbandsState(parameters.period, parameters.deviations),
};
