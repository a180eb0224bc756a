import { FACTOR_NAMES } from '../cross-section/factors.ts';
import { FEATURES } from '../features.ts';
import { LISTING_FIELDS, type ListingField } from '../listing.ts';
import type { RankedRow, Ranking } from '../types.ts';
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

const FEATURE_COLUMNS = FEATURES.filter((name) => !(COLUMNS as readonly string[]).includes(name));

/**
 * A ranking as CSV (RFC 4180: CRLF, header line): the columns of the row, `factor_*` and `points_*` of the composite, `plan_*`, the
 * features, then the listing; `null` is empty.
 */
export function csv({ rows }: Ranking): Iterable<string> {
  return chunkText(records(rows));
}

function* records(rows: Ranking['rows']): Generator<string> {
  yield record([
    ...COLUMNS,
    ...FACTOR_NAMES.map((name) => `factor_${name}`),
    ...FACTOR_NAMES.map((name) => `points_${name}`),
    ...PLAN_COLUMNS.map((name) => `plan_${name}`),
    ...FEATURE_COLUMNS,
    ...LISTING_COLUMNS,
  ]);
  for (const row of rows) {
    yield record([
      ...COLUMNS.map((name) => row[name]),
      ...FACTOR_NAMES.map((name) => row.factors[name] ?? null),
      ...FACTOR_NAMES.map((name) => row.contributions[name] ?? null),
      ...PLAN_COLUMNS.map((name) => row.plan?.[name] ?? null),
      ...FEATURE_COLUMNS.map((name) => row.features[name] ?? null),
      ...LISTING_COLUMNS.map((name) => row.listing?.[name] ?? null),
    ]);
  }
}

function record(values: readonly (string | number | boolean | null)[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

function field(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
