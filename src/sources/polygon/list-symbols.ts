import { formatSession } from '../../session.ts';
import type { ListedSymbol, SymbolDirectory } from '../../types.ts';
import { POLYGON_TYPES } from '../../universe/polygon-types.ts';
import type { PolygonClient } from './client.ts';
import { fetchReferencePages, type ReferenceRow } from './reference-pages.ts';

const PAGE_ROWS = 1000;

/**
 * The symbols that are listed, or were on a day, a page of at most a thousand at a time. `types` are codes of Polygon's
 * ticker types (`CS`, `ADRC`, `ETF` …), one list of pages each; all where absent.
 *
 * Order: by type as asked, then as the provider has them, which is ascending. Failure: a `ScanError`; what came before
 * it stands. Holds: one page.
 */
export async function* listSymbols(
  client: PolygonClient,
  { asOf, types = [] }: Parameters<SymbolDirectory['listSymbols']>[0],
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
  const instrument = typeof type === 'string' ? POLYGON_TYPES.get(type) : undefined;
  return {
    symbol: ticker,
    ...(typeof name === 'string' && { name }),
    ...(typeof primary_exchange === 'string' && { exchange: primary_exchange }),
    ...(instrument !== undefined && { instrument }),
  };
}
