import type { SimulatedBars } from './simulated-bars.ts';

/**
 * The bars in today's shares: prices before a split divided by its ratio (4 decimals, above 0), volumes multiplied by
 * it (whole shares). The bars themselves where there is no split.
 */
export function adjustForSplits(bars: SimulatedBars): SimulatedBars {
  const { session, splits } = bars;
  if (splits.length === 0) return bars;
  const adjusted: SimulatedBars = {
    session,
    open: bars.open.slice(),
    high: bars.high.slice(),
    low: bars.low.slice(),
    close: bars.close.slice(),
    volume: bars.volume.slice(),
    splits,
  };
  const { open, high, low, close, volume } = adjusted;
  let from = 1;
  let to = 1;
  let nextSplit = splits.length - 1;
  for (let index = session.length - 1; index >= 0; index--) {
    while (nextSplit >= 0 && splits[nextSplit]!.session > session[index]!) {
      from *= splits[nextSplit]!.from;
      to *= splits[nextSplit]!.to;
      nextSplit--;
    }
    if (from === to) continue;
    for (const prices of [open, high, low, close]) {
      prices[index] = Math.max(1, Math.round((prices[index]! * 10_000 * from) / to)) / 10_000;
    }
    volume[index] = Math.round((volume[index]! * to) / from);
  }
  return adjusted;
}
