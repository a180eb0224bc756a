import { formatSession, parseSession } from '../src/session.ts';
import { createMarket } from '../src/simulator/market.ts';
import { PolygonApi } from '../src/simulator/polygon-api.ts';
import { routeOf } from '../src/simulator/route.ts';
import type { History } from '../src/types.ts';

export interface Body {
  readonly symbol: string;
  readonly bytes: Uint8Array;
}

/** The bodies that the simulator answers with: symbols of a market that have all bars that are asked for. Holds: all. */
export function bodiesOf(
  count: number,
  bars: number,
): { readonly bodies: readonly Body[]; readonly history: History } {
  const end = parseSession('2018-07-17');
  const market = createMarket({ symbols: 2 * count, sessions: bars, end });
  const history: History = { from: market.sessions[0]!, to: end, bars };
  const api = new PolygonApi(market);
  const query = new URLSearchParams({ adjusted: 'true', sort: 'desc', limit: `${bars}` });
  const bodies: Body[] = [];
  for (const { ticker: symbol } of market.tickers()) {
    if (market.bars(symbol)!.session.length < bars) continue;
    const range = `${formatSession(history.from)}/${formatSession(end)}`;
    const route = routeOf(`/v2/aggs/ticker/${encodeURIComponent(symbol)}/range/1/day/${range}`);
    bodies.push({ symbol, bytes: Buffer.from(api.answer(route, query, 'http://x').body) });
    if (bodies.length === count) break;
  }
  return { bodies, history };
}
