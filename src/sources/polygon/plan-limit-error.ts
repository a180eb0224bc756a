import { ScanError } from '../../errors.ts';

/**
 * What a plan does not include: a date (too long ago, or not there yet), the bars of a day before its end, or a kind of
 * call.
 */
export type PlanLimit = 'date' | 'end-of-day' | 'endpoint';

/** A refusal of the plan, not of the key: other calls go on. */
export class PlanLimitError extends ScanError {
  readonly planLimit: PlanLimit;

  constructor(planLimit: PlanLimit, message: string, cause?: unknown) {
    super('unauthorized', message, { stage: 'fetch', cause });
    this.planLimit = planLimit;
  }
}

/** What the provider's words for `NOT_AUTHORIZED` are about. */
export function planLimitOf(words: string): PlanLimit {
  if (/before end of day/i.test(words)) return 'end-of-day';
  return /timeframe/i.test(words) ? 'date' : 'endpoint';
}
