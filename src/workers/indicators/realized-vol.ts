/**
 * Realized volatility: the sample standard deviation of n daily returns, annualised by √252. A fraction.
 *
 * Returns are simple, `close / previous close − 1`; the deviation divides by n − 1. First value at bar n.
 */
import { type Bar, type Indicator, period } from './indicator.ts';
import { Window } from './window.ts';

/** √(sessions in a year). */
export const ANNUAL = Math.sqrt(252);

export class RealizedVolState {
  realizedVol = Number.NaN;
  private readonly returns: Window;
  /** NaN at the first bar, which has no return. */
  private previous = Number.NaN;

  constructor(length: number) {
    this.returns = new Window(length);
  }

  next({ close }: Bar): void {
    const { returns, previous } = this;
    this.previous = close;
    if (Number.isNaN(previous) || !returns.push(close / previous - 1)) return;
    const { length } = returns;
    this.realizedVol = Math.sqrt(returns.squares(returns.sum() / length) / (length - 1)) * ANNUAL;
  }
}

export const realizedVol: Indicator<'period', 'realizedVol'> = {
  id: 'realized_vol',
  inputs: ['close'],
  parameters: { period: period(20, 2) },
  outputs: ['realizedVol'],
  warmup: (parameters) => parameters.period,
  stableFrom: (parameters) => parameters.period,
  start: (parameters) => new RealizedVolState(parameters.period),
};
