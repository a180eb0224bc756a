import type { Entry, Outcome, StopReason } from '../types.ts';

/**
 * The one switch that ends a scan early. Stages look at it: work not begun is skipped with the reason, calls under way
 * are cut, what is finished stays.
 */
export class Stop {
  #reason: StopReason | undefined;
  #cause: Error | undefined;
  // A set, not an `AbortSignal`: every call under way registers, and an event target costs microseconds for each.
  readonly #listeners = new Set<() => void>();

  /** Why the scan stops, or `undefined` while it goes on. */
  get reason(): StopReason | undefined {
    return this.#reason;
  }

  /** What took the ground away, where that is the reason. */
  get cause(): Error | undefined {
    return this.#cause;
  }

  /** The first reason counts. */
  stop(reason: StopReason, cause?: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#cause = cause;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  /** Calls back once when the scan stops: at once where it has. */
  onStop(listener: () => void): void {
    if (this.#reason === undefined) this.#listeners.add(listener);
    else listener();
  }

  offStop(listener: () => void): void {
    this.#listeners.delete(listener);
  }
}

/** The outcome of an entry that a stopped scan did not finish. */
export function skippedBy(stop: Stop, entry: Entry): Outcome {
  return { kind: 'skipped', entry, reason: stop.reason ?? 'interrupted' };
}
