import type { Session, SymbolId } from '../types.ts';
import type { Market } from './market.ts';
import type { SimulatedBars } from './simulated-bars.ts';

/** A bar that the provider restates. */
export interface Correction {
  readonly symbol: SymbolId;
  readonly session: Session;
}

/** Of the close that was reported first; high or low follow where they must. */
const RESTATED_CLOSE = 0.99;
const RESTATED_VOLUME = 1.5;

/**
 * The same market after corrections: the bars named have another close and another volume, all others are the same.
 * It has the same name, as a provider does not say that it changed its mind.
 */
export function correctMarket(market: Market, corrections: readonly Correction[]): Market {
  const sessions = new Map<SymbolId, Session[]>();
  for (const { symbol, session } of corrections) {
    sessions.set(symbol, [...(sessions.get(symbol) ?? []), session]);
  }
  return {
    ...market,
    bars(symbol) {
      const bars = market.bars(symbol);
      const corrected = sessions.get(symbol);
      return bars === undefined || corrected === undefined ? bars : correctBars(bars, corrected);
    },
  };
}

function correctBars(bars: SimulatedBars, sessions: readonly Session[]): SimulatedBars {
  const corrected = {
    ...bars,
    high: bars.high.slice(),
    low: bars.low.slice(),
    close: bars.close.slice(),
    volume: bars.volume.slice(),
  };
  const { high, low, close, volume } = corrected;
  for (const session of sessions) {
    const index = bars.session.indexOf(session);
    if (index < 0) continue;
    const restated = Math.max(1, Math.round(close[index]! * RESTATED_CLOSE * 10_000)) / 10_000;
    close[index] = restated;
    high[index] = Math.max(high[index]!, restated);
    low[index] = Math.min(low[index]!, restated);
    volume[index] = Math.round(volume[index]! * RESTATED_VOLUME) + 1;
  }
  return corrected;
}
