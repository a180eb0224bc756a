import { mergeMap, type OperatorFunction } from 'rxjs';
import { ScanError } from '../errors.ts';
import { LONGEST_TIMER_MS } from '../state/longest-timer.ts';
import { type Stop, skippedBy } from '../state/stop.ts';
import type { BarSource, History, Traveller } from '../types.ts';

type Missing = Extract<Traveller, { kind: 'missing' }>;

export interface FetchBarsOptions {
  /** Requests under way at once. @default 64 */
  readonly concurrency?: number;
  /** Milliseconds that one attempt may take, from request to last byte. @default 10_000 */
  readonly timeoutMs?: number;
  readonly stop: Stop;
  readonly now?: () => number;
}

/**
 * Fetches the bars of each missing symbol: one attempt, no retry.
 *
 * Where the provider says how long to wait (`Retry-After`), every attempt that has not started waits that long: the
 * limit is the key's, not the symbol's.
 *
 * Order: as fetches finish. Failure: that symbol's outcome, the stream goes on. Holds: every waiting symbol, and at
 * most `concurrency` bodies.
 */
export function fetchBars(
  source: Pick<BarSource, 'fetchBars'>,
  history: History,
  { concurrency = 64, timeoutMs = 10_000, stop, now = Date.now }: FetchBarsOptions,
): OperatorFunction<Missing, Traveller> {
  // Epoch ms before which the provider wants no call.
  let closedUntil = 0;

  const attempt = async ({ entry, leftMs = timeoutMs }: Missing): Promise<Traveller> => {
    while (stop.reason === undefined && closedUntil > now()) await pause(closedUntil - now(), stop);
    if (stop.reason !== undefined) return skippedBy(stop, entry);

    const limitMs = Math.min(timeoutMs, leftMs);
    const started = now();
    const cut = new AbortController();
    const cutNow = () => cut.abort();
    const timer = setTimeout(cutNow, limitMs);
    stop.onStop(cutNow);
    try {
      const payload = await source.fetchBars(entry.symbol, history, cut.signal);
      // A batch goes to a thread as one block: what is no bytes must not get that far.
      if (!payload.pages.every((page) => page instanceof Uint8Array))
        throw new TypeError('A page that is no bytes');
      return { kind: 'fetched', entry, payload };
    } catch (cause) {
      if (stop.reason !== undefined) return skippedBy(stop, entry);
      const error = cut.signal.aborted
        ? new ScanError('timed-out', `No complete answer within ${limitMs} ms`, { stage: 'fetch', cause })
        : ScanError.from(cause, 'fetch');
      if (error.retryAfterMs !== undefined) closedUntil = Math.max(closedUntil, now() + error.retryAfterMs);
      return { kind: 'failed', entry, error, ms: now() - started };
    } finally {
      clearTimeout(timer);
      stop.offStop(cutNow);
    }
  };

  return mergeMap(attempt, concurrency);
}

/** Waits `ms`, or until the scan stops. */
function pause(ms: number, stop: Stop): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop.offStop(end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, LONGEST_TIMER_MS));
    stop.onStop(end);
  });
}
