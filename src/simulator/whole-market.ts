import type { SymbolId } from '../types.ts';
import { adjustForSplits } from './adjust-for-splits.ts';
import type { Market } from './market.ts';
import type { SimulatedBars } from './simulated-bars.ts';

/** Most bars that are kept: 44 bytes each, those of 13,000 symbols over 300 sessions. */
const KEPT_BARS = 4_000_000;

/** One symbol of the whole market. */
export interface Member {
  readonly ticker: SymbolId;
  /** As traded, and adjusted for splits. */
  readonly bars: SimulatedBars;
  readonly adjusted: SimulatedBars;
}

/**
 * All symbols with their bars, for the endpoints that ask for the whole market at once: whoever asks for one session
 * of it asks for the next one too.
 *
 * Order: ascending by ticker. Holds: the first members, up to 180 MB of bars, once they were iterated; the others are
 * made again each time.
 */
export class WholeMarket implements Iterable<Member> {
  readonly #market: Market;
  readonly #mostKept: number;
  readonly #kept: Member[] = [];
  #keptBars = 0;
  /** The next member does not fit. */
  #isFull = false;
  #isComplete = false;

  /** @param mostKept Bars that are kept, at most. */
  constructor(market: Market, mostKept = KEPT_BARS) {
    this.#market = market;
    this.#mostKept = mostKept;
  }

  *[Symbol.iterator](): Generator<Member> {
    yield* this.#kept;
    if (this.#isComplete) return;
    for (const { ticker } of this.#market.tickers(this.#kept.at(-1)?.ticker)) {
      const bars = this.#market.bars(ticker);
      if (bars === undefined) continue;
      const member = { ticker, bars, adjusted: adjustForSplits(bars) };
      if (!this.#isFull) this.#keep(member);
      yield member;
    }
    this.#isComplete = !this.#isFull;
  }

  /** Only in order, without a gap: what is missing begins after the last one kept. */
  #keep(member: Member): void {
    if (member.ticker <= (this.#kept.at(-1)?.ticker ?? '')) return;
    this.#keptBars += member.bars.session.length;
    this.#isFull = this.#keptBars > this.#mostKept;
    if (!this.#isFull) this.#kept.push(member);
  }
}
