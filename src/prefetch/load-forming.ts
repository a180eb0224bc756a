import { symbolAt, viewMarketDay } from '../market-day.ts';
import type { BarSource, FormingBar, Session, SymbolId } from '../types.ts';
import type { RetryCall } from './retry-call.ts';

/**
 * The bars of a session under way, by symbol: one call for the whole market.
 *
 * Failure: that of `call`; an `Error` where the source has no such call. Holds: a bar a symbol.
 */
export async function loadForming(
  { wholeMarket, name }: Pick<BarSource, 'wholeMarket' | 'name'>,
  session: Session,
  call: RetryCall,
): Promise<ReadonlyMap<SymbolId, FormingBar>> {
  const fetchSnapshot = wholeMarket?.fetchSnapshot;
  if (fetchSnapshot === undefined) throw new Error(`${name} has no snapshot of the session under way`);
  const day = viewMarketDay(await call((signal) => fetchSnapshot(session, signal)));
  const bars = new Map<SymbolId, FormingBar>();
  for (let row = 0; row < day.rows; row++) {
    bars.set(symbolAt(day, row), {
      session,
      open: day.open[row]!,
      high: day.high[row]!,
      low: day.low[row]!,
      close: day.close[row]!,
      volume: day.volume[row]!,
    });
  }
  return bars;
}
