import { sessionsEnding } from '../calendar/nyse.ts';
import { formatSession } from '../session.ts';
import type { Session, SymbolId } from '../types.ts';
import { createListing, type TickerType } from './listing.ts';
import { createMarketReturns } from './market-returns.ts';
import { simulateBars } from './simulate-bars.ts';
import type { SimulatedBars } from './simulated-bars.ts';
import { MAX_TICKERS, TickerNames } from './ticker-names.ts';

/** What the provider serves. */
export interface Market {
  /** Same text, same bars. */
  readonly name: string;
  readonly size: number;
  /** Day numbers, ascending. */
  readonly sessions: Int32Array;
  /** Tickers greater than `after`, ascending by code unit, made as they are iterated. */
  tickers(after?: SymbolId): Iterable<TickerInfo>;
  /** Undefined for a symbol that is not in the market; without bars for one that has not begun to trade. */
  bars(symbol: SymbolId): SimulatedBars | undefined;
}

export interface TickerInfo {
  readonly ticker: SymbolId;
  readonly name: string;
  readonly type: TickerType;
  readonly exchange: string;
  /** First session; beyond all sessions for one that has not begun to trade. */
  readonly listed: Session;
  /** First session without it; undefined where it is still listed. */
  readonly delisted: Session | undefined;
  /** False once delisted. */
  readonly active: boolean;
}

export interface MarketOptions {
  /** @default 6000 */
  readonly symbols?: number | undefined;
  /** @default 300 */
  readonly sessions?: number | undefined;
  /** An integer. @default 1 */
  readonly seed?: number | undefined;
  /** The last session. */
  readonly end: Session;
}

/**
 * A synthetic market: any number of symbols, whose bars are made when they are asked for.
 *
 * The bars of a symbol are a function of seed, symbol and sessions; neither the number of symbols nor the order of
 * requests matters. A market of more sessions that begins on the same day continues the shorter one.
 *
 * Failure: a `RangeError` for a number of symbols or sessions out of range.
 * Holds: the returns that all symbols share, 12 numbers a session.
 */
export function createMarket({
  symbols = 6000,
  sessions: count = 300,
  seed = 1,
  end,
}: MarketOptions): Market {
  checkInteger('symbols', symbols, 0, MAX_TICKERS);
  checkInteger('sessions', count, 1, 20_000);
  checkInteger('seed', seed, 0, 0xffff_ffff);
  const sessions = sessionsEnding(end, count);
  const names = new TickerNames(symbols);
  const shared = createMarketReturns(seed, count);

  return {
    name: `synthetic ${seed} ${formatSession(sessions[0]!)} ${formatSession(sessions[count - 1]!)}`,
    size: symbols,
    sessions,
    *tickers(after) {
      for (const ticker of names.ascending(after)) {
        const { name, type, exchange, listedAt, delistedAt } = createListing(seed, ticker);
        const listed = sessions[listedAt] ?? Number.POSITIVE_INFINITY;
        const delisted = sessions[delistedAt];
        yield { ticker, name, type, exchange, listed, delisted, active: delisted === undefined };
      }
    },
    bars(symbol) {
      if (!names.has(symbol)) return undefined;
      return simulateBars(seed, symbol, createListing(seed, symbol), shared, sessions);
    },
  };
}

function checkInteger(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new RangeError(`Expected \`${name}\` to be an integer from ${low} to ${high}, got \`${value}\``);
}
