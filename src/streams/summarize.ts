import { formatSession } from '../session.ts';
import type { Ledger } from '../state/ledger.ts';
import type { Market } from '../state/market.ts';
import { peakMemory } from '../state/peak-memory.ts';
import type { Ranker } from '../state/ranker.ts';
import type { StageClock } from '../state/stage-clock.ts';
import type { Stop } from '../state/stop.ts';
import type { BarSource, Session, Summary, Traffic } from '../types.ts';
import { VERSION } from '../version.ts';

/** What a scan has written down by its end. */
export interface Books {
  readonly id: string;
  readonly asOf: Session;
  readonly forming: Session | undefined;
  /** Epoch ms. */
  readonly started: number;
  readonly source: BarSource;
  /** Of the source, when the scan began. */
  readonly trafficBefore: Traffic;
  readonly stop: Stop;
  readonly ledger: Ledger;
  readonly ranker: Ranker;
  readonly market: Market;
  readonly clock: StageClock;
  readonly cache: { hits: number; misses: number; prefetched: number };
  /** Series that had other bars than the source has now. */
  corrected: number;
  retries: number;
}

/** The summary of a scan that is over. Peak memory is the process's, since it started. */
export function summarize({
  id,
  asOf,
  forming,
  started,
  source,
  trafficBefore,
  stop,
  ledger,
  ranker,
  market,
  clock,
  cache,
  corrected,
  retries,
}: Books): Summary {
  const ended = Date.now();
  const seconds = (ended - started) / 1000;
  const asked = cache.hits + cache.misses + cache.prefetched;
  return {
    type: 'summary',
    scan: id,
    version: VERSION,
    as_of: formatSession(asOf),
    forming: forming === undefined ? null : formatSession(forming),
    source: source.name,
    started: new Date(started).toISOString(),
    ended: new Date(ended).toISOString(),
    stopped: stop.reason ?? null,
    in: ledger.in,
    outcomes: { ...ledger.outcomes },
    filtered: sorted(ledger.filtered),
    failed: sorted(ledger.failed),
    skipped: sorted(ledger.skipped),
    conserved: ledger.conserved,
    ranked_written: ranker.length,
    market: market.describe(),
    calls: source.traffic.calls - trafficBefore.calls,
    retries,
    bytes: source.traffic.bytes - trafficBefore.bytes,
    corrected,
    cache: { ...cache, hit_rate: asked === 0 ? null : cache.hits / asked },
    seconds: { total: seconds, ...clock.seconds() },
    symbols_per_second: seconds === 0 ? 0 : Math.round(ledger.in / seconds),
    peak_rss_mb: Math.round(peakMemory() / 2 ** 20),
  };
}

function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
