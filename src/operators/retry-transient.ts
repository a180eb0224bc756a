import { Observable, type OperatorFunction, Subject } from 'rxjs';
import type { ScanError } from '../errors.ts';
import { LONGEST_TIMER_MS } from '../state/longest-timer.ts';
import { RetryBudget } from '../state/retry-budget.ts';
import { type Stop, skippedBy } from '../state/stop.ts';
import type { Entry, Traveller } from '../types.ts';

export interface RetryTransientOptions {
  /** Attempts for one symbol, the first included. @default 5 */
  readonly attempts?: number;
  /** Milliseconds that one symbol may take: its calls and the waits between them. @default 60_000 */
  readonly symbolTimeoutMs?: number;
  /** First wait; each further one doubles it. @default 200 */
  readonly baseMs?: number;
  /** Longest wait. @default 10_000 */
  readonly capMs?: number;
  /** Repetitions that all symbols together have. @default a fifth of the first attempts, and 100 */
  readonly budget?: RetryBudget;
  /** Whether the provider answers nearly everybody else: then waits do not grow, and what an attempt took is waited already. @default never */
  readonly isWell?: () => boolean;
  readonly stop: Stop;
  /** Told of the result of each attempt, before anything is made of it. */
  readonly onAttempt?: (result: Traveller) => void;
  /** Told of each repetition. */
  readonly onRetry?: (error: ScanError, delayMs: number) => void;
  readonly random?: () => number;
}

interface Tries {
  count: number;
  /** Of the symbol's time. Waiting for a place among the calls does not take from it, nor what the provider asked for. */
  leftMs: number;
}

/**
 * Runs travellers through a stage, and a symbol that failed for a transient reason again, after a wait.
 *
 * A waiting symbol is out of the stage: it holds its credit and no place among the requests under way. The wait is
 * capped exponential back-off with full jitter; where the provider named a time (`Retry-After`), that time, and such
 * a repetition does not count as an attempt (the scan's deadline bounds it). What the provider refuses for its rate
 * does not take from the budget either: it is for failures, beyond it a transient one is final.
 *
 * The stage must let out exactly one traveller for each that it took in.
 * Order: as the stage lets them out. Failure: the last one of a symbol is its outcome. Holds: an entry and two numbers
 * for each symbol that has failed once and is still inside.
 */
export function retryTransient(
  stage: OperatorFunction<Traveller, Traveller>,
  {
    attempts = 5,
    symbolTimeoutMs = 60_000,
    baseMs = 200,
    capMs = 10_000,
    budget,
    isWell = () => false,
    stop,
    onAttempt = () => {},
    onRetry = () => {},
    random = Math.random,
  }: RetryTransientOptions,
): OperatorFunction<Traveller, Traveller> {
  return (source) =>
    new Observable<Traveller>((subscriber) => {
      const input = new Subject<Traveller>();
      const tries = new Map<Entry, Tries>();
      const repetitions = budget ?? new RetryBudget();
      const waiting = new Map<Entry, NodeJS.Timeout>();
      let inside = 0;
      let ended = false;

      const enter = (traveller: Traveller) => {
        inside++;
        input.next(traveller);
      };
      const endIfDone = () => {
        if (ended && inside === 0 && waiting.size === 0) input.complete();
      };

      /** Milliseconds to wait before the next attempt, or `undefined` where there is none. */
      const nextDelay = (entry: Entry, error: ScanError, ms: number): number | undefined => {
        if (!error.retryable || stop.reason !== undefined) return undefined;
        const known = tries.get(entry) ?? { count: 0, leftMs: symbolTimeoutMs };
        tries.set(entry, known);
        // Growing waits spare a provider in trouble; where it is in none, they spare nobody.
        const backOff = isWell()
          ? Math.max(0, random() * Math.min(capMs, baseMs) - ms)
          : random() * Math.min(capMs, baseMs * 2 ** known.count);
        known.leftMs -= ms;
        if (error.retryAfterMs !== undefined) return Math.min(error.retryAfterMs + backOff, LONGEST_TIMER_MS);
        known.count++;
        known.leftMs -= backOff;
        if (known.count >= attempts || known.leftMs <= 0) return undefined;
        return error.code === 'rate-limited' || repetitions.spend() ? backOff : undefined;
      };

      const leave = (traveller: Traveller) => {
        onAttempt(traveller);
        // Not before: what is told may stop the scan, and with nobody inside the stream would end without this one.
        inside--;
        if (traveller.kind === 'failed') {
          const { entry, error, ms = 0 } = traveller;
          const delayMs = nextDelay(entry, error, ms);
          if (delayMs !== undefined) {
            waiting.set(entry, setTimeout(retry, delayMs, entry));
            onRetry(error, delayMs);
            return;
          }
        }
        if (tries.size > 0) tries.delete(traveller.entry);
        subscriber.next(traveller);
        endIfDone();
      };
      const retry = (entry: Entry) => {
        waiting.delete(entry);
        const { leftMs } = tries.get(entry)!;
        enter({ kind: 'missing', entry, leftMs: Math.max(1, leftMs) });
      };
      /** A stopped scan does not sit waits out. */
      const giveUp = () => {
        for (const [entry, timer] of waiting) {
          clearTimeout(timer);
          subscriber.next(skippedBy(stop, entry));
        }
        waiting.clear();
        endIfDone();
      };

      subscriber.add(() => {
        for (const timer of waiting.values()) clearTimeout(timer);
        stop.offStop(giveUp);
      });
      stop.onStop(giveUp);
      subscriber.add(
        input.pipe(stage).subscribe({
          next: leave,
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
      subscriber.add(
        source.subscribe({
          next: (traveller) => {
            if (traveller.kind === 'missing') repetitions.earn();
            enter(traveller);
          },
          error: (error: unknown) => input.error(error),
          complete: () => {
            ended = true;
            endIfDone();
          },
        }),
      );
    });
}
