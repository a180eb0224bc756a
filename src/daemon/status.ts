/** What a daemon does right now, as a document: `GET /api/status`, the event `progress`, and `tapescan top`. */
import { formatSession } from '../session.ts';
import type { BreakerState } from '../state/breaker.ts';
import type { LiveScan } from '../state/live-scan.ts';
import type { Limiter } from '../state/rate-limit.ts';
import type { OutcomeKind, StopReason, Summary, SymbolId } from '../types.ts';
import { VERSION } from '../version.ts';
import type { Activity, DaemonState } from './status/activity.ts';
import { measureLoopDelay } from './status/loop-delay.ts';
import { RateMeter } from './status/rate-meter.ts';

/** The shape of the document; another one has another number. */
export const STATUS_FORMAT = 1;

/** Times are ISO timestamps. */
export interface DaemonStatus {
  readonly type: 'status';
  readonly format: typeof STATUS_FORMAT;
  readonly version: string;
  readonly at: string;
  readonly uptime_seconds: number;
  readonly state: DaemonState;
  /** The scan under way, its publication included. */
  readonly scan: ScanStatus | null;
  /** Scans that wait for their turn. */
  readonly waiting_scans: number;
  /** When the next one is due; `null` without a schedule. */
  readonly next_due: string | null;
  /** The last one that ended with a ranking. */
  readonly last_scan: LastScan | null;
  /** Since the limiter was made; `null` where there is none. */
  readonly limiter: {
    readonly taken: number;
    readonly waiting: number;
    readonly waited_seconds: number;
  } | null;
  /** Rankings and bytes that wait on disk; `null` for an output behind which nothing waits. */
  readonly outputs: readonly {
    readonly name: string;
    readonly waiting: { readonly rankings: number; readonly bytes: number } | null;
  }[];
  readonly memory: { readonly rss_bytes: number; readonly heap_bytes: number };
  readonly event_loop_p99_ms: number;
}

/** Figures of a scan so far. Rates are per second, since the last look. */
export interface ScanStatus {
  readonly scan: string;
  readonly as_of: string;
  readonly started: string;
  readonly seconds: number;
  readonly in: number;
  readonly outcomes: Readonly<Record<OutcomeKind, number>>;
  readonly per_second: { readonly in: number; readonly out: number; readonly calls: number };
  readonly credits: LiveScan['credits'];
  readonly stages: readonly StageStatus[];
  readonly fetches: { readonly under_way: number; readonly limit: number; readonly ceiling: number };
  readonly breaker: BreakerState;
  readonly cache: LiveScan['cache'] & { readonly hit_rate: number | null };
  readonly calls: number;
  readonly retries: number;
  readonly bytes: number;
  readonly slowest: readonly { readonly symbol: SymbolId; readonly ms: number }[];
}

export interface StageStatus {
  readonly stage: string;
  readonly inside: number;
  readonly passed: number;
  readonly per_second: number;
  /** Busy time. */
  readonly seconds: number;
}

/** A summary in short. */
export interface LastScan {
  readonly scan: string;
  readonly as_of: string;
  readonly ended: string;
  readonly stopped: StopReason | null;
  readonly seconds: number;
  readonly in: number;
  readonly outcomes: Readonly<Record<OutcomeKind, number>>;
  readonly calls: number;
  readonly hit_rate: number | null;
}

/** An output; with `waiting`, one that keeps on disk what it cannot publish. */
export interface WatchedOutput {
  readonly name: string;
  readonly waiting?: { readonly rankings: number; readonly bytes: number } | undefined;
}

export interface StatusOptions {
  readonly activity: Activity;
  /** Scans that wait for their turn. */
  readonly waiting: () => number;
  readonly limiter?: () => Pick<Limiter, 'counts'> | undefined;
  readonly outputs?: () => readonly WatchedOutput[];
  /** Epoch ms. */
  readonly nextDue?: () => number | undefined;
  /** Epoch ms. @default `Date.now` */
  readonly now?: () => number;
}

