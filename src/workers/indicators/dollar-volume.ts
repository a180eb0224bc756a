/**
 * Dollar volume: the mean of `close · volume` over n bars. Dollars a session.
 *
 * First value at bar n−1.
 */
import { type Bar, type Indicator, period } from './indicator.ts';
import { Window } from './window.ts';

export class DollarVolumeState {
  dollarVolume = Number.NaN;
  private readonly window: Window;

  constructor(length: number) {
    this.window = new Window(length);
  }

  next({ close, volume }: Bar): void {
    const { window } = this;
    if (window.push(close * volume)) this.dollarVolume = window.sum() / window.length;
  }
}

export const dollarVolume: Indicator<'period', 'dollarVolume'> = {
  id: 'dollar_volume',
  inputs: ['close', 'volume'],
  parameters: { period: period(20) },
  outputs: ['dollarVolume'],
  warmup: (parameters) => parameters.period - 1,
  stableFrom: (parameters) => parameters.period - 1,
  start: (parameters) => new DollarVolumeState(parameters.period),
};
