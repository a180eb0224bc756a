import { ScanError } from '../errors.ts';
import { formatSession } from '../session.ts';
import type {
  BarSource,
  History,
  Payload,
  Session,
  SplitSource,
  SymbolDirectory,
  SymbolId,
  WholeMarket,
} from '../types.ts';
import { createDayDecoder } from '../workers/day-decoder.ts';
import type { DecodedDay } from '../workers/decoders/day-rows.ts';
import { decodePolygonSnapshot } from '../workers/decoders/polygon-snapshot.ts';
import { createPolygonClient, type PolygonClientOptions } from './polygon/client.ts';
import { fetchSplits } from './polygon/fetch-splits.ts';
import { listSymbols } from './polygon/list-symbols.ts';
import { PlanLimitError, planLimitOf } from './polygon/plan-limit-error.ts';

/** Bytes of JSON allowed for one bar (real ones take 80 to 110), and for the frame around them. */
const MAX_BYTES_PER_BAR = 256;
const MAX_FRAME_BYTES = 64 * 1024;
/** Of the whole market: 1.3 MB of a day, some 7 MB of a snapshot. */
const MAX_MARKET_BYTES = 64 * 1024 * 1024;
/** More pages than that for one symbol is a provider going in circles. */
const MAX_PAGES = 50;
const SNAPSHOT_PATH = '/v2/snapshot/locale/us/markets/stocks/tickers';
/** The most bars that one request may ask for. */
const MAX_LIMIT = 50_000;

export interface PolygonOptions extends PolygonClientOptions {
  /** Names the data for the cache. @default the origin of `url` */
  readonly dataset?: string;
}

/** The market at one session, and what was wrong with the rows that came for it. */
export interface PolygonWholeMarket extends WholeMarket {
  /**
   * The bars of a session that has not ended, as they are now: an encoded day with `FLAG_FORMING`. Symbols without a
   * trade in it have no row. Not in every plan.
   */
  fetchSnapshot(session: Session, signal: AbortSignal): Promise<Uint8Array>;
  /** Of all days so far: rows that a later one replaced, and rows left out because they were no bars. */
  readonly rows: { readonly doubled: number; readonly unusable: number };
}

export interface PolygonSource extends BarSource {
  readonly wholeMarket: PolygonWholeMarket;
  readonly splits: SplitSource;
  readonly universe: SymbolDirectory;
}

/**
 * Polygon.io (Massive): daily bars as traded, of one symbol a call or of the whole market at one session, and what goes
 * with them: splits, the directory, and the bars of today.
 *
 * The newest bars of a symbol are asked for first (`sort=desc` with a limit), so a symbol with gaps costs no second call
 * to get its full number of bars. A next page is asked of the configured origin, whatever host `next_url` names: the key
 * goes nowhere else.
 *
 * Failure: a `ScanError` with the provider's own words, without URL or key; a `PlanLimitError` where it is the plan that
 * does not have what was asked for.
 */
export function createPolygonSource({ dataset, ...options }: PolygonOptions = {}): PolygonSource {
  const client = createPolygonClient(options);
  const days = createDayDecoder();
  const rows = { doubled: 0, unusable: 0 };
  let range: { readonly history: History; readonly text: string } | undefined;

  const fetchMarket = async <T extends Pick<DecodedDay, 'doubled' | 'unusable'>>(
    path: string,
    session: Session,
    decode: (body: readonly Uint8Array[], session: Session) => T | Promise<T>,
    signal: AbortSignal,
  ): Promise<T> => {
    const body = await client.getPieces(path, MAX_MARKET_BYTES, signal);
    client.refuseKey(body);
    try {
      const decoded = await decode(body, session);
      rows.doubled += decoded.doubled;
      rows.unusable += decoded.unusable;
      return decoded;
    } catch (error) {
      // The plan's refusal may come with status 200 as well.
      if (!(error instanceof ScanError) || error.code !== 'unauthorized') throw error;
      throw new PlanLimitError(planLimitOf(error.message), error.message, error);
    }
  };

  return {
    name: 'polygon',
    dataset: dataset ?? `polygon ${client.base} as traded`,
    traffic: client.traffic,
    async fetchBars(symbol: SymbolId, history: History, signal: AbortSignal): Promise<Payload> {
      const { bars } = history;
      const maxBytes = MAX_FRAME_BYTES + Math.min(bars, MAX_LIMIT) * MAX_BYTES_PER_BAR;
      const limit = Math.min(bars, MAX_LIMIT);
      // The same for every symbol of a scan.
      if (range?.history !== history) {
        range = { history, text: `${formatSession(history.from)}/${formatSession(history.to)}` };
      }
      const pages: Uint8Array[] = [];
      let received = 0;
      let path: string | undefined =
        `/v2/aggs/ticker/${encodeURIComponent(symbol)}/range/1/day/${range.text}?adjusted=false&sort=desc&limit=${limit}`;
      while (path !== undefined && received < bars) {
        if (pages.length === MAX_PAGES) {
          throw new ScanError('malformed', `More than ${MAX_PAGES} pages for one symbol`, { stage: 'fetch' });
        }
        const page = await client.getBytes(path, maxBytes, signal);
        pages.push(page);
        const frame = frameOf(page);
        client.refuseKey(frame);
        received += resultsCount(frame);
        const nextUrl = nextUrlOf(frame);
        path = nextUrl === undefined ? undefined : client.pathOf(nextUrl);
      }
      return { format: 'polygon-aggregates', pages };
    },
    wholeMarket: {
      rows,
      expect: days.expect,
      async fetchDay(session, signal) {
        return (await fetchMarket(groupedPath(session), session, days.decode, signal)).bytes;
      },
      fillPanel(panel) {
        const feed = days.fill(panel);
        return {
          async fetchDay(session, signal) {
            return (await fetchMarket(groupedPath(session), session, feed.put, signal)).rows;
          },
          end: feed.end,
        };
      },
      async fetchSnapshot(session, signal) {
        return (await fetchMarket(SNAPSHOT_PATH, session, decodePolygonSnapshot, signal)).bytes;
      },
    },
    splits: { fetchSplits: (from, to, signal) => fetchSplits(client, from, to, signal) },
    universe: { listSymbols: (query, signal) => listSymbols(client, query, signal) },
    async close() {
      await Promise.all([client.close(), days.close()]);
    },
  };
}

function groupedPath(session: Session): string {
  return `/v2/aggs/grouped/locale/us/market/stocks/${formatSession(session)}?adjusted=false&include_otc=true`;
}

/**
 * What stands around the rows of a page, as text. The rows are decoded on a thread; here only the frame matters, and
 * it is found without looking at them.
 */
function frameOf(page: Uint8Array): string {
  const bytes = Buffer.from(page.buffer, page.byteOffset, page.byteLength);
  const first = bytes.indexOf('[');
  if (first < 0) return bytes.toString('latin1');
  return bytes.toString('latin1', 0, first) + bytes.toString('latin1', bytes.lastIndexOf(']'));
}

/** The `next_url` of a frame; `undefined` on the last page. */
function nextUrlOf(frame: string): string | undefined {
  const quoted = /"next_url"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(frame)?.[1];
  if (quoted === undefined) return undefined;
  try {
    return JSON.parse(quoted) as string;
  } catch (cause) {
    throw new ScanError('malformed', 'A next_url that is no text', { stage: 'fetch', cause });
  }
}

function resultsCount(frame: string): number {
  return Number(/"resultsCount"\s*:\s*(\d+)/.exec(frame)?.[1] ?? 0);
}
