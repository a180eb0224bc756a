/**
 * Realized volatility: the sample standard deviation of n daily returns, annualised by √252. A fraction.
 *
 * Returns are simple, `close / previous close − 1`; the deviation divides by n − 1. First value at bar n. The window is
 * computed afresh in two passes, oldest first: exact for small deviations, and a NaN leaves with its bar.
 */
import { type Indicator, period } from './indicator.ts';

/** √(sessions in a year). */
export const ANNUAL = Math.sqrt(252);

export class RealizedVolState {
  realizedVol = Number.NaN;
  private readonly returns: Float64Array;
  /** Bars seen; the first one has no return. */
  private seen = 0;
  /** Where the next return goes; the oldest one once the window is full. */
  private head = 0;
  private previous = Number.NaN;

  constructor(length: number) {
    this.returns = new Float64Array(length);
  }

  next(_open: number, _high: number, _low: number, close: number, _volume: number): void {
    this.update(close);
  }

  update(value: number): void {
    const { returns } = this;
    const { length } = returns;
    const change = value / this.previous - 1;
    this.previous = value;
    if (this.seen <= length && this.seen++ === 0) return;
    returns[this.head] = change;
    this.head = this.head + 1 === length ? 0 : this.head + 1;
    if (this.seen <= length) return;
    let sum = 0;
    for (let at = this.head; at < length; at++) sum += returns[at]!;
    for (let at = 0; at < this.head; at++) sum += returns[at]!;
    const mean = sum / length;
    let squares = 0;
    for (let at = this.head; at < length; at++) squares += (returns[at]! - mean) * (returns[at]! - mean);
    for (let at = 0; at < this.head; at++) squares += (returns[at]! - mean) * (returns[at]! - mean);
    this.realizedVol = Math.sqrt(squares / (length - 1)) * ANNUAL;
  }

  reset(): void {
    this.realizedVol = Number.NaN;
    this.seen = 0;
    this.head = 0;
    this.previous = Number.NaN;
  }
}

export const realizedVol: Indicator<'period', 'realizedVol'> = {
  id: 'realized_vol',
  parameters: { period: period(20, 2) },
  outputs: ['realizedVol'],
  warmup: (parameters) => parameters.period,
  start: (parameters) => new RealizedVolState(parameters.period),
};
