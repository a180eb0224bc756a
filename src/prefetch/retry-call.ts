import { ScanError } from '../errors.ts';
import type { Stop } from '../state/stop.ts';

export interface RetryCallOptions {
  /** Attempts, the first included. */
  readonly attempts: number;
  /** Milliseconds for one attempt. */
  readonly timeoutMs: number;
  readonly stop: Stop;
  /** Told of each repetition. */
  readonly onRetry?: (error: ScanError, delayMs: number) => void;
  readonly random?: () => number;
}

const BASE_MS = 100;
const CAP_MS = 2000;

/** A call that is worth more than one symbol: asked again where that may bring a different answer. */
export type RetryCall = <T>(request: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/**
 * Calls for what serves the whole scan, and again after a transient failure: capped exponential back-off with full
 * jitter, or what the provider asked to wait.
 *
 * Failure: the last `ScanError`; what was under way or waited for when the scan stopped fails at once. Holds: nothing.
 */
export function createRetryCall({
  attempts,
  timeoutMs,
  stop,
  onRetry = () => {},
  random = Math.random,
}: RetryCallOptions): RetryCall {
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(request, timeoutMs, stop);
      } catch (cause) {
        const error = ScanError.from(cause, 'fetch');
        if (!error.retryable || attempt >= attempts || stop.reason !== undefined) throw error;
        const backOff = random() * Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1));
        const delayMs = (error.retryAfterMs ?? 0) + backOff;
        onRetry(error, delayMs);
        await pause(delayMs, stop);
      }
    }
  };
}

async function once<T>(
  request: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  stop: Stop,
): Promise<T> {
  const cut = new AbortController();
  const cutNow = () => cut.abort();
  const timer = setTimeout(cutNow, timeoutMs);
  stop.onStop(cutNow);
  try {
    return await request(cut.signal);
  } catch (cause) {
    if (!cut.signal.aborted) throw cause;
    throw new ScanError('timed-out', `No complete answer within ${timeoutMs} ms`, { stage: 'fetch', cause });
  } finally {
    clearTimeout(timer);
    stop.offStop(cutNow);
  }
}

/** Waits `ms`, or until the scan stops. */
function pause(ms: number, stop: Stop): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop.offStop(end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    stop.onStop(end);
  });
}
