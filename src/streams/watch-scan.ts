import type { AdaptiveConcurrency } from '../state/adaptive-concurrency.ts';
import type { Breaker } from '../state/breaker.ts';
import type { CallPlaces } from '../state/call-places.ts';
import type { Credits } from '../state/credits.ts';
import type { LiveScan } from '../state/live-scan.ts';
import type { Slowest } from '../state/slowest.ts';
import type { Books } from './summarize.ts';

/** What a scan has beside its books. */
export interface ScanGauges {
  readonly credits: Credits;
  readonly adaptive: AdaptiveConcurrency;
  readonly places: CallPlaces;
  readonly breaker: Breaker;
  readonly slowest: Slowest;
  /** Series that the prefetch brought and that were read since. */
  readonly handedOut: () => number;
}

/** A scan as others may look at it. It reads what is counted anyway, and holds all that the scan does. */
export function watchScan(
  books: Books,
  { credits, adaptive, places, breaker, slowest, handedOut }: ScanGauges,
): LiveScan {
  return {
    id: books.id,
    asOf: books.asOf,
    started: books.started,
    get entered() {
      return books.ledger.in;
    },
    get outcomes() {
      return { ...books.ledger.outcomes };
    },
    get credits() {
      return { inside: credits.inside, window: credits.window };
    },
    get stages() {
      return books.clock.figures();
    },
    get fetches() {
      return { underWay: places.taken, limit: adaptive.limit, ceiling: adaptive.ceiling };
    },
    get breaker() {
      return breaker.state;
    },
    get cache() {
      const { hits, misses, prefetched: settled } = books.cache;
      const prefetched = handedOut();
      // Until the end, what was prefetched counts as a hit too.
      return { hits: hits + settled - prefetched, prefetched, misses };
    },
    get calls() {
      return books.source.traffic.calls - books.trafficBefore.calls;
    },
    get retries() {
      return books.retries;
    },
    get bytes() {
      return books.source.traffic.bytes - books.trafficBefore.bytes;
    },
    get slowest() {
      return slowest.symbols;
    },
  };
}
