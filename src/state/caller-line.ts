import type { Clock } from './clock.ts';
import { Fifo } from './fifo.ts';

interface Caller {
  readonly since: number;
  readonly signal: AbortSignal | undefined;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  readonly onAbort: () => void;
  gone: boolean;
}

/**
 * Callers that wait for a token, first come, first served.
 *
 * Failure: an aborted signal rejects with its reason and leaves the line. Holds: the callers in line.
 */
export class CallerLine {
  readonly #clock: Clock;
  readonly #waits = new WeakMap<AbortSignal, { ms: number; since: number | undefined }>();
  #callers = new Fifo<Caller>();
  #length = 0;
  #waitedMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get length(): number {
    return this.#length;
  }

  /** Milliseconds in line, of all who have left it. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /** Resolves once it is this caller's turn. */
  join(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const since = this.#clock.now();
      const onAbort = () => {
        this.#leave(caller);
        reject(signal?.reason);
      };
      const caller: Caller = { since, signal, resolve, reject, onAbort, gone: false };
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal !== undefined) this.#waits.set(signal, { ms: this.waitedBy(signal), since });
      this.#callers.push(caller);
      this.#length++;
    });
  }

  /** It is the turn of the first so many. Returns how many there were. */
  serve(count: number): number {
    let served = 0;
    while (served < count && this.#length > 0) {
      const caller = this.#callers.shift()!;
      // Left before its turn.
      if (caller.gone) continue;
      this.#leave(caller);
      caller.resolve();
      served++;
    }
    return served;
  }

  /** Sends everybody away. */
  rejectAll(reason: unknown): void {
    const callers = this.#callers;
    for (let caller = callers.shift(); caller !== undefined; caller = callers.shift()) {
      if (caller.gone) continue;
      this.#leave(caller);
      caller.reject(reason);
    }
  }

  /** Milliseconds that the calls of a signal have been in line, until now. */
  waitedBy(signal: AbortSignal): number {
    const wait = this.#waits.get(signal);
    if (wait === undefined) return 0;
    return wait.since === undefined ? wait.ms : wait.ms + this.#clock.now() - wait.since;
  }

  #leave(caller: Caller): void {
    const { signal, since } = caller;
    caller.gone = true;
    this.#length--;
    this.#waitedMs += this.#clock.now() - since;
    // Those who left are otherwise forgotten at their turn, which may never come.
    if (this.#length === 0) this.#callers = new Fifo();
    if (signal === undefined) return;
    signal.removeEventListener('abort', caller.onAbort);
    this.#waits.set(signal, { ms: this.waitedBy(signal), since: undefined });
  }
}
