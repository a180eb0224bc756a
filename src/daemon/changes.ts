/** What is different between a ranking and the one before it. */
import type { RankedRow, Ranking, Signal, SymbolId } from '../types.ts';

/** What is kept of a row, to compare the next ranking with. */
export interface RowState {
  readonly rank: number;
  readonly rating: number | null;
  readonly signal: Signal;
  /** ISO date. */
  readonly session: string;
}

/** What is kept of a ranking, by rank. */
export type RankingState = ReadonlyMap<SymbolId, RowState>;

export interface RankingChanges {
  /** By rank. */
  readonly entered: readonly (RowState & { readonly symbol: SymbolId })[];
  /** By the rank that they had. */
  readonly left: readonly (RowState & { readonly symbol: SymbolId })[];
  /** What has another rank: the farthest first, then by symbol. */
  readonly moved: readonly Moved[];
  /** By rank. */
  readonly signals: readonly SignalChange[];
  /** Symbols with the same rank and signal. */
  readonly same: number;
}

export interface Moved {
  readonly symbol: SymbolId;
  readonly from: RowState;
  readonly to: RowState;
  /** Places up; negative is down. */
  readonly by: number;
  /** Change of the rating; `null` where one of the two is not available. */
  readonly rating_by: number | null;
}

export interface SignalChange {
  readonly symbol: SymbolId;
  readonly from: Signal;
  readonly to: Signal;
  readonly rank: number;
}

/** A row that is worth telling again: as it is, with what it was. */
export type ChangedRow =
  | (RankedRow & { readonly change: 'entered' })
  | (RankedRow & Pick<Moved, 'by' | 'rating_by'> & { readonly change: 'moved'; readonly previous: RowState })
  /** There is no row any more. */
  | {
      readonly type: 'left';
      readonly change: 'left';
      readonly scan: string;
      readonly symbol: SymbolId;
      readonly previous: RowState;
    };

export interface ChangesOptions {
  /** Of how many rows, best first, rankings are compared. @default 100,000 */
  readonly limit?: number;
  /** Places from which a move is told. A symbol that enters at the top moves all others by one. @default 1 */
  readonly leastMove?: number;
}

const LIMIT = 100_000;

/** What there is to know of a ranking to tell the changes of the next. Holds: four values a row, `limit` of them at most. */
export function stateOf(
  { rows }: Pick<Ranking, 'rows'>,
  { limit = LIMIT }: ChangesOptions = {},
): RankingState {
  const state = new Map<SymbolId, RowState>();
  for (const row of rows) {
    if (state.size === limit) break;
    state.set(row.symbol, rowStateOf(row));
  }
  return state;
}

/** Compares two rankings, of which the same number of rows should be kept. Holds: a result for each symbol that is not the same. */
export function compareRankings(previous: RankingState, next: RankingState): RankingChanges {
  const entered: RankingChanges['entered'][number][] = [];
  const moved: Moved[] = [];
  const signals: SignalChange[] = [];
  let same = 0;
  for (const [symbol, to] of next) {
    const from = previous.get(symbol);
    if (from === undefined) {
      entered.push({ symbol, ...to });
      continue;
    }
    if (from.rank !== to.rank) moved.push({ symbol, from, to, ...distance(from, to) });
    if (from.signal !== to.signal) signals.push({ symbol, from: from.signal, to: to.signal, rank: to.rank });
    if (from.rank === to.rank && from.signal === to.signal) same++;
  }
  return {
    entered,
    left: leavers(previous, next).map(([symbol, state]) => ({ symbol, ...state })),
    moved: moved.sort((a, b) => Math.abs(b.by) - Math.abs(a.by) || (a.symbol < b.symbol ? -1 : 1)),
    signals,
    same,
  };
}

/**
 * The rows of a ranking that entered, or moved by `leastMove` places or to another signal, then the symbols that left.
 *
 * Order: by rank; what left, by the rank that it had. Failure: that of the rows. Holds: the symbols seen; rows are made as they
 * are iterated, as often as wanted.
 */
export function changesOf(
  { rows, summary }: Pick<Ranking, 'rows' | 'summary'>,
  previous: RankingState,
  { limit = LIMIT, leastMove = 1 }: ChangesOptions = {},
): Iterable<ChangedRow> {
  return {
    *[Symbol.iterator]() {
      const seen = new Set<SymbolId>();
      for (const row of rows) {
        if (seen.size === limit) break;
        seen.add(row.symbol);
        const from = previous.get(row.symbol);
        if (from === undefined) {
          yield { ...row, change: 'entered' };
          continue;
        }
        const by = distance(from, row);
        if (Math.abs(by.by) >= leastMove || from.signal !== row.signal)
          yield { ...row, change: 'moved', ...by, previous: from };
      }
      for (const [symbol, state] of leavers(previous, seen))
        yield { type: 'left', change: 'left', scan: summary.scan, symbol, previous: state };
    },
  };
}

function rowStateOf({ rank, rating, signal, session }: RankedRow): RowState {
  return { rank, rating, signal, session };
}

/** In the order of their state, which is by rank. */
function leavers(previous: RankingState, next: Pick<ReadonlySet<SymbolId>, 'has'>): [SymbolId, RowState][] {
  return [...previous].filter(([symbol]) => !next.has(symbol));
}

function distance(
  from: Pick<RowState, 'rank' | 'rating'>,
  to: Pick<RowState, 'rank' | 'rating'>,
): Pick<Moved, 'by' | 'rating_by'> {
  return {
    by: from.rank - to.rank,
    rating_by: from.rating === null || to.rating === null ? null : to.rating - from.rating,
  };
}
