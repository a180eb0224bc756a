import type { Listing } from './types.ts';

/** The fields of a listing as rows carry them, in the order of output. */
export const LISTING_FIELDS = {
  name: 'name',
  exchange: 'exchange',
  country: 'country',
  sector: 'sector',
  industry: 'industry',
  sub_industry: 'subIndustry',
  market_cap: 'marketCap',
  instrument: 'instrument',
} as const satisfies Record<string, keyof Listing>;

export type ListingField = keyof typeof LISTING_FIELDS;

/** A listing by field, as rows carry it; `null` where nothing is said. */
export type DescribedListing = Readonly<Record<ListingField, string | number | null>>;

const FIELDS = Object.entries(LISTING_FIELDS) as readonly (readonly [ListingField, keyof Listing])[];

/** All fields of a listing; `null` for one that says none of them. */
export function describeListing(listing: Listing | undefined): DescribedListing | null {
  if (listing === undefined) return null;
  const fields = FIELDS.map(([field, key]) => [field, listing[key] ?? null] as const);
  return fields.some(([, value]) => value !== null) ? (Object.fromEntries(fields) as DescribedListing) : null;
}
