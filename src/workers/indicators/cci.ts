/**
 * CCI, commodity channel index (Lambert 1980): `(typical − SMA(typical)) / (0.015 · mean deviation)` over n bars, with
 * `typical = (high + low + close) / 3`.
 *
 * The mean deviation is of absolute distances from the SMA. First value at bar n−1. Equal prices read 0, as TA-Lib.
 */
import { type Bar, type Indicator, period } from './indicator.ts';
import { Window } from './window.ts';

export class CciState {
  cci = Number.NaN;
  private readonly window: Window;

  constructor(length: number) {
    this.window = new Window(length);
  }

  next({ high, low, close }: Bar): void {
    const { window } = this;
    const typical = (high + low + close) / 3;
    if (!window.push(typical)) return;
    const { values, start, length } = window;
    const mean = window.mean();
    let deviation = 0;
    for (let at = start; at < start + length; at++) deviation += Math.abs(values[at]! - mean);
    this.cci = deviation === 0 ? 0 : (typical - mean) / (0.015 * (deviation / length));
  }
}

export const cci: Indicator<'period', 'cci'> = {
  id: 'cci',
  inputs: ['high', 'low', 'close'],
  parameters: { period: period(20, 2) },
  outputs: ['cci'],
  warmup: (parameters) => parameters.period - 1,
  stableFrom: (parameters) => parameters.period - 1,
  start: (parameters) => new CciState(parameters.period),
};
