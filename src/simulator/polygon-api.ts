import { newYorkDay, newYorkMidnight } from '../calendar/new-york-time.ts';
import { formatSession, MS_PER_DAY, parseSession } from '../session.ts';
import type { Session, SymbolId } from '../types.ts';
import { adjustForSplits } from './adjust-for-splits.ts';
import { AggregateBytes } from './aggregate-bytes.ts';
import { type Answer, json } from './answer.ts';
import { BadRequest } from './bad-request.ts';
import { cursorText, settingsOf } from './cursor.ts';
import { limitOf } from './limit-of.ts';
import { lowerBound } from './lower-bound.ts';
import type { Market } from './market.ts';
import { MarketSplits } from './market-splits.ts';
import { Random } from './random.ts';
import { ReferenceApi } from './reference-api.ts';
import type { Route } from './route.ts';
import type { SimulatedBars } from './simulated-bars.ts';
import { type Member, WholeMarket } from './whole-market.ts';

const MS_PER_HOUR = 3_600_000;
const CLOSE_HOUR = 16;
const EVENING_HOUR = 20;
const SNAPSHOT_SESSIONS = 2;

const AGGREGATES_LIMIT = { usual: 5000, most: 50_000 } as const;

const OUT_OF_PLAN =
  "Your plan doesn't include this data timeframe. Please upgrade your plan at https://polygon.io/pricing";

export interface PolygonApiOptions {
  /** What is held of the market, where it is shared. */
  readonly whole?: WholeMarket;
  readonly splits?: MarketSplits;
  /** Sessions of the plan, counted from the last one. @default all */
  readonly planSessions?: number | undefined;
}

/** Asks for what the plan does not have. */
class OutOfPlan extends Error {}

/**
 * The REST API of Polygon (Massive) over a market, without the network: a request in, status and JSON bytes out. The
 * same request has the same answer, byte for byte.
 *
 * Holds: one body's bytes, 8 bytes a day of the market, and what `WholeMarket` holds once the whole was asked for.
 */
export class PolygonApi {
  readonly #market: Market;
  readonly #bytes = new AggregateBytes();
  /** New York midnight of each day from the first session to the last. */
  readonly #midnights: Float64Array;
  readonly #firstDay: Session;
  readonly #whole: WholeMarket;
  readonly #reference: ReferenceApi;
  /** Of the plan. */
  readonly #firstSession: Session;

