import { LONGEST_TIMER_MS } from './longest-timer.ts';

/** Time, for whatever waits. */
export interface Clock {
  /** Epoch milliseconds that only grow. */
  now(): number;
  /** Calls back once, `ms` later at the earliest, or sooner where no timer can be set for so long; the answer cancels. */
  after(ms: number, callback: () => void): () => void;
}

const ORIGIN = performance.timeOrigin;

/** The clock of the machine, but for its corrections: none of them shortens or prolongs a wait. */
export const systemClock: Clock = {
  now: () => ORIGIN + performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.ceil(ms), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};
