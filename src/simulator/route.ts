import type { SymbolId } from '../types.ts';

/** What the provider can be asked, by the names under which calls are counted. */
export type Endpoint =
  | 'aggregates'
  | 'grouped'
  | 'snapshot'
  | 'listing'
  | 'splits'
  /** Alpaca's bars of many symbols, and corporate actions. */
  | 'bars'
  | 'actions'
  | 'other';

/** A request for one of the provider's endpoints. */
export type Route =
  | {
      readonly endpoint: 'aggregates';
      readonly symbol: SymbolId;
      readonly from: string;
      readonly to: string;
    }
  | { readonly endpoint: 'grouped'; readonly date: string }
  | { readonly endpoint: 'snapshot' | 'listing' | 'splits' | 'bars' | 'actions' }
  | { readonly endpoint: 'other'; readonly kind: 'market-status' | 'unknown' };

const AGGREGATES = /^\/v2\/aggs\/ticker\/([^/]+)\/range\/1\/day\/([^/]+)\/([^/]+)$/;
const GROUPED = /^\/v2\/aggs\/grouped\/locale\/us\/market\/stocks\/([^/]+)$/;
const PLAIN: ReadonlyMap<string, 'snapshot' | 'listing' | 'splits' | 'bars' | 'actions'> = new Map([
  ['/v2/snapshot/locale/us/markets/stocks/tickers', 'snapshot'],
  ['/v3/reference/tickers', 'listing'],
  ['/v3/reference/splits', 'splits'],
  ['/v2/stocks/bars', 'bars'],
  ['/v1/corporate-actions', 'actions'],
]);

/** The route of a path (without its query), as the provider's documentation has it. */
export function routeOf(path: string): Route {
  const aggregates = AGGREGATES.exec(path);
  if (aggregates !== null) {
    const symbol = decoded(aggregates[1]!);
    if (symbol !== undefined) {
      return { endpoint: 'aggregates', symbol, from: aggregates[2]!, to: aggregates[3]! };
    }
  }
  const grouped = GROUPED.exec(path);
  if (grouped !== null) return { endpoint: 'grouped', date: grouped[1]! };
  const endpoint = PLAIN.get(path);
  if (endpoint !== undefined) return { endpoint };
  if (path === '/v1/marketstatus/now') return { endpoint: 'other', kind: 'market-status' };
  return { endpoint: 'other', kind: 'unknown' };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
