/** What a daemon tells Prometheus. `docs/daemon.md` lists the metrics. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { BreakerState } from '../state/breaker.ts';
import type { LiveScan } from '../state/live-scan.ts';
import type { LimiterCounts } from '../state/rate-limit.ts';
import type { OutcomeKind, StopReason, Summary } from '../types.ts';
import { VERSION } from '../version.ts';

/** What is looked at whenever the metrics are asked for. What is not given is not exposed. */
export interface Watched {
  readonly limiter?: { readonly counts: LimiterCounts };
  /** Scans that wait for their turn. */
  readonly queueDepth?: () => number;
  /** The scan under way, and the symbols that have passed each stage since the start. */
  readonly activity?: { readonly live: LiveScan | undefined; readonly passed: ReadonlyMap<string, number> };
}

export interface Metrics {
  /** For the header `content-type`. */
  readonly contentType: string;
  /** Counts a scan that is over. */
  scan(summary: Summary): void;
  /** Counts alerts that were published. */
  alerts(count: number): void;
  /** What to look at from now on; a part that was given before is replaced. */
  watch(watched: Watched): void;
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>;
  /** Ends the measuring of the event loop. */
  close(): void;
}

/** How a scan ended: all scanned, some symbols failed, or stopped for a reason. */
type ScanResult = 'complete' | 'partial' | StopReason;

const SCAN_RESULTS: readonly ScanResult[] = ['complete', 'partial', 'interrupted', 'deadline', 'ground-lost'];
const OUTCOME_KINDS: readonly OutcomeKind[] = ['ranked', 'filtered', 'stale', 'failed', 'skipped'];
const BREAKER_STATES: readonly BreakerState[] = ['closed', 'half-open', 'open'];
const QUANTILES = [0.5, 0.99];
const DURATION_BUCKETS = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];
const LOOP_RESOLUTION_MS = 10;

/**
 * Metrics of a daemon's scans in a registry of their own.
 *
 * Counters start at 0 with the process. What no scan has said yet, and what is not watched, has no sample.
 * Holds: some 80 numbers; labels take values of fixed lists only.
 *
 * @param now Epoch ms, which the age of the last scan is reckoned by.
 */
