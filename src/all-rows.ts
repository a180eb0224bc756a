import type { LeftRow, RankedRow, Ranking, Receipt } from './types.ts';

/** A row as it is written. */
export type Row = RankedRow | LeftRow | Receipt;

/** The rows of a ranking as they are written: those that are ranked, in order, then those that left, then the receipts. */
export function* allRows({
  rows,
  left = [],
  receipts = [],
}: Pick<Ranking, 'rows' | 'left' | 'receipts'>): Generator<Row> {
  yield* rows;
  yield* left;
  yield* receipts;
}

/** How many there are of them. */
export function countRows({
  length,
  left = [],
  receipts = [],
}: Pick<Ranking, 'length' | 'left' | 'receipts'>): number {
  return length + left.length + receipts.length;
}
