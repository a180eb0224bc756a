/**
 * Standard deviation of the last n closes: of the population, divided by n, as TA-Lib and the Bollinger bands.
 *
 * First value at bar n−1. Equal closes read exactly 0.
 */
import { type Bar, type Indicator, period } from './indicator.ts';
import { Window } from './window.ts';

export class StddevState {
  stddev = Number.NaN;
  private readonly window: Window;

  constructor(length: number) {
    this.window = new Window(length);
  }

  next({ close }: Bar): void {
    const { window } = this;
    if (window.push(close)) this.stddev = Math.sqrt(window.squares(window.mean()) / window.length);
  }
}

export const stddev: Indicator<'period', 'stddev'> = {
  id: 'stddev',
  inputs: ['close'],
  parameters: { period: period(20, 2) },
  outputs: ['stddev'],
  warmup: (parameters) => parameters.period - 1,
  stableFrom: (parameters) => parameters.period - 1,
  start: (parameters) => new StddevState(parameters.period),
};
