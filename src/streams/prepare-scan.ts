import type { BlockStore } from '../cache/block-store.ts';
import { keepLater } from '../cache/keep-later.ts';
import { noStore } from '../cache/none.ts';
import { lastCompletedSession, sessionsBack } from '../calendar/nyse.ts';
import { LostGroundError } from '../errors.ts';
import { describedBy } from '../operators/prescreen.ts';
import type { Prefetch } from '../prefetch/prefetch.ts';
import type { Stop } from '../state/stop.ts';
import type { Entry } from '../types.ts';
import type { ScoreOptions } from '../workers/score.ts';
import { createScorer } from '../workers/scorer.ts';
import { entriesUntil } from './entries-until.ts';
import type { FilledScanOptions } from './fill-scan-options.ts';
import { createKeptRows, type KeptRows, NO_ROWS } from './kept-rows.ts';
import { prefetched } from './prefetched.ts';
import type { ScanParts } from './scan.ts';
import { scanReports } from './scan-reports.ts';
import { createScanState, type ScanState } from './scan-state.ts';
import { startSharedCalls } from './start-shared-calls.ts';

/** One scan, ready to run. */
export interface PreparedScan {
  readonly parts: ScanParts;
  readonly state: ScanState;
  readonly prefetch: Prefetch;
  readonly rows: KeptRows;
}

/**
 * Makes what one scan runs on, and ties it together. What is known beside the series is asked for at once; entries are
 * read when the scan is subscribed. The caller closes `parts.scorer`.
 */
export function prepareScan(options: FilledScanOptions, stop: Stop): PreparedScan {
  const { source, history, concurrency, timeoutMs, limiter, noDataSessions, attempts, symbolTimeoutMs } =
    options;
  const scoring = scoringOf(options);
  const state = createScanState(options, stop);
  const { books, population, credits, adaptive, places, slowest, budget, ground, breaker } = state;
  const { ledger, ranker, market, clock } = books;
  const store = storeOf(options);
  const reports = scanReports({ books, store, log: options.log });
  const { onRead, onStoreError, onRetry } = reports;
  const scorer = createScorer(scoring, options);
  const onPlan: typeof reports.onPlan = (plan, survey) => {
    reports.onPlan(plan, survey);
    scorer.expect?.(plan.bytesAlone);
  };
  const { prefetch, beside } = startSharedCalls(options, {
    store,
    ground,
    reports: { ...reports, onPlan },
    stop,
  });
  // Whoever scores is told of a failure; a scan that ends before has not asked.
  beside.then(options.onBeside, () => {});
  const rows =
    store === noStore
      ? NO_ROWS
      : createKeptRows({
          memory: options.rows,
          store: prefetch.store,
          dataset: source.dataset,
          ...{ scoring, noDataSessions, beside, onStoreError },
        });
  const parts: ScanParts = {
    universe: prefetched(entriesUntil(options.universe, stop), {
      prefetch,
      prepare: () => prepareSource(options, stop),
      isWanted: (entry) => isWanted(entry, options),
      clock,
      stop,
    }),
    source,
    store: prefetch.store,
    scorer: rows.remembering(scorer),
    beside,
    receipts: options.receipts,
    history,
    rules: { failed: options.prescreen, listings: options.listings },
    bounds: options.bounds,
    screens: options.screens,
    fetching: { concurrency, adaptive, places, slowest, timeoutMs, limiter, breaker },
    retry: {
      budget,
      isWell: () => breaker.isWell,
      attempts,
      symbolTimeoutMs,
      onAttempt: (result) => {
        const lost = ground.judge(result);
        if (lost) stop.stop('ground-lost', lost);
      },
      onRetry,
    },
    cache: { recall: rows.recall, onRead, noDataSessions, onStoreError },
    credits,
    ledger,
    population,
    ranker,
    market,
    clock,
    stop,
  };
  return { parts, state, prefetch, rows };
}

function scoringOf({ history, forming, lookback, slack, weights }: FilledScanOptions): ScoreOptions {
  return {
    history,
    // The session under way takes the place of the oldest one.
    lookFrom: forming === undefined ? undefined : sessionsBack(forming, lookback + slack),
    weights,
  };
}

/** The store of a scan: one of the past leaves the later bars of a shared store where they are. */
function storeOf({ store, history }: FilledScanOptions): BlockStore {
  const isPast = store !== noStore && history.to < lastCompletedSession(Date.now());
  return isPast ? keepLater(store) : store;
}

/** What a source does before its first call; where it cannot, the scan stops. */
async function prepareSource({ source, history }: FilledScanOptions, stop: Stop): Promise<void> {
  const cut = new AbortController();
  stop.onStop(() => cut.abort());
  await source.prepare?.(history, cut.signal).catch((cause: unknown) => {
    stop.stop('ground-lost', LostGroundError.from(cause, `${source.name} cannot be read`));
  });
}

/** Whether an entry will be asked for at all. */
function isWanted(entry: Entry, { prescreen, listings }: FilledScanOptions): boolean {
  return entry.defect === undefined && prescreen(entry, describedBy(listings, entry).listing).length === 0;
}
