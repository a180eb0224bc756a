/**
 * OBV, on-balance volume (Granville 1963): the running sum of volume, added on a higher close, subtracted on a lower one.
 *
 * Starts with the first bar's volume, as TA-Lib: first value at bar 0. An unchanged close leaves it. Its level depends on
 * where the series begins, for good; its changes do not.
 */
import type { Bar, Indicator } from './indicator.ts';

export class ObvState {
  obv = Number.NaN;
  private previous = Number.NaN;

  next({ close, volume }: Bar): void {
    const { previous } = this;
    this.previous = close;
    if (Number.isNaN(previous)) this.obv = volume;
    else if (close > previous) this.obv += volume;
    else if (close < previous) this.obv -= volume;
  }
}

export const obv: Indicator<never, 'obv'> = {
  id: 'obv',
  inputs: ['close', 'volume'],
  parameters: {},
  outputs: ['obv'],
  warmup: () => 0,
  stableFrom: () => Number.POSITIVE_INFINITY,
  start: () => new ObvState(),
};
