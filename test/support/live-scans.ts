import type { LiveScan } from '../../src/state/live-scan.ts';

/** A scan to look at, in the middle; what is given takes the place of what it would say. */
export function createLiveScan(more: Partial<LiveScan> = {}): LiveScan {
  return {
    id: 'a-scan',
    asOf: 17_729,
    started: 1_000_000,
    entered: 1500,
    outcomes: { ranked: 900, filtered: 80, stale: 5, failed: 3, skipped: 2 },
    credits: { inside: 510, window: 2048 },
    stages: [
      { stage: 'cache_read', inside: 0, passed: 1500, seconds: 0.25 },
      { stage: 'fetch', inside: 500, passed: 1000, seconds: 4 },
    ],
    fetches: { underWay: 31, limit: 32, ceiling: 64 },
    breaker: 'closed',
    cache: { hits: 300, prefetched: 100, misses: 600 },
    calls: 640,
    retries: 12,
    bytes: 3_400_000,
    slowest: [
      { symbol: 'SLOW', ms: 1234 },
      { symbol: 'LATE', ms: 800 },
    ],
    ...more,
  };
}
