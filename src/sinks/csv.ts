import { FACTOR_NAMES } from '../cross-section/factors.ts';
import { FEATURES } from '../features.ts';
import { LISTING_FIELDS, type ListingField } from '../listing.ts';
import type { LeftRow, PreviousRow, RankedRow, Ranking } from '../types.ts';
import { chunkText } from './chunk-text.ts';

const COLUMNS = [
  'rank',
  'symbol',
  'session',
  'close',
  'rating',
  'signal',
  'raw',
  'risk',
  'trend',
  'momentum',
  'volume',
  'volatility',
  'oscillator',
  'breakout',
  'dollar_vol_20',
  'composite',
  'composite_signal',
  'coverage',
  'scan',
] as const satisfies readonly (keyof RankedRow)[];

const PLAN_COLUMNS = [
  'side',
  'setup',
  'entry',
  'stop',
  'target',
  'risk_per_share',
  'shares',
  'position',
  'capped',
  'reason',
] as const;

const LISTING_COLUMNS = Object.keys(LISTING_FIELDS) as ListingField[];

const PREVIOUS_COLUMNS = [
  'rank',
  'rating',
  'signal',
  'session',
] as const satisfies readonly (keyof PreviousRow)[];

const CHANGE_COLUMNS = ['change', ...PREVIOUS_COLUMNS.map((name) => `previous_${name}`)];

type Value = string | number | boolean | null;

const FEATURE_COLUMNS = FEATURES.filter((name) => !(COLUMNS as readonly string[]).includes(name));

/**
 * A ranking as CSV (RFC 4180: CRLF, header line): the columns of the row, `factor_*` and `points_*` of the composite, `plan_*`, the
 * features, then the listing; where it was compared with the one before, `change` and `previous_*` too, and what left at the end.
 * `null` is empty. Receipts are left out.
 */
export function csv(ranking: Ranking): Iterable<string> {
  return chunkText(records(ranking));
}

function* records(ranking: Ranking): Generator<string> {
  const isCompared = ranking.summary.changes !== undefined;
  yield record([
    ...COLUMNS,
    ...FACTOR_NAMES.map((name) => `factor_${name}`),
    ...FACTOR_NAMES.map((name) => `points_${name}`),
    ...PLAN_COLUMNS.map((name) => `plan_${name}`),
    ...FEATURE_COLUMNS,
    ...LISTING_COLUMNS,
    ...(isCompared ? CHANGE_COLUMNS : []),
  ]);
  for (const row of comparable(ranking)) {
    const { change = null, previous } = row;
    yield record([
      ...(row.type === 'ranked' ? rankedValues(row) : leftValues(row)),
      ...(isCompared ? [change, ...PREVIOUS_COLUMNS.map((name) => previous?.[name] ?? null)] : []),
    ]);
  }
}

/** Receipts have other columns. */
function* comparable({ rows, left = [] }: Ranking): Generator<RankedRow | LeftRow> {
  yield* rows;
  yield* left;
}

function rankedValues(row: RankedRow): readonly Value[] {
  return [
    ...COLUMNS.map((name) => row[name]),
    ...FACTOR_NAMES.map((name) => row.factors[name] ?? null),
    ...FACTOR_NAMES.map((name) => row.contributions[name] ?? null),
    ...PLAN_COLUMNS.map((name) => row.plan?.[name] ?? null),
    ...FEATURE_COLUMNS.map((name) => row.features[name] ?? null),
    ...LISTING_COLUMNS.map((name) => row.listing?.[name] ?? null),
  ];
}

/** What is known of it, and as many empty fields as there are others. */
function leftValues({ symbol, scan }: LeftRow): readonly Value[] {
  const others =
    2 * FACTOR_NAMES.length + PLAN_COLUMNS.length + FEATURE_COLUMNS.length + LISTING_COLUMNS.length;
  const known: Partial<Record<(typeof COLUMNS)[number], string>> = { symbol, scan };
  return [...COLUMNS.map((name) => known[name] ?? null), ...Array<null>(others).fill(null)];
}

function record(values: readonly Value[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

function field(value: Value): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
