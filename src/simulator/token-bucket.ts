/** A bucket that fills with `perSecond` tokens a second and holds a second's worth, at least one. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #capacity: number;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  /** @param now Milliseconds that only grow. */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#capacity = Math.max(1, perSecond);
    this.#now = now;
    this.#tokens = this.#capacity;
    this.#filledAt = now();
  }

  /** A second's worth of tokens, how many of them there are, and the milliseconds until all are. */
  state(): { readonly limit: number; readonly remaining: number; readonly msToFull: number } {
    this.#fill();
    const missing = this.#capacity - this.#tokens;
    return {
      limit: Math.floor(this.#capacity),
      remaining: Math.floor(this.#tokens),
      msToFull: (missing / this.#perSecond) * 1000,
    };
  }

  /** Takes a token and returns 0, or returns the milliseconds until there is one. */
  take(): number {
    this.#fill();
    if (this.#tokens < 1) return ((1 - this.#tokens) / this.#perSecond) * 1000;
    this.#tokens--;
    return 0;
  }

  #fill(): void {
    const now = this.#now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
  }
}
