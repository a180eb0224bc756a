import type { Limiter } from '../state/rate-limit.ts';

/** Calls a second where there is no limit: what providers ask their customers to stay below. */
const CALLS_PER_SECOND = 100;

/** Seconds that calls take: under the limit, and at least what providers ask their customers to stay below. */
export function secondsUnder(limiter: Pick<Limiter, 'secondsFor'>): (calls: number) => number {
  return (calls) => Math.max(limiter.secondsFor(calls), calls / CALLS_PER_SECOND);
}
