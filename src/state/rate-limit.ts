import { CallerLine } from './caller-line.ts';
import { type Clock, systemClock } from './clock.ts';

/** So many calls in any stretch of so many milliseconds: 5 in 60,000, 100 in 1,000. */
export interface RateLimit {
  readonly calls: number;
  readonly perMs: number;
}

export interface RateLimiterOptions {
  /**
   * Milliseconds by which the time of one call to its arrival may differ from that of another: the windows are so
   * much wider, in proportion to their length.
   *
   * @default a fiftieth of `perMs`, at most 1000
   */
  readonly jitterMs?: number;
  readonly clock?: Clock;
}

export interface LimiterCounts {
  /** Tokens handed out. */
  readonly taken: number;
  /** Callers in line. */
  readonly waiting: number;
  /** Milliseconds in line, of all who have left it. */
  readonly waitedMs: number;
}

/** What a limiter is to those who call, whoever keeps the count. */
export interface Limiter {
  readonly counts: LimiterCounts;
  /** Epoch ms before which the provider wants no call; past, or 0, where it does not mind. */
  readonly pausedUntil: number;
  /** Takes a token where there is one at once and nobody is in line. */
  tryTake(): boolean;
  /** Resolves with a token, first come, first served; rejects as soon as `signal` is aborted. */
  take(signal?: AbortSignal): Promise<void>;
  /** No token for so long: what a provider asks for with `Retry-After`. The longest such wish counts. */
  pauseFor(ms: number): void;
  pauseUntil(epochMs: number): void;
  /** Milliseconds that the calls of a signal have been in line, until now: time that no provider took. */
  waitedBy(signal: AbortSignal): number;
  /** Seconds from the first to the last of so many calls, at the least and after a rest. */
  secondsFor(calls: number): number;
}

/** At most `calls` in any half-open stretch of `ms`. */
export interface Window {
  readonly calls: number;
  readonly ms: number;
}

/**
 * The rate limit of one key in one process: every attempt and every page takes a token.
 *
 * Guaranteed of the times at which tokens are handed out: in any half-open stretch of `perMs` (and `jitterMs`) there
 * are at most `calls`; where `perMs` is longer than a second, in any second at most its share, rounded up; and from
 * 20 a second on, in any tenth of a second at most a quarter more than its share. Nobody waits where these allow a
 * call: with demand enough the rate is `calls` in `perMs + jitterMs`, less what timers are late.
 *
 * Order: first come, first served. Failure: an aborted signal rejects with its reason, and its place goes to the
 * next; nothing else rejects. Holds: 8 bytes for each of `calls`, and the callers in line.
 */
export class RateLimiter implements Limiter {
  readonly #windows: readonly Window[];
  /** When tokens were handed out: the n-th at n modulo its length. */
  readonly #times: Float64Array;
  readonly #clock: Clock;
  readonly #line: CallerLine;
  #taken = 0;
  #pausedUntil = 0;
  #cancelTimer: (() => void) | undefined;

  /** @param limit Absent: no call waits, but where the provider asks for it. */
  constructor(limit?: RateLimit, { jitterMs, clock = systemClock }: RateLimiterOptions = {}) {
    this.#windows = limit === undefined ? [] : windowsOf(limit, jitterMs);
    this.#times = new Float64Array(limit?.calls ?? 0).fill(Number.NEGATIVE_INFINITY);
    this.#clock = clock;
    this.#line = new CallerLine(clock);
  }

  get counts(): LimiterCounts {
    return { taken: this.#taken, waiting: this.#line.length, waitedMs: this.#line.waitedMs };
  }

  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  tryTake(): boolean {
    if (this.#line.length > 0 || this.msUntilNext() > 0) return false;
    this.record(1);
    return true;
  }

  take(signal?: AbortSignal): Promise<void> {
    if (!signal?.aborted && this.tryTake()) return Promise.resolve();
    const turn = this.#line.join(signal);
    this.#arm();
    return turn;
  }

  waitedBy(signal: AbortSignal): number {
    return this.#line.waitedBy(signal);
  }

  pauseFor(ms: number): void {
    this.pauseUntil(this.#clock.now() + ms);
  }

  pauseUntil(epochMs: number): void {
    // A timer that is set for an earlier time looks again then.
    this.#pausedUntil = Math.max(this.#pausedUntil, epochMs);
  }

  secondsFor(calls: number): number {
    return secondsOf(this.#windows, calls);
  }

  /** Counts tokens that were handed out elsewhere, as of now. */
  record(calls: number): void {
    const { length } = this.#times;
    for (let index = 0; length > 0 && index < calls; index++) {
      this.#times[(this.#taken + index) % length] = this.#clock.now();
    }
    this.#taken += calls;
  }

  /** Milliseconds until a token can be handed out: 0 where there is one. */
  msUntilNext(): number {
    const { length } = this.#times;
    if (length === 0 && this.#pausedUntil === 0) return 0;
    const now = this.#clock.now();
    let ms = Math.max(0, this.#pausedUntil - now);
    for (const window of this.#windows) {
      const earlier = this.#times[(this.#taken + length - window.calls) % length]!;
      ms = Math.max(ms, earlier + window.ms - now);
    }
    return ms;
  }

  #arm(): void {
    if (this.#line.length === 0) return;
    this.#cancelTimer ??= this.#clock.after(this.msUntilNext(), () => {
      this.#cancelTimer = undefined;
      while (this.#line.length > 0 && this.msUntilNext() === 0) this.record(this.#line.serve(1));
      this.#arm();
    });
  }
}

/**
 * The windows that a limit stands for, the longest first.
 *
 * Failure: a `RangeError` where the limit allows nothing.
 */
export function windowsOf({ calls, perMs }: RateLimit, jitterMs = Math.min(1000, perMs / 50)): Window[] {
  if (!Number.isInteger(calls) || calls < 1 || !(perMs > 0)) {
    throw new RangeError(
      `Expected a limit of at least 1 call in more than 0 ms, got \`${calls}\` in \`${perMs}\``,
    );
  }
  const share = (ms: number) => (calls * ms) / perMs;
  const wider = 1 + jitterMs / perMs;
  const windows: Window[] = [{ calls, ms: perMs * wider }];
  if (perMs > 1000) windows.push({ calls: Math.ceil(share(1000)), ms: 1000 * wider });
  // Without it, a limit a second would be a burst a second.
  if (perMs >= 1000 && share(1000) >= 20) {
    windows.push({ calls: Math.ceil(share(100) * 1.25), ms: 100 * wider });
  }
  return windows;
}

/** Seconds from the first to the last of so many calls, where each window is used up before the next. */
export function secondsOf(windows: readonly Window[], calls: number): number {
  let left = Math.max(0, calls - 1);
  let ms = 0;
  for (const window of windows) {
    ms += Math.floor(left / window.calls) * window.ms;
    left %= window.calls;
  }
  return ms / 1000;
}
