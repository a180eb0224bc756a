import { formatSession, parseSession } from '../session.ts';
import type { Session } from '../types.ts';
import { BadRequest } from './bad-request.ts';
import { cursorText, settingsOf } from './cursor.ts';
import { limitOf } from './limit-of.ts';
import type { Market, TickerInfo } from './market.ts';
import type { MarketSplit, MarketSplits } from './market-splits.ts';

const LISTING_LIMIT = { usual: 100, most: 1000 } as const;
const SPLITS_LIMIT = { usual: 10, most: 1000 } as const;

/** How an execution date may be asked for, by the end of the parameter's name. */
const COMPARISONS: Readonly<Record<string, (session: Session, asked: Session) => boolean>> = {
  '': (session, asked) => session === asked,
  '.gt': (session, asked) => session > asked,
  '.gte': (session, asked) => session >= asked,
  '.lt': (session, asked) => session < asked,
  '.lte': (session, asked) => session <= asked,
};

/** Polygon's reference data over a market: what is listed, and the splits. Holds what `MarketSplits` holds. */
export class ReferenceApi {
  readonly #market: Market;
  readonly #splits: MarketSplits;

  constructor(market: Market, splits: MarketSplits) {
    this.#market = market;
    this.#splits = splits;
  }

  /** Tickers ascending; with `date`, as they were listed on that day. */
  listing(query: URLSearchParams, origin: string, requestId: string): object {
    const settings = settingsOf(query);
    const limit = limitOf(settings, LISTING_LIMIT);
    const type = settings.get('type') ?? '';
    const active = settings.get('active') !== 'false';
    const date = settings.get('date') ?? '';
    const day = date === '' ? undefined : dayOf('date', date);
    const stocks = (settings.get('market') ?? 'stocks') === 'stocks';
    const results: object[] = [];
    let last = settings.get('after') ?? '';
    let more = false;
    for (const info of stocks ? this.#market.tickers(last) : []) {
      if (!isListed(info, day, active) || (type !== '' && info.type !== type)) continue;
      more = results.length === limit;
      if (more) break;
      results.push(listingRow(info, active));
      last = info.ticker;
    }
    const cursor = cursorText({ active, after: last, date, limit, type });
    return page(results, requestId, more ? `${origin}/v3/reference/tickers?cursor=${cursor}` : undefined);
  }

  /** Splits, newest first, or with `order=asc` oldest first. */
  splits(query: URLSearchParams, origin: string, requestId: string): object {
    const settings = settingsOf(query);
    const limit = limitOf(settings, SPLITS_LIMIT);
    const skipped = Number(settings.get('skip') ?? 0);
    const ticker = settings.get('ticker');
    const conditions = Object.entries(COMPARISONS).flatMap(([suffix, compare]) => {
      const text = settings.get(`execution_date${suffix}`);
      if (text === null) return [];
      const asked = dayOf(`execution_date${suffix}`, text);
      return [(session: Session) => compare(session, asked)];
    });
    const found = this.#splits
      .all()
      .filter(
        (split) =>
          (ticker === null || split.ticker === ticker) && conditions.every((holds) => holds(split.session)),
      );
    if (settings.get('order') === 'asc') found.reverse();
    const results = found.slice(skipped, skipped + limit).map(splitRow);
    const next = skipped + results.length;
    const cursor = cursorText({ ...Object.fromEntries(settings), skip: next });
    return page(
      results,
      requestId,
      next < found.length ? `${origin}/v3/reference/splits?cursor=${cursor}` : undefined,
    );
  }
}

function page(results: readonly object[], requestId: string, nextUrl: string | undefined): object {
  return {
    results,
    status: 'OK',
    request_id: requestId,
    count: results.length,
    ...(nextUrl !== undefined && { next_url: nextUrl }),
  };
}

function isListed(info: TickerInfo, day: Session | undefined, active: boolean): boolean {
  if (day === undefined) return info.active === active;
  const isGone = info.delisted !== undefined && info.delisted <= day;
  return info.listed <= day && isGone !== active;
}

function listingRow({ ticker, name, type, exchange, delisted }: TickerInfo, active: boolean): object {
  return {
    ticker,
    name,
    market: 'stocks',
    locale: 'us',
    primary_exchange: exchange,
    type,
    active,
    currency_name: 'usd',
    ...(!active && delisted !== undefined && { delisted_utc: `${formatSession(delisted)}T00:00:00Z` }),
  };
}

function splitRow({ ticker, session, from, to }: MarketSplit): object {
  const execution_date = formatSession(session);
  return { id: `${ticker}-${execution_date}`, execution_date, split_from: from, split_to: to, ticker };
}

function dayOf(parameter: string, text: string): Session {
  const day = parseSession(text);
  if (Number.isNaN(day)) throw new BadRequest(`Could not parse the time parameter: '${parameter}'`);
  return day;
}
