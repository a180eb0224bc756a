type Counts = Readonly<Record<string, number>>;

interface Look {
  readonly at: number;
  readonly counts: Counts;
}

/** Looks that follow each other faster have too little between them for a rate. */
const LEAST_MS = 900;

/**
 * Rates of counts that only grow, from 0 at `startedAt` on: since the last look that was at least a second before, so that
 * several who look do not take each other's time. Holds: two looks.
 */
export class RateMeter {
  #before: Look;
  #last: Look;

  /** @param startedAt Epoch ms. */
  constructor(startedAt: number) {
    this.#before = { at: startedAt, counts: {} };
    this.#last = this.#before;
  }

  /** Per second, by name. */
  look(counts: Counts, now: number): Record<string, number> {
    if (now - this.#last.at >= LEAST_MS) {
      this.#before = this.#last;
      this.#last = { at: now, counts };
    }
    const base = this.#before;
    const seconds = (now - base.at) / 1000;
    return Object.fromEntries(
      Object.entries(counts).map(([name, count]) => [
        name,
        // A clock that was set back has no rate to tell.
        seconds > 0 ? Math.max(0, count - (base.counts[name] ?? 0)) / seconds : 0,
      ]),
    );
  }
}
