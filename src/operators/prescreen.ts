import { map, type OperatorFunction } from 'rxjs';
import { type Stop, skippedBy } from '../state/stop.ts';
import type { Entry, Listing, SymbolId, Traveller } from '../types.ts';

export interface PrescreenParts {
  /** Names of the rules that an entry fails. @default none */
  readonly failed?: ((entry: Entry, listing: Listing | undefined) => readonly string[]) | undefined;
  /** What directories say. @default nothing */
  readonly listings?: ReadonlyMap<SymbolId, Listing> | undefined;
}

const NO_LISTINGS: ReadonlyMap<SymbolId, Listing> = new Map();
const NO_RULES = () => [];

/**
 * Decides what can be decided before any data is asked for: what is no ticker, what came before, everything that is
 * still read after the scan was stopped, and what fails a rule.
 *
 * An entry that is judged has all that is known of it as its `listing`: what its own list says, which is about this
 * scan, counts before what directories say of the same field.
 *
 * Order: kept. Failure: none. Holds: nothing.
 */
export function prescreen(
  stop: Stop,
  { failed = NO_RULES, listings = NO_LISTINGS }: PrescreenParts = {},
): OperatorFunction<Entry, Traveller> {
  return map((entry): Traveller => {
    if (entry.defect === 'malformed') return { kind: 'filtered', entry, rules: ['malformed'] };
    if (entry.defect !== undefined) return { kind: 'skipped', entry, reason: entry.defect };
    if (stop.reason !== undefined) return skippedBy(stop, entry);
    const known = describedBy(listings, entry);
    const rules = failed(known, known.listing);
    return rules.length > 0 ? { kind: 'filtered', entry: known, rules } : { kind: 'entered', entry: known };
  });
}

/** An entry with all that is known of it. */
export function describedBy(listings: ReadonlyMap<SymbolId, Listing> | undefined, entry: Entry): Entry {
  const listing = listings?.get(entry.symbol);
  return listing === undefined ? entry : { ...entry, listing: { ...listing, ...entry.listing } };
}
