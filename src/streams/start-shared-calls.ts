import type { BlockStore } from '../cache/block-store.ts';
import type { Beside } from '../operators/score-on.ts';
import { createPrefetch, type Prefetch } from '../prefetch/prefetch.ts';
import { createRetryCall } from '../prefetch/retry-call.ts';
import type { GroundCheck } from '../state/ground-check.ts';
import type { Stop } from '../state/stop.ts';
import type { FilledScanOptions } from './fill-scan-options.ts';
import { loadBeside } from './load-beside.ts';
import type { ScanReports } from './scan-reports.ts';
import { secondsUnder } from './seconds-under.ts';

export interface SharedCalls {
  readonly prefetch: Prefetch;
  readonly beside: Promise<Beside>;
}

export interface SharedCallsOptions {
  readonly store: BlockStore;
  readonly ground: GroundCheck;
  readonly reports: ScanReports;
  readonly stop: Stop;
}

/** Attempts for a call that all symbols depend on, at least. */
const LEAST_ATTEMPTS = 8;

/**
 * The calls of a scan that serve more than one symbol: `beside` is under way at once, `prefetch` fetches when it is told.
 *
 * Failure: `beside` rejects as `loadBeside` does; what `prefetch` cannot bring is left to calls for one symbol.
 * Holds: what the two of them do.
 */
export function startSharedCalls(
  {
    source,
    history,
    forming,
    batch,
    attempts,
    timeoutMs,
    concurrency,
    limiter,
    noDataSessions,
  }: FilledScanOptions,
  { store, ground, reports, stop }: SharedCallsOptions,
): SharedCalls {
  const { onPlan, onFailure, onStoreError, onRetry } = reports;
  const call = createRetryCall({ attempts: Math.max(attempts, LEAST_ATTEMPTS), timeoutMs, stop, onRetry });
  const prefetch = createPrefetch({
    source: batch ? source : { dataset: source.dataset },
    store,
    history,
    call,
    concurrency,
    secondsFor: secondsUnder(limiter),
    noDataSessions,
    onPlan,
    onFailure,
    onStoreError,
  });
  return { prefetch, beside: loadBeside({ source, store, history, forming, call, ground }) };
}
