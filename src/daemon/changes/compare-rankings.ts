/** What is different between a ranking and the one before it. */
import type { ChangeCounts, LeftRow, PreviousRow, RankedRow, Ranking } from '../../types.ts';
import type { RankingState } from './ranking-state.ts';

type Rated = Pick<PreviousRow, 'rank' | 'signal'>;

/**
 * A ranking whose rows say what they were before, with what left and the counts in its summary. `state` is its own.
 *
 * What failed has not left: nobody knows. A row has moved where it is `leastMove` places from where it was, or has another
 * signal. Order: as the ranking; what left by the rank that it had. Holds: a row for each symbol that left; the others are made
 * as they are iterated, as often as wanted.
 */
export function compareRankings(
  ranking: Ranking,
  state: RankingState,
  previous: RankingState,
  leastMove: number,
): Ranking {
  const { rows, failed, summary } = ranking;
  const left = leftRows(previous, state, failed);
  const changed = (row: RankedRow): RankedRow => {
    const from = previous.rows.get(row.symbol) ?? null;
    return { ...row, change: changeOf(from, row, leastMove), previous: from };
  };
  return {
    ...ranking,
    rows: {
      *[Symbol.iterator]() {
        for (const row of rows) yield changed(row);
      },
    },
    left,
    summary: { ...summary, changes: countChanges(state, previous, leastMove, left.length) },
  };
}

/** Of a compared ranking, what entered and moved; the rest of it as it is. Holds: nothing. */
export function onlyChanged(ranking: Ranking, { entered, moved }: ChangeCounts): Ranking {
  const { rows, summary } = ranking;
  const length = entered + moved;
  return {
    ...ranking,
    rows: {
      *[Symbol.iterator]() {
        for (const row of rows) if (row.change !== 'same') yield row;
      },
    },
    length,
    summary: { ...summary, ranked_written: length },
  };
}

function changeOf(from: Rated | null, to: Rated, leastMove: number): 'entered' | 'moved' | 'same' {
  if (from === null) return 'entered';
  return Math.abs(from.rank - to.rank) >= leastMove || from.signal !== to.signal ? 'moved' : 'same';
}

function leftRows(
  previous: RankingState,
  { rows, scan }: RankingState,
  failed: Ranking['failed'],
): readonly LeftRow[] {
  return [...previous.rows]
    .filter(([symbol]) => !rows.has(symbol) && !failed?.has(symbol))
    .map(([symbol, row]) => ({ type: 'left', scan, symbol, change: 'left', previous: row }));
}

function countChanges(
  { rows }: RankingState,
  previous: RankingState,
  leastMove: number,
  left: number,
): ChangeCounts {
  const counts = { entered: 0, left, moved: 0, signals: 0, same: 0 };
  for (const [symbol, to] of rows) {
    const from = previous.rows.get(symbol) ?? null;
    counts[changeOf(from, to, leastMove)]++;
    if (from !== null && from.signal !== to.signal) counts.signals++;
  }
  return { since: previous.scan, ...counts };
}
