import { newYorkDay, newYorkMidnight } from '../calendar/new-york-time.ts';
import { formatSession, MS_PER_DAY, parseSession } from '../session.ts';
import type { Session, SymbolId } from '../types.ts';
import { adjustForSplits } from './adjust-for-splits.ts';
import { type Answer, json } from './answer.ts';
import { BadRequest } from './bad-request.ts';
import { cursorText, readCursor } from './cursor.ts';
import { limitOf } from './limit-of.ts';
import { lowerBound } from './lower-bound.ts';
import type { Market } from './market.ts';
import type { MarketSplit, MarketSplits } from './market-splits.ts';
import type { SimulatedBars } from './simulated-bars.ts';

const BARS_LIMIT = { usual: 1000, most: 10_000 } as const;
const ACTIONS_LIMIT = { usual: 100, most: 1000 } as const;
const TYPES = { forward_split: 'forward_splits', reverse_split: 'reverse_splits' } as const;

/** Shares of a usual trade: there is no tape to count. */
const SHARES_A_TRADE = 137;

/**
 * Alpaca's form of the same market: the bars of many symbols in one answer, and the corporate actions that are splits.
 *
 * https://docs.alpaca.markets/reference/stockbars
 */
export class AlpacaApi {
  readonly #market: Market;
  readonly #splits: MarketSplits;

  constructor(market: Market, splits: MarketSplits) {
    this.#market = market;
    this.#splits = splits;
  }

  answer(endpoint: 'bars' | 'actions', query: URLSearchParams): Answer {
    try {
      return json(200, endpoint === 'bars' ? this.#bars(query) : this.#actions(query));
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      return json(400, { message: error.message });
    }
  }

  /** By symbol, then by time; `limit` is of all bars together. */
  #bars(query: URLSearchParams): object {
    const symbols = [...new Set((query.get('symbols') ?? '').split(','))].sort();
    if (symbols[0] === '') throw new BadRequest('symbols is required');
    if (query.get('timeframe') !== '1Day') throw new BadRequest('invalid timeframe: only 1Day is simulated');
    const limit = limitOf(query, BARS_LIMIT);
    const descending = query.get('sort') === 'desc';
    const isAdjusted = /\b(split|all)\b/.test(query.get('adjustment') ?? 'raw');
    const first = firstDay(query.get('start'), this.#market.sessions[0] ?? 0);
    const last = lastDay(query.get('end'), this.#market.sessions.at(-1) ?? 0);
    const token = query.get('page_token');
    const begin = token === null ? undefined : readCursor(token);

    // One that is not known spoils the answer for all, wherever the page begins.
    const found = symbols.map((symbol) => ({ symbol, bars: this.#barsOf(symbol, isAdjusted) }));
    const bars: Record<string, object[]> = {};
    let left = limit;
    for (const { symbol, bars: all } of found) {
      if (begin !== undefined && symbol < begin.get('symbol')!) continue;
      const start = lowerBound(all.session, first);
      const end = lowerBound(all.session, last + 1);
      const skipped = begin?.get('symbol') === symbol ? Number(begin.get('skip')) : 0;
      const count = Math.max(0, Math.min(left, end - start - skipped));
      if (count > 0) {
        bars[symbol] = Array.from({ length: count }, (_, step) =>
          barRow(all, descending ? end - 1 - skipped - step : start + skipped + step),
        );
      }
      left -= count;
      if (skipped + count < end - start) {
        return { bars, next_page_token: cursorText({ symbol, skip: skipped + count }) };
      }
    }
    return { bars, next_page_token: null };
  }

  #barsOf(symbol: string, isAdjusted: boolean): SimulatedBars {
    const bars = this.#market.bars(canonical(symbol));
    if (bars === undefined) throw new BadRequest(`invalid symbol: ${symbol}`);
    return isAdjusted ? adjustForSplits(bars) : bars;
  }

  /** Splits by the day they take effect, oldest first. */
  #actions(query: URLSearchParams): object {
    const types = (query.get('types') ?? Object.keys(TYPES).join(',')).split(',');
    const limit = limitOf(query, ACTIONS_LIMIT);
    const first = firstDay(query.get('start'), Number.NEGATIVE_INFINITY);
    const last = lastDay(query.get('end'), Number.POSITIVE_INFINITY);
    const token = query.get('page_token');
    const skipped = token === null ? 0 : Number(readCursor(token).get('skip'));
    const found = this.#splits
      .all()
      .filter((split) => types.includes(typeOf(split)) && split.session >= first && split.session <= last)
      .reverse();
    const page = found.slice(skipped, skipped + limit);
    // A kind without any is left out.
    const actions = Object.entries(TYPES).flatMap(([type, name]) => {
      const rows = page.filter((split) => typeOf(split) === type).map(actionRow);
      return rows.length === 0 ? [] : [[name, rows]];
    });
    const next = skipped + page.length;
    return {
      corporate_actions: Object.fromEntries(actions),
      next_page_token: next < found.length ? cursorText({ skip: next }) : null,
    };
  }
}

/** Alpaca writes a preferred `ABR.PRD`. */
function canonical(symbol: string): SymbolId {
  return symbol.replace(/\.PR(?=[A-Z]?$)/, 'p');
}

function typeOf({ from, to }: MarketSplit): keyof typeof TYPES {
  return to > from ? 'forward_split' : 'reverse_split';
}

function actionRow({ ticker, session, from, to }: MarketSplit): object {
  const date = formatSession(session);
  const symbol = ticker.replace(/p(?=[A-Z]?$)/, '.PR');
  return { ex_date: date, new_rate: to, old_rate: from, process_date: date, symbol };
}

function barRow({ session, open, high, low, close, volume }: SimulatedBars, index: number): object {
  const [o, h, l, c, v] = [open[index]!, high[index]!, low[index]!, close[index]!, volume[index]!];
  const t = new Date(newYorkMidnight(session[index]!)).toISOString().replace('.000', '');
  const vw = Math.round(((h + l + 2 * c) / 4) * 1e6) / 1e6;
  return { t, o, h, l, c, v, n: Math.ceil(v / SHARES_A_TRADE), vw };
}

/** The first day whose bar, which bears the midnight that it starts at, is not before a time. */
function firstDay(text: string | null, usual: Session): Session {
  if (text === null) return usual;
  const ms = timeOf('start', text);
  const day = newYorkDay(ms);
  return newYorkMidnight(day) < ms ? day + 1 : day;
}

/** The last day whose bar is not after a time. */
function lastDay(text: string | null, usual: Session): Session {
  return text === null ? usual : newYorkDay(timeOf('end', text));
}

/** Epoch milliseconds of a date in New York, or of a time. */
function timeOf(parameter: string, text: string): number {
  const day = parseSession(text);
  const ms = Number.isNaN(day) ? Date.parse(text) : newYorkMidnight(day);
  if (Number.isNaN(ms) || Math.abs(ms) > 1e6 * MS_PER_DAY)
    throw new BadRequest(`invalid ${parameter}: ${text}`);
  return ms;
}
