import { COLUMN, type ColumnName, ROW_WIDTH } from '../../src/features.ts';
import type { Listing, Place, Subject } from '../../src/types.ts';

/** A subject of which only these columns, and this of its listing and place, are available. */
export function subject(
  values: Readonly<Partial<Record<ColumnName, number>>> = {},
  { listing, place }: { readonly listing?: Listing; readonly place?: Partial<Place> } = {},
): Subject {
  const row = new Float64Array(ROW_WIDTH).fill(Number.NaN);
  for (const [name, value] of Object.entries(values)) row[COLUMN[name as ColumnName]] = value;
  const entry = { symbol: 'AAPL', text: 'AAPL', line: 1, ...(listing && { listing }) };
  if (place === undefined) return { entry, row };
  const unplaced: Place = { composite: 50, signal: 'Avoid', coverage: 1, factors: {}, contributions: {} };
  return { entry, row, place: { ...unplaced, ...place } };
}
