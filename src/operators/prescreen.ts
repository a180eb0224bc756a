import { map, type OperatorFunction } from 'rxjs';
import { type Stop, skippedBy } from '../state/stop.ts';
import type { Entry, Traveller } from '../types.ts';

/**
 * Decides what can be decided before any data is asked for: what is no ticker, what came before, and everything that
 * is still read after the scan was stopped.
 *
 * Order: kept. Failure: none. Holds: nothing.
 */
export function prescreen(stop: Stop): OperatorFunction<Entry, Traveller> {
  return map((entry): Traveller => {
    if (entry.defect === 'malformed') return { kind: 'filtered', entry, rules: ['malformed'] };
    if (entry.defect !== undefined) return { kind: 'skipped', entry, reason: entry.defect };
    if (stop.reason !== undefined) return skippedBy(stop, entry);
    return { kind: 'entered', entry };
  });
}
