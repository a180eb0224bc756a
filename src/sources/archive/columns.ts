/** The columns of a bar, as files name them. */
const NAMES = {
  symbol: ['symbol', 'ticker'],
  date: ['date', 'datetime', 'timestamp'],
  open: ['open'],
  high: ['high'],
  low: ['low'],
  close: ['close'],
  volume: ['volume', 'vol'],
  /** Stooq's period: `D` is a day. */
  period: ['per'],
} as const;

type Column = keyof typeof NAMES;
const NEEDED = ['date', 'open', 'high', 'low', 'close', 'volume'] as const;

/** Which field of a row holds what; −1 where no field does. */
export type Columns = Readonly<Record<Column, number>>;

/**
 * Finds the columns of a header, whatever the order, capitals and angle brackets; others are ignored, `Adj Close` too.
 *
 * The names of those that are missing where it is no header of bars.
 */
export function findColumns(header: readonly string[]): Columns | { readonly missing: readonly string[] } {
  const given = header.map((name) => name.trim().toLowerCase().replace(/^<|>$/g, ''));
  const find = (column: Column) =>
    given.findIndex((name) => (NAMES[column] as readonly string[]).includes(name));
  const missing = NEEDED.filter((column) => find(column) < 0);
  if (missing.length > 0) return { missing };
  return Object.fromEntries(
    Object.keys(NAMES).map((column) => [column, find(column as Column)]),
  ) as unknown as Columns;
}
