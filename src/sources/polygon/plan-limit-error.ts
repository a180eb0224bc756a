import { ScanError } from '../../errors.ts';
import type { RefusalError } from '../refusal-error.ts';

/**
 * What a plan does not include: a date (too long ago, or not there yet), the bars of a day before its end, or a kind of
 * call.
 */
export type PlanLimit = 'date' | 'end-of-day' | 'endpoint';

/** A refusal of the plan, not of the key: other calls go on. */
export class PlanLimitError extends ScanError {
  readonly planLimit: PlanLimit;

  constructor(planLimit: PlanLimit, message: string, cause?: unknown) {
    super('not-in-plan', message, { stage: 'fetch', cause });
    this.planLimit = planLimit;
  }
}

/** What the provider's words for `NOT_AUTHORIZED` are about. */
export function planLimitOf(words: string): PlanLimit {
  if (/before end of day/i.test(words)) return 'end-of-day';
  return /timeframe/i.test(words) ? 'date' : 'endpoint';
}

/** A refusal as what it is: of the plan, or of something else. A key that is wrong or missing is an `ERROR`. */
export function planRefusal(refusal: RefusalError, said: unknown): ScanError {
  const { status } = (said ?? {}) as { readonly status?: unknown };
  if (refusal.status !== 403 || status !== 'NOT_AUTHORIZED') return refusal;
  return new PlanLimitError(planLimitOf(refusal.words), refusal.message);
}
