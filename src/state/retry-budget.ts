export interface RetryBudgetOptions {
  /** Repetitions for each first attempt. @default 0.2 */
  readonly share?: number;
  /** Repetitions on top, so that a short scan has some. @default 100 */
  readonly floor?: number;
}

/**
 * How often a scan may ask again, all symbols together: `floor + share × first attempts` times so far. A provider that
 * fails half of its calls would otherwise be asked twice as often, by each of its clients.
 *
 * Source: the retry budgets of Finagle, and Beyer et al., Site Reliability Engineering, 2016, ch. 21.
 */
export class RetryBudget {
  readonly #share: number;
  readonly #floor: number;
  #attempts = 0;
  #spent = 0;
  #refused = 0;

  constructor({ share = 0.2, floor = 100 }: RetryBudgetOptions = {}) {
    this.#share = share;
    this.#floor = floor;
  }

  /** Repetitions that were allowed. */
  get spent(): number {
    return this.#spent;
  }

  /** Repetitions that were not. */
  get refused(): number {
    return this.#refused;
  }

  /** A first attempt begins. */
  earn(): void {
    this.#attempts++;
  }

  /** Takes one repetition; false where none is left. */
  spend(): boolean {
    if (this.#spent + 1 > this.#floor + this.#share * this.#attempts) {
      this.#refused++;
      return false;
    }
    this.#spent++;
    return true;
  }
}