export interface StatusDesk {
  readonly isScanning: boolean;
  look(): DaemonStatus;
  /** Calls back at the end of each scan; the answer ends it. */
  onScanEnd(listener: () => void): () => void;
  close(): void;
}

/**
 * Makes the status of a daemon, as often as it is asked for; nothing but the event loop's delay is watched in between.
 *
 * Holds: two looks at the counts of the scan under way.
 */
export function createStatus({
  activity,
  waiting,
  limiter = () => undefined,
  outputs = () => [],
  nextDue = () => undefined,
  now = Date.now,
}: StatusOptions): StatusDesk {
  const started = now();
  const loop = measureLoopDelay(now);
  let metered: { readonly scan: LiveScan; readonly meter: RateMeter } | undefined;

  // A scan that is over is not to be held.
  const unsubscribe = activity.onEnd(() => {
    metered = undefined;
  });
  const scanStatus = (scan: LiveScan): ScanStatus => {
    if (metered?.scan !== scan) metered = { scan, meter: new RateMeter(scan.started) };
    return statusOf(scan, metered.meter, now());
  };
  return {
    get isScanning() {
      return activity.live !== undefined;
    },
    look() {
      const { live, lastSummary, state } = activity;
      const due = nextDue();
      const counts = limiter()?.counts;
      const { rss, heapUsed } = process.memoryUsage();
      return {
        type: 'status',
        format: STATUS_FORMAT,
        version: VERSION,
        at: isoOf(now()),
        uptime_seconds: Math.max(0, now() - started) / 1000,
        state,
        scan: live === undefined ? null : scanStatus(live),
        waiting_scans: waiting(),
        next_due: due === undefined ? null : isoOf(due),
        last_scan: lastSummary === undefined ? null : inShort(lastSummary),
        limiter:
          counts === undefined
            ? null
            : { taken: counts.taken, waiting: counts.waiting, waited_seconds: counts.waitedMs / 1000 },
        outputs: outputs().map(({ name, waiting: kept }) => ({ name, waiting: kept ?? null })),
        memory: { rss_bytes: rss, heap_bytes: heapUsed },
        event_loop_p99_ms: loop.p99Ms,
      };
    },
    onScanEnd: (listener) => activity.onEnd(listener),
    close() {
      unsubscribe();
      loop.close();
    },
  };
}

function statusOf(live: LiveScan, meter: RateMeter, now: number): ScanStatus {
  const { entered, outcomes, calls, cache, fetches, stages } = live;
  const out = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const rates = meter.look(
    {
      in: entered,
      out,
      calls,
      ...Object.fromEntries(stages.map(({ stage, passed }) => [`stage ${stage}`, passed])),
    },
    now,
  );
  const asked = cache.hits + cache.misses + cache.prefetched;
  return {
    scan: live.id,
    as_of: formatSession(live.asOf),
    started: isoOf(live.started),
    seconds: Math.max(0, now - live.started) / 1000,
    in: entered,
    outcomes,
    per_second: { in: rates.in!, out: rates.out!, calls: rates.calls! },
    credits: live.credits,
    stages: stages.map(({ stage, inside, passed, seconds }) => ({
      ...{ stage, inside, passed, seconds },
      per_second: rates[`stage ${stage}`]!,
    })),
    fetches: { under_way: fetches.underWay, limit: fetches.limit, ceiling: fetches.ceiling },
    breaker: live.breaker,
    cache: { ...cache, hit_rate: asked === 0 ? null : cache.hits / asked },
    calls,
    retries: live.retries,
    bytes: live.bytes,
    slowest: live.slowest,
  };
}

function inShort({ scan, as_of, ended, stopped, seconds, in: entered, ...rest }: Summary): LastScan {
  return {
    ...{ scan, as_of, ended, stopped },
    seconds: seconds.total ?? 0,
    in: entered,
    outcomes: rest.outcomes,
    calls: rest.calls,
    hit_rate: rest.cache.hit_rate,
  };
}

function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