  constructor(
    market: Market,
    {
      whole = new WholeMarket(market),
      splits = new MarketSplits(whole),
      planSessions,
    }: PolygonApiOptions = {},
  ) {
    this.#market = market;
    this.#whole = whole;
    this.#reference = new ReferenceApi(market, splits);
    this.#firstSession =
      planSessions === undefined
        ? Number.NEGATIVE_INFINITY
        : (market.sessions.at(-planSessions) ?? market.sessions[0] ?? 0);
    const first = market.sessions[0] ?? 0;
    const last = market.sessions.at(-1) ?? first - 1;
    this.#firstDay = first;
    this.#midnights = Float64Array.from({ length: last - first + 1 }, (_, day) =>
      newYorkMidnight(first + day),
    );
  }

  /** @param origin Scheme and authority for `next_url`. */
  answer(route: Route, query: URLSearchParams, origin: string): Answer {
    const requestId = requestIdOf(route, query);
    try {
      switch (route.endpoint) {
        case 'aggregates':
          return { status: 200, body: this.#aggregates(route, query, origin, requestId) };
        case 'grouped':
          return { status: 200, body: this.#grouped(route.date, query, requestId) };
        case 'listing':
          return json(200, this.#reference.listing(query, origin, requestId));
        case 'splits':
          return json(200, this.#reference.splits(query, origin, requestId));
        case 'snapshot':
          return json(200, this.#snapshot(query, requestId));
        default:
          return this.#other(route, requestId);
      }
    } catch (error) {
      if (error instanceof OutOfPlan) {
        return json(403, { status: 'NOT_AUTHORIZED', request_id: requestId, message: OUT_OF_PLAN });
      }
      if (!(error instanceof BadRequest)) throw error;
      return json(400, { status: 'ERROR', request_id: requestId, error: error.message });
    }
  }

  #aggregates(
    { symbol, from, to }: Route & { readonly endpoint: 'aggregates' },
    query: URLSearchParams,
    origin: string,
    requestId: string,
  ): Buffer {
    const settings = settingsOf(query);
    const adjusted = settings.get('adjusted') !== 'false';
    const descending = settings.get('sort') === 'desc';
    const limit = limitOf(settings, AGGREGATES_LIMIT);
    const asked = dayOf('from', from);
    const last = dayOf('to', to);
    if (last < asked) {
      throw new BadRequest("The parameter 'to' cannot be a time that occurs before 'from'");
    }
    const first = this.#planned(asked, last);

    const unadjusted = this.#market.bars(symbol);
    const bars = unadjusted && (adjusted ? adjustForSplits(unadjusted) : unadjusted);
    const start = bars === undefined ? 0 : lowerBound(bars.session, first);
    const end = bars === undefined ? 0 : lowerBound(bars.session, last + 1);
    const count = Math.min(limit, end - start);

    const bytes = this.#bytes;
    bytes.clear();
    bytes.text(
      `{"ticker":${JSON.stringify(symbol)},"queryCount":${count},"resultsCount":${count},"adjusted":${adjusted},`,
    );
    if (bars !== undefined && count > 0) {
      bytes.text('"results":[');
      const { session } = bars;
      for (let step = 0; step < count; step++) {
        const index = descending ? end - 1 - step : start + step;
        if (step > 0) bytes.comma();
        bytes.bar(bars, index, this.#midnights[session[index]! - this.#firstDay]!);
      }
      bytes.text('],');
    }
    bytes.text(`"status":"OK","request_id":"${requestId}","count":${count}`);
    if (bars !== undefined && count < end - start) {
      const next = bars.session[descending ? end - 1 - count : start + count]!;
      const range = descending ? `${from}/${newYorkMidnight(next)}` : `${newYorkMidnight(next)}/${to}`;
      const path = `/v2/aggs/ticker/${encodeURIComponent(symbol)}/range/1/day/${range}`;
      const cursor = cursorText({ adjusted, limit, sort: descending ? 'desc' : 'asc' });
      bytes.text(`,"next_url":${JSON.stringify(`${origin}${path}?cursor=${cursor}`)}`);
    }
    bytes.text('}');
    return bytes.take();
  }

  #grouped(date: string, query: URLSearchParams, requestId: string): Buffer {
    const session = parseSession(date);
    if (Number.isNaN(session)) throw new BadRequest("Could not parse the time parameter: 'date'");
    this.#planned(session, session);
    const adjusted = query.get('adjusted') !== 'false';
    const bytes = this.#bytes;
    bytes.clear();
    const close = newYorkMidnight(session) + CLOSE_HOUR * MS_PER_HOUR;
    let rows = 0;
    bytes.text('{"results":[');
    const fromEnd = this.#market.sessions.length - 1 - lowerBound(this.#market.sessions, session);
    for (const member of this.#whole) {
      const bars = adjusted ? member.adjusted : member.bars;
      const sessions = bars.session;
      // Most symbols trade in every session: the distance from the end finds the bar without a search.
      let index = sessions.length - 1 - fromEnd;
      if (sessions[index] !== session) index = lowerBound(sessions, session);
      if (sessions[index] !== session) continue;
      if (rows++ > 0) bytes.comma();
      bytes.bar(bars, index, close, member.ticker);
    }
    if (rows === 0) bytes.clear();
    bytes.text(rows === 0 ? '{' : '],');
    bytes.text(
      `"queryCount":${rows},"resultsCount":${rows},"adjusted":${adjusted},` +
        `"status":"OK","request_id":"${requestId}","count":${rows}}`,
    );
    return bytes.take();
  }

  #other(route: Route, requestId: string): Answer {
    if ('kind' in route && route.kind === 'market-status') return json(200, this.#marketStatus());
    return json(404, { status: 'NOT_FOUND', request_id: requestId, message: 'Resource not found.' });
  }

  /** The first day of a range that the plan has. Nothing is known of the future, whatever the plan. */
  #planned(first: Session, last: Session): Session {
    if (this.#firstSession === Number.NEGATIVE_INFINITY) return first;
    if (last < this.#firstSession || first > this.#market.sessions.at(-1)!) throw new OutOfPlan();
    return Math.max(first, this.#firstSession);
  }

  /** The state after the last session's close: its bar as `day`, the one before as `prevDay`. */
  #snapshot(query: URLSearchParams, requestId: string): object {
    const asked = query.get('tickers') ?? '';
    const updated = this.#lastEvening() * 1e6;
    const tickers: object[] = [];
    for (const { ticker, adjusted } of asked === '' ? this.#whole : this.#membersOf(asked.split(','))) {
      const last = adjusted.session.length - 1;
      if (last < SNAPSHOT_SESSIONS - 1 || adjusted.session[last] !== this.#market.sessions.at(-1)) continue;
      const before = adjusted.close[last - 1]!;
      const change = round4(adjusted.close[last]! - before);
      tickers.push({
        ticker,
        todaysChangePerc: round4((100 * change) / before),
        todaysChange: change,
        updated,
        day: snapshotBar(adjusted, last),
        prevDay: snapshotBar(adjusted, last - 1),
      });
    }
    return { tickers, status: 'OK', request_id: requestId, count: tickers.length };
  }

  #marketStatus(): object {
    const evening = this.#lastEvening();
    const day = newYorkDay(evening);
    const offset = (day * MS_PER_DAY - newYorkMidnight(day)) / MS_PER_HOUR;
    return {
      market: 'closed',
      earlyHours: false,
      afterHours: false,
      serverTime: `${formatSession(day)}T${EVENING_HOUR}:00:00-0${-offset}:00`,
      exchanges: { nyse: 'closed', nasdaq: 'closed', otc: 'closed' },
      currencies: { fx: 'open', crypto: 'open' },
    };
  }

  #lastEvening(): number {
    return newYorkMidnight(this.#market.sessions.at(-1) ?? 0) + EVENING_HOUR * MS_PER_HOUR;
  }

  *#membersOf(symbols: Iterable<SymbolId>): Generator<Member> {
    for (const ticker of symbols) {
      const bars = this.#market.bars(ticker);
      if (bars !== undefined) yield { ticker, bars, adjusted: adjustForSplits(bars) };
    }
  }
}

function snapshotBar({ open, high, low, close, volume }: SimulatedBars, index: number): object {
  const [o, h, l, c] = [open[index]!, high[index]!, low[index]!, close[index]!];
  return { o, h, l, c, v: volume[index], vw: round4((h + l + 2 * c) / 4) };
}

/** A day as `YYYY-MM-DD` or as epoch milliseconds of any time of it in New York. */
function dayOf(parameter: string, text: string): Session {
  const day = /^\d{9,15}$/.test(text) ? newYorkDay(Number(text)) : parseSession(text);
  if (!Number.isNaN(day)) return day;
  throw new BadRequest(
    `Could not parse the time parameter: '${parameter}'. Use YYYY-MM-DD or Unix MS Timestamps`,
  );
}

function requestIdOf(route: Route, query: URLSearchParams): string {
  const random = new Random(0, `${Object.values(route).join('/')}?${query}`);
  return Array.from({ length: 4 }, () => random.uint32().toString(16).padStart(8, '0')).join('');
}

function round4(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
