import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoopDelay {
  /** Milliseconds that the event loop was late, at the 99th percentile of the last second or more. */
  readonly p99Ms: number;
  close(): void;
}

const RESOLUTION_MS = 10;
/** Less has too few samples for a percentile; several may ask. */
const LEAST_MS = 900;

/** Measures how late the event loop is. What is measured is the time between two looks that are 10 ms apart. */
export function measureLoopDelay(now: () => number): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let since = now();
  let last = 0;
  return {
    get p99Ms() {
      if (now() - since < LEAST_MS) return last;
      last = Math.max(0, histogram.percentile(99) / 1e6 - RESOLUTION_MS);
      histogram.reset();
      since = now();
      return last;
    },
    close: () => histogram.disable(),
  };
}