export async function createMetrics({
  now = Date.now,
}: {
  readonly now?: () => number;
} = {}): Promise<Metrics> {
  const { Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge<L>({ name: `tapescan_${name}`, help, labelNames, registers });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter<L>({ name: `tapescan_${name}`, help, labelNames, registers });

  gauge('build_info', 'Always 1; the labels say what runs', ['version', 'node']).set(
    { version: VERSION, node: process.versions.node },
    1,
  );
  const scans = counter('scans_total', 'Scans that ended, by result', ['result']);
  const outcomes = counter('outcomes_total', 'Symbols that left a scan, by outcome', ['kind']);
  const durations = new Histogram({
    name: 'tapescan_scan_duration_seconds',
    help: 'Wall time of scans',
    buckets: DURATION_BUCKETS,
    registers,
  });
  const lastDuration = gauge('last_scan_duration_seconds', 'Wall time of the last scan');
  const lastAge = gauge('last_scan_age_seconds', 'Time since the last scan ended');
  const lastRate = gauge('last_scan_symbols_per_second', 'Symbols a second of the last scan');
  const stages = counter('stage_seconds_total', 'Busy time by stage; stages overlap', ['stage']);
  const stageSymbols = gauge('stage_symbols_inside', 'Symbols inside each stage', ['stage']);
  const stagePassed = counter('stage_symbols_total', 'Symbols that left a stage, each time', ['stage']);
  const calls = counter('calls_total', 'Requests sent to the provider, every attempt and page');
  const retries = counter('retries_total', 'Requests that were repeated');
  const bytes = counter('received_bytes_total', 'Bytes of bodies received from the provider');
  const corrected = counter('corrected_series_total', 'Kept series that were replaced, being restated');
  const lookups = counter('cache_lookups_total', 'Series by where they came from', ['result']);
  const lastHitRatio = gauge(
    'last_scan_cache_hit_ratio',
    'Part of the series of the last scan that were kept before it, 0 to 1',
  );
  const alerts = counter('alerts_total', 'Alerts that were published');
  const queueDepth = gauge('queue_depth', 'Scans that wait for their turn');
  const credits = gauge('credits_in_flight', 'Symbols inside the scan');
  const fetches = gauge('fetches_in_flight', 'Calls for single symbols that are under way');
  const fetchLimit = gauge(
    'fetch_limit',
    'Calls for single symbols that may be under way, as the provider takes them',
  );
  const taken = counter('limiter_taken_total', 'Calls that the rate limit let go');
  const inLine = gauge('limiter_waiting', 'Calls that wait for the rate limit');
  const waited = counter('limiter_waited_seconds_total', 'Time that calls waited for the rate limit');
  const breakerState = gauge('breaker_state', 'Circuit breaker: 1 for its state, 0 for others', ['state']);
  const memory = gauge('resident_memory_bytes', 'Resident memory of the process');
  const loopDelay = gauge(
    'event_loop_delay_seconds',
    'How late the event loop was, since the last time this was asked for',
    ['quantile'],
  );

  for (const result of SCAN_RESULTS) scans.inc({ result }, 0);
  for (const kind of OUTCOME_KINDS) outcomes.inc({ kind }, 0);
  for (const result of ['hit', 'miss', 'prefetched']) lookups.inc({ result }, 0);
  // A metric without labels is born with a 0, which nobody has measured.
  for (const unknown of [
    ...[lastDuration, lastAge, lastRate, lastHitRatio],
    ...[queueDepth, credits, fetches, fetchLimit, taken, inLine, waited],
  ]) {
    unknown.remove();
  }

  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loop.enable();
  let watched: Watched = {};
  let lastEnded: number | undefined;

  function look(): void {
    const { limiter, activity } = watched;
    if (lastEnded !== undefined) lastAge.set(Math.max(0, now() - lastEnded) / 1000);
    if (watched.queueDepth !== undefined) queueDepth.set(watched.queueDepth());
    if (limiter !== undefined) {
      const { counts } = limiter;
      // These are counted elsewhere already.
      taken.reset();
      taken.inc(counts.taken);
      waited.reset();
      waited.inc(counts.waitedMs / 1000);
      inLine.set(counts.waiting);
    }
    if (activity !== undefined) lookAt(activity);
    memory.set(process.memoryUsage.rss());
    for (const quantile of QUANTILES) {
      // What is measured is the time between two looks, which are `LOOP_RESOLUTION_MS` apart where nothing is late.
      const ms = loop.percentile(quantile * 100) / 1e6 - LOOP_RESOLUTION_MS;
      loopDelay.set({ quantile }, Math.max(0, ms) / 1000);
    }
    loop.reset();
  }

  /** Without a scan nothing is inside anything, and there is no limit to tell. */
  function lookAt({ live, passed }: NonNullable<Watched['activity']>): void {
    credits.set(live?.credits.inside ?? 0);
    fetches.set(live?.fetches.underWay ?? 0);
    if (live === undefined) fetchLimit.remove();
    else fetchLimit.set(live.fetches.limit);
    const now = live?.breaker ?? 'closed';
    for (const state of BREAKER_STATES) breakerState.set({ state }, Number(state === now));
    stagePassed.reset();
    for (const [stage, count] of passed) {
      stageSymbols.set({ stage }, 0);
      stagePassed.inc({ stage }, count);
    }
    for (const { stage, inside } of live?.stages ?? []) stageSymbols.set({ stage }, inside);
  }

  return {
    contentType: registry.contentType,
    scan(summary) {
      const { total = 0, ...byStage } = summary.seconds;
      scans.inc({ result: resultOf(summary) });
      for (const kind of OUTCOME_KINDS) outcomes.inc({ kind }, summary.outcomes[kind]);
      durations.observe(total);
      lastDuration.set(total);
      lastRate.set(summary.symbols_per_second);
      lastEnded = Date.parse(summary.ended);
      for (const [stage, seconds] of Object.entries(byStage)) stages.inc({ stage }, seconds);
      calls.inc(summary.calls);
      retries.inc(summary.retries);
      bytes.inc(summary.bytes);
      corrected.inc(summary.corrected);
      const { hits, misses, prefetched } = summary.cache;
      lookups.inc({ result: 'hit' }, hits);
      lookups.inc({ result: 'miss' }, misses);
      lookups.inc({ result: 'prefetched' }, prefetched);
      if (summary.cache.hit_rate === null) lastHitRatio.remove();
      else lastHitRatio.set(summary.cache.hit_rate);
    },
    alerts(count) {
      alerts.inc(count);
    },
    watch(more) {
      watched = { ...watched, ...more };
    },
    text() {
      look();
      return registry.metrics();
    },
    close() {
      loop.disable();
    },
  };
}

function resultOf({ stopped, outcomes }: Summary): ScanResult {
  return stopped ?? (outcomes.failed > 0 ? 'partial' : 'complete');
}
