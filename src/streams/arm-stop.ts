import { LONGEST_TIMER_MS } from '../state/longest-timer.ts';
import type { Stop } from '../state/stop.ts';

export interface ArmStopOptions {
  /** Milliseconds from now on. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Stops a scan at its deadline, and by a signal: at once where that was given before. Returns what ends the watch. */
export function armStop(stop: Stop, { deadlineMs, signal }: ArmStopOptions): () => void {
  const interrupt = () => stop.stop('interrupted');
  const deadline = setTimeout(() => stop.stop('deadline'), Math.min(deadlineMs, LONGEST_TIMER_MS));
  if (signal?.aborted) interrupt();
  signal?.addEventListener('abort', interrupt);
  return () => {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', interrupt);
  };
}
