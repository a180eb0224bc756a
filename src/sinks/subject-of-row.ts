import { COLUMN, FEATURES, ROW_WIDTH } from '../features.ts';
import { LISTING_FIELDS, type ListingField } from '../listing.ts';
import type { FeatureRow, LeftRow, Listing, RankedRow, Subject } from '../types.ts';

const MS_PER_DAY = 86_400_000;
/** Under the same name in a row of the ranking and in its columns. */
const RATED = [
  'close',
  'rating',
  'raw',
  'risk',
  'trend',
  'momentum',
  'volume',
  'volatility',
  'oscillator',
  'breakout',
] as const;

/**
 * A row of a ranking as criteria look at it: `describeRow` and `describeFeatures` the other way round, `null` as NaN. Of what
 * left, nothing but its symbol and what it was is available.
 *
 * Its line in the list is not known: it is 0.
 */
export function subjectOfRow(written: RankedRow | LeftRow): Subject {
  return written.type === 'ranked' ? subjectOfRanked(written) : subjectOfLeft(written);
}

function subjectOfLeft(written: LeftRow): Subject {
  const { symbol } = written;
  const row = new Float64Array(ROW_WIDTH).fill(Number.NaN);
  return { entry: { symbol, text: symbol, line: 0 }, row, written };
}

function subjectOfRanked(ranked: RankedRow): Subject {
  const { symbol, composite, composite_signal: signal, coverage, factors, contributions } = ranked;
  const row: FeatureRow = new Float64Array(ROW_WIDTH);
  for (const name of FEATURES) row[COLUMN[name]] = ranked.features[name] ?? Number.NaN;
  for (const name of RATED) row[COLUMN[name]] = ranked[name] ?? Number.NaN;
  row[COLUMN.last_session] = Date.parse(`${ranked.session}T00:00:00Z`) / MS_PER_DAY;
  return {
    entry: { symbol, text: symbol, line: 0, ...listingOf(ranked) },
    row,
    place: { composite, signal, coverage, factors, contributions },
    written: ranked,
  };
}

function listingOf({ listing }: RankedRow): { readonly listing?: Listing } {
  if (listing === null) return {};
  const fields = (Object.keys(LISTING_FIELDS) as ListingField[]).filter((field) => listing[field] !== null);
  return { listing: Object.fromEntries(fields.map((field) => [LISTING_FIELDS[field], listing[field]])) };
}
