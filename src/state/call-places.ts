/** A place that a call takes while it is under way. */
export interface Place {
  readonly isAgain: boolean;
  /** Answers that had come when it was taken. */
  readonly answersBefore: number;
}

/** Answers, in multiples of the calls under way, after which a call without its own has been overtaken. */
const OVERTAKEN = 4;

/**
 * The places for calls under way, within a limit that moves and a ceiling that does not.
 *
 * A symbol that never answers must not hold a place that others need. So a call counts towards the limit only until
 * it is overtaken, which is when four times as many answers have come as calls may be under way; towards the ceiling
 * it counts to its end. No clock tells that: where all calls are slow, nobody is overtaken. And symbols that have failed
 * before get a quarter of the limit while others wait, and never more than three quarters of the ceiling.
 *
 * Holds: a place for each call under way.
 */
export class CallPlaces {
  readonly #ceiling: number;
  /** Those that count towards the limit, the earliest first. */
  readonly #counted = new Set<Place>();
  #taken = 0;
  #again = 0;
  #againCounted = 0;
  #answers = 0;

  constructor(ceiling: number) {
    this.#ceiling = ceiling;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Whether half of the limit is in use, or more. */
  isBusy(limit: number): boolean {
    return this.#counted.size * 2 >= limit;
  }

  /** Whether there is a place for one more call. */
  hasPlace(limit: number): boolean {
    if (this.#taken >= this.#ceiling) return false;
    while (this.#counted.size >= limit) {
      const [earliest] = this.#counted;
      if (earliest === undefined || !this.#isOvertaken(earliest, limit)) return false;
      this.#discount(earliest);
    }
    return true;
  }

  /** Whether it may go to a symbol that has failed before; `othersWait` for their first call. */
  mayGoAgain(limit: number, othersWait: boolean): boolean {
    if (this.#again >= Math.max(1, this.#ceiling * 0.75)) return false;
    return !othersWait || this.#againCounted < Math.max(1, limit / 4);
  }

  take(isAgain: boolean): Place {
    const place = { isAgain, answersBefore: this.#answers };
    this.#counted.add(place);
    this.#taken++;
    if (isAgain) {
      this.#again++;
      this.#againCounted++;
    }
    return place;
  }

  /** The call has ended; `isAnswer` where it was the provider that ended it. Returns whether it was overtaken. */
  leave(place: Place, isAnswer: boolean, limit: number): boolean {
    this.#discount(place);
    this.#taken--;
    if (place.isAgain) this.#again--;
    if (isAnswer) this.#answers++;
    return this.#isOvertaken(place, limit);
  }

  #isOvertaken({ answersBefore }: Place, limit: number): boolean {
    return this.#answers - answersBefore >= OVERTAKEN * limit;
  }

  #discount(place: Place): void {
    if (this.#counted.delete(place) && place.isAgain) this.#againCounted--;
  }
}
