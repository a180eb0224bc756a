import type { SymbolId } from '../types.ts';
import type { Split } from './simulated-bars.ts';
import type { WholeMarket } from './whole-market.ts';

/** One split of one symbol. */
export interface MarketSplit extends Split {
  readonly ticker: SymbolId;
}

/**
 * All splits of a market, newest first, then by ticker. Made with the first question, which makes the bars of the whole
 * market. Holds: the splits, some five for a hundred symbols and a year.
 */
export class MarketSplits {
  readonly #whole: WholeMarket;
  #splits: readonly MarketSplit[] | undefined;

  constructor(whole: WholeMarket) {
    this.#whole = whole;
  }

  all(): readonly MarketSplit[] {
    this.#splits ??= Array.from(this.#whole)
      .flatMap(({ ticker, bars }) => bars.splits.map((split) => ({ ticker, ...split })))
      .sort((a, b) => b.session - a.session || (a.ticker < b.ticker ? -1 : 1));
    return this.#splits;
  }
}
