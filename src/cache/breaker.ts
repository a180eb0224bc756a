export interface BreakerOptions {
  /** Failures in a row after which it opens. @default 3 */
  readonly failures?: number;
  /** How long it stays open before one more try. @default 10000 */
  readonly coolDownMs?: number;
  /** Milliseconds of a clock that is never set back. @default performance.now */
  readonly now?: () => number;
}

/**
 * A circuit breaker: what failed a few times in a row is left alone for a while, then tried once.
 *
 * Nygard, Release It! (2007). Closed: all pass. Open: none. After the cool-down one passes; its success closes the
 * breaker, anything else leaves it open for another cool-down.
 */
export class Breaker {
  readonly #limit: number;
  readonly #coolDownMs: number;
  readonly #now: () => number;
  #failures = 0;
  /** When the next try may pass while it is open. */
  #nextTry = 0;

  constructor({ failures = 3, coolDownMs = 10_000, now = () => performance.now() }: BreakerOptions = {}) {
    this.#limit = failures;
    this.#coolDownMs = coolDownMs;
    this.#now = now;
  }

  get isOpen(): boolean {
    return this.#failures >= this.#limit;
  }

  /** Whether a try may go ahead. Who is let through while it is open is the only one until the next cool-down. */
  pass(): boolean {
    if (!this.isOpen) return true;
    if (this.#now() < this.#nextTry) return false;
    this.#nextTry = this.#now() + this.#coolDownMs;
    return true;
  }

  succeed(): void {
    this.#failures = 0;
  }

  fail(): void {
    this.#failures++;
    if (this.isOpen) this.#nextTry = this.#now() + this.#coolDownMs;
  }
}
