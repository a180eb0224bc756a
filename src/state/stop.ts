import type { Entry, Outcome, StopReason } from '../types.ts';

/**
 * The one switch that ends a scan early. Stages look at its signal: work not begun is skipped with the reason, calls
 * under way are cut, what is finished stays.
 */
export class Stop {
  readonly #controller = new AbortController();
  #cause: Error | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the scan stops, or `undefined` while it goes on. */
  get reason(): StopReason | undefined {
    return this.signal.aborted ? (this.signal.reason as StopReason) : undefined;
  }

  /** What took the ground away, where that is the reason. */
  get cause(): Error | undefined {
    return this.#cause;
  }

  /** The first reason counts. */
  stop(reason: StopReason, cause?: Error): void {
    if (this.signal.aborted) return;
    this.#cause = cause;
    this.#controller.abort(reason);
  }
}

/** The outcome of an entry that a stopped scan did not finish. */
export function skippedBy(stop: Stop, entry: Entry): Outcome {
  return { kind: 'skipped', entry, reason: stop.reason ?? 'interrupted' };
}
