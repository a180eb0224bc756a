/**
 * SMA, simple moving average: the mean of the last n closes.
 *
 * First value at bar n−1. Equal closes read exactly that close.
 */
import { type Bar, type Indicator, period } from './indicator.ts';
import { Window } from './window.ts';

export class SmaState {
  sma = Number.NaN;
  private readonly window: Window;

  constructor(length: number) {
    this.window = new Window(length);
  }

  next({ close }: Bar): void {
    this.update(close);
  }

  update(value: number): void {
    if (this.window.push(value)) this.sma = this.window.mean();
  }
}

export const sma: Indicator<'period', 'sma'> = {
  id: 'sma',
  inputs: ['close'],
  parameters: { period: period(20) },
  outputs: ['sma'],
  warmup: (parameters) => parameters.period - 1,
  stableFrom: (parameters) => parameters.period - 1,
  start: (parameters) => new SmaState(parameters.period),
};
