/** What is kept of a ranking to compare the next one with. */
import { parseSession } from '../../session.ts';
import type { PreviousRow, Ranking, Signal, SymbolId } from '../../types.ts';

export interface RankingState {
  readonly scan: string;
  /** By rank; then those that were ranked before and have failed since, as they were. */
  readonly rows: ReadonlyMap<SymbolId, PreviousRow>;
}

type Line = readonly [symbol: SymbolId, ...values: readonly [number, number | null, Signal, string]];

/** The state of a ranking. Holds: four values a row. */
export function stateOf({ rows, summary }: Pick<Ranking, 'rows' | 'summary'>): RankingState {
  const state = new Map<SymbolId, PreviousRow>();
  for (const { symbol, rank, rating, signal, session } of rows)
    state.set(symbol, { rank, rating, signal, session });
  return { scan: summary.scan, rows: state };
}

/** A state with the rows of the one before whose symbols failed: they are compared when they are there again. */
export function withFailed(
  state: RankingState,
  previous: RankingState,
  failed: ReadonlySet<SymbolId>,
): RankingState {
  const rows = new Map(state.rows);
  for (const [symbol, row] of previous.rows) if (failed.has(symbol)) rows.set(symbol, row);
  return { ...state, rows };
}

/** A state as text: about 45 characters a row. */
export function stateText({ scan, rows }: RankingState): string {
  const lines = Array.from(
    rows,
    ([symbol, { rank, rating, signal, session }]): Line => [symbol, rank, rating, signal, session],
  );
  return JSON.stringify({ scan, rows: lines });
}

/** The state in a text; `undefined` where it is none, or not a whole one. */
export function parseState(text: string): RankingState | undefined {
  try {
    const { scan, rows } = JSON.parse(text) as { readonly scan: unknown; readonly rows: readonly Line[] };
    if (typeof scan !== 'string' || !rows.every(isLine)) return undefined;
    return {
      scan,
      rows: new Map(
        rows.map(([symbol, rank, rating, signal, session]) => [symbol, { rank, rating, signal, session }]),
      ),
    };
  } catch {
    return undefined;
  }
}

function isLine([symbol, rank, rating, signal, session]: Line): boolean {
  return (
    typeof symbol === 'string' &&
    Number.isSafeInteger(rank) &&
    (rating === null || typeof rating === 'number') &&
    typeof signal === 'string' &&
    !Number.isNaN(parseSession(session))
  );
}
