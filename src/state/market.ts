import { MarketBreadth } from '../cross-section/market-context.ts';
import type { FeatureRow, MarketContext, SymbolId } from '../types.ts';

/** The symbol whose trend stands for the market's, where it is among those scanned. */
const BENCHMARK: SymbolId = 'SPY';

/**
 * Gathers what the scored symbols say of the market as a whole.
 *
 * Holds: a dozen numbers, and the benchmark's row.
 */
export class Market {
  readonly #breadth = new MarketBreadth();
  #benchmark: FeatureRow | undefined;

  /** Takes a scored symbol in; the benchmark counts as the others do. */
  add(symbol: SymbolId, row: FeatureRow): void {
    this.#breadth.add(row);
    if (symbol === BENCHMARK) this.#benchmark = row.slice();
  }

  describe(): MarketContext {
    return this.#breadth.describe(this.#benchmark, BENCHMARK);
  }
}
