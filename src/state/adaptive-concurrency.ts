export interface AdaptiveConcurrencyOptions {
  /** Calls under way at once, at most. @default 64 */
  readonly ceiling?: number;
  /** What it starts with. @default half of `ceiling`, at least 64 where that is no more than `ceiling` */
  readonly initial?: number;
  /** At least; the same as `ceiling` makes it fixed. @default 1 */
  readonly floor?: number;
}

/**
 * What the answer to a call says of the provider: it is `well`; it `failed`, as one in trouble and one with a bad
 * symbol do; it has `refused` because there are too many calls; or `nothing`.
 */
export type Verdict = 'well' | 'failed' | 'refused' | 'nothing';

/** What no provider minds at once: as many as a few browsers have. A hundred symbols are two rounds with it, not three. */
const USUAL_START = 64;
/** Below that, the limit grows by doubling whatever came before. */
const LOWEST_THRESHOLD = 4;
/** The part of a round's calls that may fail before it counts as overload. */
const TOLERATED = 0.1;
/** Answers of a round, at least: a part of fewer says little. */
const SMALLEST_ROUND = 20;
/** Rounds after which the quickest one is chosen anew: a provider may have become slower for good. */
const MEMORY = 20;
/** Milliseconds that a round may be slower than the quickest, whatever their relation: noise of a fast provider. */
const NOISE_MS = 25;

/**
 * How many calls may be under way at once: as many as the provider takes.
 *
 * Additive increase, multiplicative decrease with a slow start (Chiu and Jain, 1989; Jacobson, 1988): one more with
 * each answer while calls take no longer than twice what they took in the quickest round, up to half of where overload
 * was met last; from there one more a round; none while they take four times as long. (A round is as many answers as
 * may be under way; its mean, and not one call, is what is quick: a symbol without data is answered in no time.) A refusal halves the limit, once for
 * all calls that were under way together, and so does a round in which more than a tenth failed. Where halving did
 * not help (the part that fails stays), load is not what they fail of: the limit is given back, and that part tolerated
 * until a round is good again. Holds: numbers.
 */
export class AdaptiveConcurrency {
  readonly ceiling: number;
  readonly #floor: number;
  #limit: number;
  #threshold: number;
  #epoch = 0;
  #tolerated = TOLERATED;
  #round: { readonly size: number; answers: number; failed: number; ms: number };
  /** What was given up for overload, until it shows whether that helped. */
  #given: { readonly limit: number; readonly part: number } | undefined;
  /** Means of a round: the last, the quickest, and the quickest since that was chosen. */
  #lastMs = Number.NaN;
  #quickestMs = Number.POSITIVE_INFINITY;
  #nextQuickestMs = Number.POSITIVE_INFINITY;
  #rounds = 0;

  constructor({
    ceiling = 64,
    initial = Math.max(USUAL_START, ceiling / 2),
    floor = 1,
  }: AdaptiveConcurrencyOptions = {}) {
    this.ceiling = ceiling;
    this.#floor = floor;
    this.#limit = Math.min(ceiling, Math.max(floor, initial));
    this.#threshold = ceiling;
    this.#round = this.#newRound();
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Milliseconds that a call took on average in the last round; NaN before. */
  get typicalMs(): number {
    return this.#lastMs;
  }

  /** Names the time between two halvings. A call keeps that of its start: what it says is of then. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Takes the result of a call.
   *
   * @param ms From the request to the last byte.
   * @param isBusy Whether the limit was used: one that is not says nothing of its size.
   */
  settle(epoch: number, verdict: Verdict, ms: number, isBusy: boolean): void {
    if (verdict === 'nothing' || epoch !== this.#epoch) return;
    if (verdict === 'refused') {
      this.#given = undefined;
      this.#halve();
      return;
    }
    this.#round.answers++;
    if (verdict === 'failed') this.#round.failed++;
    else {
      this.#round.ms += ms;
      if (isBusy) this.#grow();
    }
    if (this.#round.answers >= this.#round.size) this.#endRound();
  }

  /** As large as the limit is now: one that grew with it would not end. */
  #newRound() {
    return { size: Math.max(SMALLEST_ROUND, this.limit), answers: 0, failed: 0, ms: 0 };
  }

  #grow(): void {
    // Before the first round has ended there is nothing to compare with.
    const extraMs = this.#rounds === 0 ? 0 : this.#lastMs - this.#quickestMs - NOISE_MS;
    if (extraMs > 3 * this.#quickestMs) return;
    const isStart = this.#limit < this.#threshold && extraMs <= this.#quickestMs;
    this.#limit = Math.min(this.ceiling, this.#limit + (isStart ? 1 : 1 / this.#limit));
  }

  #endRound(): void {
    const { answers, failed, ms } = this.#round;
    if (answers > failed) this.#time(ms / (answers - failed));
    const part = failed / answers;
    const given = this.#given;
    this.#given = undefined;
    if (given !== undefined && part > given.part / 2) {
      this.#limit = Math.max(this.#limit, given.limit);
      this.#tolerated = Math.max(this.#tolerated, 1.5 * part);
    } else if (part > this.#tolerated) {
      this.#given = { limit: this.#limit, part };
      this.#halve();
    } else if (part <= TOLERATED / 2) {
      this.#tolerated = TOLERATED;
    }
    this.#round = this.#newRound();
  }

  #halve(): void {
    this.#epoch++;
    this.#limit = Math.max(this.#floor, this.#limit / 2);
    this.#threshold = Math.max(LOWEST_THRESHOLD, this.#limit);
    this.#round = this.#newRound();
  }

  #time(meanMs: number): void {
    this.#lastMs = meanMs;
    this.#quickestMs = Math.min(this.#quickestMs, meanMs);
    this.#nextQuickestMs = Math.min(this.#nextQuickestMs, meanMs);
    if (++this.#rounds % MEMORY !== 0) return;
    this.#quickestMs = this.#nextQuickestMs;
    this.#nextQuickestMs = Number.POSITIVE_INFINITY;
  }
}
