/**
 * Places inside the scan, one a symbol.
 *
 * A symbol takes a credit to enter and gives it back when its outcome has left (kept by the ranker, written to the
 * receipts). Nothing else bounds an RxJS pipeline end to end: `mergeMap(f, n)` bounds its inner subscriptions and
 * queues the rest without limit.
 */
export class Credits {
  /** How many may be inside at once. */
  readonly window: number;
  #free: number;
  #wake: (() => void) | undefined;

  constructor(window: number) {
    this.window = window;
    this.#free = window;
  }

  /** Symbols inside now. */
  get inside(): number {
    return this.window - this.#free;
  }

  /** Takes one credit; false where none is free. */
  take(): boolean {
    if (this.#free <= 0) return false;
    this.#free--;
    return true;
  }

  /** Takes credits back in that were given early, free or not: what waited outside the window returns all at once. */
  retake(count: number): void {
    this.#free -= count;
  }

  give(count: number): void {
    this.#free += count;
    if (this.#free > this.window) throw new RangeError('More credits came back than were taken');
    this.wake();
  }

  /** Ends the waiting of whoever waits, credit or not. */
  wake(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Resolves with the next credit that comes back, or `wake`. One waiter at a time: the admission. */
  returned(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
