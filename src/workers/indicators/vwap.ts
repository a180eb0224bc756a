/**
 * VWAP, volume-weighted average price (Berkowitz, Logue and Noser 1988), rolling over n daily bars:
 * `Σ(typical · volume) / Σ volume` with `typical = (high + low + close) / 3`.
 *
 * First value at bar n−1. NaN where the n bars did not trade: there is no price to average.
 */
import { type Bar, type Indicator, period } from './indicator.ts';
import { Window } from './window.ts';

export class VwapState {
  vwap = Number.NaN;
  private readonly prices: Window;
  private readonly volumes: Window;

  constructor(length: number) {
    this.prices = new Window(length);
    this.volumes = new Window(length);
  }

  next({ high, low, close, volume }: Bar): void {
    this.volumes.push(volume);
    if (!this.prices.push((high + low + close) / 3)) return;
    const { values: prices, start, length } = this.prices;
    const { values: volumes } = this.volumes;
    // Distances from the first price: equal prices read exactly that price.
    const first = prices[start]!;
    let distance = 0;
    let shares = 0;
    for (let at = start; at < start + length; at++) {
      distance += (prices[at]! - first) * volumes[at]!;
      shares += volumes[at]!;
    }
    this.vwap = first + distance / shares;
  }
}

export const vwap: Indicator<'period', 'vwap'> = {
  id: 'vwap_n',
  inputs: ['high', 'low', 'close', 'volume'],
  parameters: { period: period(20) },
  outputs: ['vwap'],
  warmup: (parameters) => parameters.period - 1,
  stableFrom: (parameters) => parameters.period - 1,
  start: (parameters) => new VwapState(parameters.period),
};
