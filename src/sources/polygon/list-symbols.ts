import { formatSession } from '../../session.ts';
import type { Listing, Session, SymbolId } from '../../types.ts';
import type { PolygonClient } from './client.ts';
import { POLYGON_INSTRUMENTS } from './instruments.ts';
import { fetchReferencePages, type ReferenceRow } from './reference-pages.ts';

const PAGE_ROWS = 1000;

/** A symbol and what the directory says of it. */
export interface ListedSymbol extends Listing {
  readonly symbol: SymbolId;
}

export interface ListSymbolsOptions {
  /** What was listed on that day; today where absent. */
  readonly asOf?: Session | undefined;
  /** Codes of Polygon's ticker types (`CS`, `ADRC`, `ETF` …); all where absent. One list of pages each. */
  readonly types?: readonly string[] | undefined;
}

/**
 * The symbols that are listed, a page of at most a thousand at a time.
 *
 * Order: by type as asked, then as the provider has them, which is ascending. Failure: a `ScanError`; what came before
 * it stands. Holds: one page.
 */
export async function* listSymbols(
  client: PolygonClient,
  { asOf, types = [] }: ListSymbolsOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly ListedSymbol[], void, undefined> {
  const path = `/v3/reference/tickers?market=stocks&active=true&limit=${PAGE_ROWS}`;
  const date = asOf === undefined ? '' : `&date=${formatSession(asOf)}`;
  const queries = types.length === 0 ? [''] : types.map((type) => `&type=${encodeURIComponent(type)}`);
  for (const type of queries) {
    for await (const rows of fetchReferencePages(client, path + date + type, signal)) {
      yield rows.flatMap((row) => listedSymbol(row) ?? []);
    }
  }
}

function listedSymbol({ ticker, name, primary_exchange, type }: ReferenceRow): ListedSymbol | undefined {
  if (typeof ticker !== 'string' || ticker === '') return undefined;
  const instrument =
    typeof type === 'string' && Object.hasOwn(POLYGON_INSTRUMENTS, type)
      ? POLYGON_INSTRUMENTS[type]
      : undefined;
  return {
    symbol: ticker,
    ...(typeof name === 'string' && { name }),
    ...(typeof primary_exchange === 'string' && { exchange: primary_exchange }),
    ...(instrument !== undefined && { instrument }),
  };
}
