import { layOutSeries } from '../../src/series.ts';
import { adjustForSplits } from '../../src/simulator/adjust-for-splits.ts';
import type { Market } from '../../src/simulator/market.ts';
import type { FeatureRow, History, SymbolId } from '../../src/types.ts';
import { CLASSIC_WEIGHTS } from '../../src/workers/classic.ts';
import { createInPlaceScorer } from '../../src/workers/in-place.ts';

/**
 * The row of a symbol straight from its market, without any transport in between; `undefined` where the market has no
 * bars of it in the history.
 */
export async function referenceRow(
  market: Market,
  symbol: SymbolId,
  history: History,
): Promise<FeatureRow | undefined> {
  const traded = market.bars(symbol);
  if (traded === undefined) return undefined;
  const bars = adjustForSplits(traded);
  const inside = [...bars.session.keys()].filter(
    (bar) => bars.session[bar]! >= history.from && bars.session[bar]! <= history.to,
  );
  if (inside.length === 0) return undefined;
  const series = layOutSeries({ bars: inside.length, from: history.from, to: history.to, flags: 0 });
  inside.forEach((bar, at) => {
    for (const column of ['open', 'high', 'low', 'close', 'volume', 'session'] as const) {
      series[column][at] = bars[column][bar]!;
    }
  });
  const scorer = createInPlaceScorer({ history, weights: CLASSIC_WEIGHTS });
  const [result] = await scorer.score([{ symbol, series: series.bytes }]);
  if (!result!.ok) throw result!.error;
  return result!.row;
}
