import { type Clock, systemClock } from '../state/clock.ts';
import { createDueTimes, type DueTimesOptions } from './schedule/due-times.ts';

export interface ScheduleOptions extends DueTimesOptions {
  /** What a tick does while the last one runs: it is dropped, or waits; one waits at most. @default 'skip' */
  readonly overlap?: 'skip' | 'queue' | undefined;
  /** Epoch ms: what was due after it, and before the start, counts as missed. @default now */
  readonly since?: number | undefined;
  /** The time of day, corrections and all. @default `wallClock` */
  readonly clock?: Clock;
  /** Runs a scan. The next tick runs once it has resolved. */
  readonly onTick: (tick: Tick) => Promise<void> | void;
  /** Told of due times that have no tick of their own. */
  readonly onSkipped?: (skipped: SkippedTicks) => void;
  /** Told what `onTick` failed with; the schedule goes on. */
  readonly onFailed: (cause: unknown) => void;
}

/** Times in epoch ms. `at` is later than `due` where the machine slept, or the tick waited. */
export interface Tick {
  readonly due: number;
  readonly at: number;
}

/**
 * - `missed`: the machine slept or stood still; the last due time ticks for all.
 * - `running`: the last tick still runs (and where ticks may wait, one waits already).
 * - `session-over`: it came too late, or waited too long, to run within the session.
 * - `closing`: it waited when the schedule was closed.
 */
export type SkipTickReason = 'missed' | 'running' | 'session-over' | 'closing';

export interface SkippedTicks {
  readonly reason: SkipTickReason;
  /** The first of them. */
  readonly due: number;
  /** How many; counted up to 10,000 where a sleep was long. */
  readonly count: number;
}

export interface Schedule {
  /** The next due time, epoch ms; `undefined` where there is none any more. */
  readonly next: number | undefined;
  /** Whether a tick runs. */
  readonly isRunning: boolean;
  /** Ends it: what waits is dropped. Resolves once the tick that runs has ended. */
  close(): Promise<void>;
}

/** The machine's time of day. Unlike `systemClock` it goes on while the machine sleeps, and follows corrections. */
export const wallClock: Clock = { now: Date.now, after: systemClock.after };

/** Timers stand still while the machine sleeps: so often at least the clock is looked at. */
const LOOK_AGAIN_MS = 30_000;
/** A clock that is set back by more has times before it again, and ticks at them; by less, it waits. */
const SET_BACK_MS = 60_000;
const MOST_COUNTED = 10_000;

/**
 * Ticks at an interval, by cron or after closes, within sessions of the exchange (`SESSION_WORDS`).
 *
 * No two ticks run at once, and none starts outside its session. Every due time has a tick of its own or is told to
 * `onSkipped`. Order: ascending. Failure: `ConfigError` for a schedule that cannot be or never ticks; `onTick`'s go
 * to `onFailed`. Holds: one timer, and one waiting tick.
 */
export async function createSchedule({
  overlap = 'skip',
  clock = wallClock,
  since = clock.now(),
  onTick,
  onSkipped = () => {},
  onFailed,
  ...options
}: ScheduleOptions): Promise<Schedule> {
  const times = await createDueTimes(options, since);
  let next = times.after(since);
  /** When the clock was looked at last. */
  let looked = since;
  let isRunning = false;
  let running = Promise.resolve();
  let waiting: number | undefined;
  let isClosed = false;
  let cancelTimer = () => {};

  function look(): void {
    const now = clock.now();
    if (looked - now > SET_BACK_MS) next = times.after(now);
    looked = now;
    let first: number | undefined;
    let last = 0;
    let count = 0;
    for (; next !== undefined && next <= now && count < MOST_COUNTED; count++) {
      first ??= next;
      last = next;
      next = times.after(next);
    }
    if (count === MOST_COUNTED) next = times.after(now);
    if (first !== undefined) take(first, last, count);
    arm();
  }

  function arm(): void {
    if (isClosed || next === undefined) return;
    cancelTimer = clock.after(Math.min(Math.max(0, next - clock.now()), LOOK_AGAIN_MS), look);
  }

  function take(first: number, last: number, count: number): void {
    if (!times.admits(clock.now())) {
      onSkipped({ reason: 'session-over', due: first, count });
      return;
    }
    if (count > 1) onSkipped({ reason: 'missed', due: first, count: count - 1 });
    if (!isRunning) running = run(last);
    else if (overlap === 'queue' && waiting === undefined) waiting = last;
    else onSkipped({ reason: 'running', due: last, count: 1 });
  }

  async function run(first: number): Promise<void> {
    isRunning = true;
    for (let due: number | undefined = first; due !== undefined; due = nextWaiting()) {
      try {
        await onTick({ due, at: clock.now() });
      } catch (cause) {
        onFailed(cause);
      }
    }
    isRunning = false;
  }

  function nextWaiting(): number | undefined {
    const due = waiting;
    waiting = undefined;
    if (due === undefined || times.admits(clock.now())) return due;
    onSkipped({ reason: 'session-over', due, count: 1 });
    return undefined;
  }

  look();
  return {
    get next() {
      return next;
    },
    get isRunning() {
      return isRunning;
    },
    async close() {
      isClosed = true;
      cancelTimer();
      if (waiting !== undefined) onSkipped({ reason: 'closing', due: waiting, count: 1 });
      waiting = undefined;
      await running;
    },
  };
}
