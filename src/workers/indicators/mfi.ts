/**
 * MFI, money flow index (Quong and Soudack 1989): `100 · positive / (positive + negative)` of the money flows of n bars.
 *
 * A bar's flow is `typical · volume` with `typical = (high + low + close) / 3`: positive where the typical price rose,
 * negative where it fell, and neither where it did not move. First value at bar n. Flows of less than one dollar in all read
 * 0, as TA-Lib; so does a series that is flat or does not trade.
 */
import { type Bar, type Indicator, period } from './indicator.ts';
import { Window } from './window.ts';

export class MfiState {
  mfi = Number.NaN;
  /** Negative flows below 0. */
  private readonly flows: Window;
  /** NaN at the first bar, which has no flow. */
  private previous = Number.NaN;

  constructor(length: number) {
    this.flows = new Window(length);
  }

  next({ high, low, close, volume }: Bar): void {
    const { flows, previous } = this;
    const typical = (high + low + close) / 3;
    this.previous = typical;
    if (Number.isNaN(previous)) return;
    const flow = typical * volume;
    if (!flows.push(typical > previous ? flow : typical < previous ? -flow : 0)) return;
    const { values, start, length } = flows;
    let positive = 0;
    let total = 0;
    for (let at = start; at < start + length; at++) {
      const size = Math.abs(values[at]!);
      positive += values[at]! + size;
      total += size;
    }
    this.mfi = total < 1 ? 0 : 100 * (positive / 2 / total);
  }
}

export const mfi: Indicator<'period', 'mfi'> = {
  id: 'mfi',
  inputs: ['high', 'low', 'close', 'volume'],
  parameters: { period: period(14) },
  outputs: ['mfi'],
  warmup: (parameters) => parameters.period,
  stableFrom: (parameters) => parameters.period,
  start: (parameters) => new MfiState(parameters.period),
};
