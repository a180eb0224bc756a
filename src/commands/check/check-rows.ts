import { COLUMN, ROW_WIDTH } from '../../features.ts';
import type { Series } from '../../series.ts';
import type { History, SymbolId } from '../../types.ts';
import { CLASSIC_WEIGHTS } from '../../workers/classic.ts';
import type { scoreJob } from '../../workers/score.ts';
import type { MovedValues } from './moved-values.ts';
import { prefixOf } from './prefix-of.ts';

/** Writes the row of a series, looked at as of `history.to`. */
export type Score = typeof scoreJob;

const NAMES = Object.keys(COLUMN);

/**
 * Compares the row of a series as of an earlier session with the row of a series that ends there: every feature, every
 * column of the rating, bit for bit. `cuts`: how many bars the ends are behind.
 *
 * Failure: a `ScanError` where the series holds what is not a number. Holds: a copy of the beginning.
 */
export function checkRows(
  symbol: SymbolId,
  series: Series,
  history: History,
  cuts: readonly number[],
  score: Score,
  moved: MovedValues,
): void {
  const rows = new Float64Array(2 * ROW_WIDTH);
  for (const cut of cuts) {
    const prefix = prefixOf(series, cut);
    const session = prefix.to;
    const options = { history: { ...history, to: session }, weights: CLASSIC_WEIGHTS };
    score({ symbol, series: prefix.bytes }, options, rows, 0);
    score({ symbol, series: series.bytes }, options, rows, ROW_WIDTH);
    moved.compared += ROW_WIDTH;
    NAMES.forEach((name, column) => {
      const before = rows[column]!;
      const after = rows[ROW_WIDTH + column]!;
      if (Object.is(before, after)) return;
      moved.add({ comparison: 'row', symbol, session, known: session, name }, before, after);
    });
  }
}
