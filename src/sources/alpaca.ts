import { UnknownSymbolsError } from '../errors.ts';
import { formatSession } from '../session.ts';
import type { BarSource, History, ManySymbols, SeriesBytes, SplitSource, SymbolId } from '../types.ts';
import { readBarsPage } from './alpaca/bars-page.ts';
import { readSplitsPage } from './alpaca/splits-page.ts';
import { BarColumns } from './bar-columns.ts';
import { createDayReader } from './day-reader.ts';
import { type CallOptions, createProviderClient } from './provider-client.ts';
import { RefusalError } from './refusal-error.ts';
import { SPELLINGS } from './spelling.ts';

/** Bars of one page, at most, over all symbols. */
const PAGE_BARS = 10_000;
/** The service names no limit of symbols; a URL has one. */
const MAX_SYMBOLS = 200;
const MAX_ACTIONS = 1000;
/** Bytes of JSON allowed for one bar (real ones take 100 to 140), and for a split with its frame. */
const MAX_BYTES_PER_BAR = 256;
const MAX_BYTES_PER_ACTION = 1024;
const MAX_FRAME_BYTES = 64 * 1024;
/** More pages than that for one call is a provider going in circles. */
const MAX_PAGES = 200;

const { toProvider } = SPELLINGS.alpaca;

export interface AlpacaOptions extends CallOptions {
  readonly keyId: string;
  readonly secret: string;
  /** @default 'https://data.alpaca.markets' */
  readonly url?: string | undefined;
  /** `sip` is all venues, `iex` a single one with a fortieth of the volume. @default the best that the key may have */
  readonly feed?: string | undefined;
}

export type AlpacaSource = BarSource & { readonly manySymbols: ManySymbols; readonly splits: SplitSource };

/**
 * Daily bars of Alpaca, as traded, of many symbols a call, and the table of splits.
 *
 * A call takes as many symbols as fit one page with the bars they are asked for; where they do not, the pages that follow
 * are calls too. A symbol without a spelling at Alpaca has no bars. A symbol that Alpaca does not know has none when it is
 * asked for alone, and fails the call of many with an `UnknownSymbolsError`.
 *
 * Failure: a `ScanError` with the provider's own words, without URL or keys. Holds: one page for each call under way, and
 * the bars of its symbols.
 */
export function createAlpacaSource({
  keyId,
  secret,
  url = 'https://data.alpaca.markets',
  feed,
  ...calls
}: AlpacaOptions): AlpacaSource {
  const client = createProviderClient({
    url,
    headers: { 'apca-api-key-id': keyId, 'apca-api-secret-key': secret },
    secrets: [keyId, secret],
    ...calls,
  });
  const dayOf = createDayReader();

  /** All pages of a query, each handed to `read`, which returns the token of the next one. */
  const readPages = async (
    path: string,
    query: Readonly<Record<string, string>>,
    maxBytes: number,
    signal: AbortSignal,
    read: (page: unknown) => string | null,
  ) => {
    const parameters = new URLSearchParams(query);
    for (let page = 0; page < MAX_PAGES; page++) {
      const token = read(await client.getJson(`${path}?${parameters}`, maxBytes, signal));
      if (token === null) return;
      if (token === parameters.get('page_token')) break;
      parameters.set('page_token', token);
    }
    throw client.failure('malformed', 'Pages that go in circles');
  };

  const fetchMany: ManySymbols['fetchMany'] = async (symbols, history, signal) => {
    const asked = new Map<string, SymbolId>();
    for (const symbol of symbols) {
      const text = toProvider(symbol);
      if (text !== undefined) asked.set(text, symbol);
    }
    const found = new Map<SymbolId, BarColumns>();
    for (const symbol of asked.values()) found.set(symbol, new BarColumns(history));
    if (asked.size > 0) {
      const query = {
        symbols: [...asked.keys()].join(','),
        timeframe: '1Day',
        start: `${formatSession(history.from)}T00:00:00Z`,
        // A bar bears the midnight in New York that it starts at, 04:00 or 05:00 in UTC. The end of the day would be
        // recent data in the evening, which a free plan may not ask for.
        end: `${formatSession(history.to)}T06:00:00Z`,
        adjustment: 'raw',
        sort: 'asc',
        limit: String(PAGE_BARS),
        ...(feed !== undefined && { feed }),
      };
      const maxBytes = MAX_FRAME_BYTES + PAGE_BARS * MAX_BYTES_PER_BAR;
      await readPages('/v2/stocks/bars', query, maxBytes, signal, (page) =>
        readBarsPage(page, (text) => found.get(asked.get(text)!), dayOf, client.failure),
      ).catch((error: unknown) => {
        throw unknownSymbols(error, asked) ?? error;
      });
    }
    const series = new Map<SymbolId, SeriesBytes>();
    for (const [symbol, columns] of found) series.set(symbol, columns.encode(0));
    return series;
  };

  const symbolsPerCall = (bars: number) =>
    Math.max(1, Math.min(MAX_SYMBOLS, Math.floor(PAGE_BARS / Math.max(1, bars))));

  return {
    name: 'alpaca',
    dataset: `alpaca ${client.base} ${feed ?? 'best feed'} as traded`,
    traffic: client.traffic,
    async fetchBars(symbol: SymbolId, history: History, signal: AbortSignal) {
      try {
        const series = (await fetchMany([symbol], history, signal)).get(symbol);
        return { format: 'series', pages: series === undefined ? [] : [series] };
      } catch (error) {
        if (error instanceof UnknownSymbolsError) return { format: 'series', pages: [] };
        throw error;
      }
    },
    manySymbols: {
      symbolsPerCall,
      calls: (symbols, bars) =>
        Math.ceil(symbols / symbolsPerCall(bars)) * Math.max(1, Math.ceil(bars / PAGE_BARS)),
      fetchMany,
    },
    splits: {
      async fetchSplits(from, to, signal) {
        const query = {
          types: 'forward_split,reverse_split',
          start: formatSession(from),
          end: formatSession(to),
          sort: 'asc',
          limit: String(MAX_ACTIONS),
        };
        const maxBytes = MAX_FRAME_BYTES + MAX_ACTIONS * MAX_BYTES_PER_ACTION;
        const splits: Awaited<ReturnType<SplitSource['fetchSplits']>>[number][] = [];
        await readPages('/v1/corporate-actions', query, maxBytes, signal, (page) =>
          readSplitsPage(page, splits, client.failure),
        );
        return splits.filter(({ session }) => session >= from && session <= to);
      },
    },
    close: client.close,
  };
}

/** What `error` says of symbols that the service does not know; `undefined` where it is about something else. */
function unknownSymbols(
  error: unknown,
  asked: ReadonlyMap<string, SymbolId>,
): UnknownSymbolsError | undefined {
  if (!(error instanceof RefusalError) || error.status !== 400) return undefined;
  const [, list] = /invalid symbol(?:s|\(s\))?:\s*(.+)/i.exec(error.words) ?? [];
  if (list === undefined) return undefined;
  const bad = list.split(/[\s,;]+/).flatMap((text) => asked.get(text) ?? []);
  return new UnknownSymbolsError(error.message, bad, error);
}
