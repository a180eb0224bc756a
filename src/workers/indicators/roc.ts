/**
 * ROC, rate of change: `(close / close n bars before − 1) · 100`. Percent.
 *
 * First value at bar n. From a close of 0 it reads 0, as TA-Lib.
 */
import { type Bar, type Indicator, period } from './indicator.ts';
import { Window } from './window.ts';

export class RocState {
  roc = Number.NaN;
  private readonly window: Window;

  constructor(length: number) {
    this.window = new Window(length + 1);
  }

  next({ close }: Bar): void {
    const { window } = this;
    if (!window.push(close)) return;
    const before = window.values[window.start]!;
    this.roc = before === 0 ? 0 : (close / before - 1) * 100;
  }
}

export const roc: Indicator<'period', 'roc'> = {
  id: 'roc',
  inputs: ['close'],
  parameters: { period: period(21) },
  outputs: ['roc'],
  warmup: (parameters) => parameters.period,
  stableFrom: (parameters) => parameters.period,
  start: (parameters) => new RocState(parameters.period),
};
