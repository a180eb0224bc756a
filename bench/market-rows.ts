import { sessionsBack } from '../src/calendar/nyse.ts';
import { COLUMN } from '../src/features.ts';
import { failedRules } from '../src/operators/screen.ts';
import { layOutSeries } from '../src/series.ts';
import { parseSession } from '../src/session.ts';
import { createMarket } from '../src/simulator/market.ts';
import type { FeatureRow, SymbolId } from '../src/types.ts';
import { CLASSIC_WEIGHTS } from '../src/workers/classic.ts';
import { scoreBatch } from '../src/workers/score.ts';

export interface MarketRow {
  readonly symbol: SymbolId;
  readonly row: FeatureRow;
}

const END = parseSession('2018-07-17');
const BARS = 260;
/** Symbols of the market for each one that is wanted: some are not listed, some fail the rules on data. */
const SPARE = 2;

/** So many symbols of the simulator's market that a scan would rank, scored. Holds: a row each. */
export function marketRows(count: number): readonly MarketRow[] {
  const market = createMarket({ symbols: SPARE * count, sessions: BARS, end: END });
  const options = {
    history: { from: sessionsBack(END, BARS), to: END, bars: BARS },
    weights: CLASSIC_WEIGHTS,
  };
  const rows: MarketRow[] = [];
  for (const { ticker: symbol } of market.tickers()) {
    const { splits, ...columns } = market.bars(symbol)!;
    const bars = columns.session.length;
    const series = layOutSeries({ bars, from: options.history.from, to: END, flags: 0 });
    for (const name of ['session', 'open', 'high', 'low', 'close', 'volume'] as const) {
      series[name].set(columns[name]);
    }
    const ratios = splits.flatMap(({ session, from, to }) => [session, to / from]);
    const [result] = scoreBatch([{ symbol, series: series.bytes, splits: ratios }], options);
    if (!result!.ok) throw result!.error;
    const { row } = result!;
    if (row[COLUMN.last_session] !== END || failedRules(row).length > 0) continue;
    rows.push({ symbol, row });
    if (rows.length === count) return rows;
  }
  throw new Error(`Of ${SPARE * count} symbols, ${rows.length} would be ranked`);
}
