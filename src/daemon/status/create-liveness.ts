import { type Clock, systemClock } from '../../state/clock.ts';
import type { LiveScan } from '../../state/live-scan.ts';
import type { Limiter } from '../../state/rate-limit.ts';
import type { Activity } from './activity.ts';

export interface LivenessOptions {
  readonly activity: Pick<Activity, 'live' | 'isPublishing'>;
  /** What calls wait for where they are not to be made yet. @default nothing */
  readonly limiter?: () => Pick<Limiter, 'counts' | 'pausedUntil'> | undefined;
  /** Milliseconds without any movement. @default 600_000 */
  readonly patienceMs?: number;
  /** @default `systemClock` */
  readonly clock?: Pick<Clock, 'now'>;
}

/**
 * Makes the answer to whether a daemon does its work: false where a scan is under way of which nothing has moved for
 * `patienceMs` (no call, no byte, no symbol, no publication), and no call waits for the rate limit or for what the
 * provider asked to wait.
 *
 * Movement is seen by asking: it is to be asked more often than that. Holds: what it saw last.
 */
export function createLiveness({
  activity,
  limiter = () => undefined,
  patienceMs = 600_000,
  clock = systemClock,
}: LivenessOptions): () => boolean {
  let seen = '';
  let movedAt = clock.now();

  const isWaiting = (now: number): boolean => {
    const limit = limiter();
    return limit !== undefined && (limit.counts.waiting > 0 || limit.pausedUntil > now);
  };
  return () => {
    const now = clock.now();
    const { live, isPublishing } = activity;
    const figures = live === undefined ? '' : figuresOf(live, isPublishing);
    if (live === undefined || figures !== seen || isWaiting(now)) movedAt = now;
    seen = figures;
    return now - movedAt < patienceMs;
  };
}

function figuresOf({ id, entered, outcomes, calls, bytes, stages }: LiveScan, isPublishing: boolean): string {
  const passed = stages.map((stage) => stage.passed);
  return [id, isPublishing, entered, ...Object.values(outcomes), calls, bytes, ...passed].join();
}
