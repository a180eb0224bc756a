import type { RankedRow, Ranking, Signal, Summary } from '../../src/types.ts';
import { createRanking } from './rankings.ts';

export type ListedRow = readonly [symbol: string, rating?: number | null, signal?: Signal];

/** A ranking of these symbols in this order; of a text, each letter is one. Without plans, and with `session` as its scan. */
export function listedRanking(
  listed: string | readonly ListedRow[],
  { session = '2024-05-03', ...more }: { readonly session?: string } & Partial<Summary> = {},
): Ranking {
  const specs: readonly ListedRow[] =
    typeof listed === 'string' ? [...listed].map((symbol) => [symbol]) : listed;
  const base = createRanking(specs.length, { scan: session });
  const rows = [...base.rows].map((row, index): RankedRow => {
    const [symbol, rating = 10, signal = 'Avoid'] = specs[index]!;
    return { ...row, symbol, rating, signal, session, plan: null };
  });
  return { ...base, rows, summary: { ...base.summary, as_of: session, ...more } };
}
