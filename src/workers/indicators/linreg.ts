/**
 * Linear regression of the logarithm of the close on time, least squares over n bars, as Clenow (2015) ranks trends.
 *
 * `slope` is the growth a bar, as a logarithm: × 252 a year's. `r2` is the share of the variation that the line explains,
 * 0 to 1. First value at bar n−1. Of equal closes the slope is 0, and R², with nothing to explain, NaN. A close of 0 or less
 * has no logarithm: NaN until it leaves the window.
 */
import { type Bar, type Indicator, period } from './indicator.ts';
import { Window } from './window.ts';

export class LinregState {
  slope = Number.NaN;
  r2 = Number.NaN;
  private readonly window: Window;
  /** Sum of the squared distances of 0 … n − 1 from their mean. */
  private readonly spread: number;

  constructor(length: number) {
    this.window = new Window(length);
    this.spread = (length * (length * length - 1)) / 12;
  }

  next({ close }: Bar): void {
    const { window, spread } = this;
    if (!window.push(Math.log(close))) return;
    const { values, start, length } = window;
    const mean = window.mean();
    let time = (1 - length) / 2;
    let squares = 0;
    let products = 0;
    for (let at = start; at < start + length; at++) {
      const distance = values[at]! - mean;
      squares += distance * distance;
      products += time * distance;
      time++;
    }
    this.slope = products / spread;
    // Beyond 1 by rounding only.
    this.r2 = Math.min((products * products) / (spread * squares), 1);
  }
}

export const linreg: Indicator<'period', 'slope' | 'r2'> = {
  id: 'linreg',
  inputs: ['close'],
  parameters: { period: period(63, 2) },
  outputs: ['slope', 'r2'],
  warmup: (parameters) => parameters.period - 1,
  stableFrom: (parameters) => parameters.period - 1,
  start: (parameters) => new LinregState(parameters.period),
};
