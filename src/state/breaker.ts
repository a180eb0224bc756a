import { type Clock, systemClock } from './clock.ts';

export interface BreakerOptions {
  /** Calls that are looked back at. @default 100 */
  readonly window?: number;
  /** Calls before anything is concluded. @default 50 */
  readonly minimum?: number;
  /** The part of them that fails, from which on the provider is in trouble, 0 to 1. @default 0.8 */
  readonly bound?: number;
  /** Milliseconds until it is tried again; twice as long each time in a row. @default 1000 */
  readonly coolDownMs?: number;
  /** Longest such wait. @default 30_000 */
  readonly capMs?: number;
  /** Milliseconds in trouble, from which on a probe that fails calls `onLost`. @default 120_000 */
  readonly patienceMs?: number;
  /** Told once that the provider has been in trouble for longer than `patienceMs`. */
  readonly onLost?: (troubleMs: number) => void;
  readonly clock?: Clock;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/** The part of the calls that may fail of a provider that is well. */
const WELL = 0.1;
/** Calls over which that part is averaged: some dead symbols in a row are no trouble. */
const MEMORY = 500;

/**
 * A circuit breaker (Nygard, Release It!, 2007) for one provider. Open, it makes calls wait; it fails none of them.
 *
 * It opens where `bound` of the last `window` calls failed, if the provider answered ever: one that never did is not
 * in trouble but wrong, and waiting would only hide it. After the cool-down one call goes as a probe: an answer
 * closes it, a failure opens it again for twice as long. Calls that were under way when it opened say nothing any more.
 * Holds: a byte for each call looked back at.
 */
export class Breaker {
  readonly #options: Required<BreakerOptions>;
  /** 1 for a failure, in a ring. */
  readonly #recent: Uint8Array;
  #calls = 0;
  #failures = 0;
  /** The part that fails, the last calls weighing most. */
  #failing = 0;
  #seen = 0;
  #hasAnswered = false;
  #ticket = 0;
  #isProbing = false;
  #openUntil: number | undefined;
  #coolDownMs: number;
  #troubleSince = 0;
  #isLost = false;

  constructor({
    window = 100,
    minimum = 50,
    bound = 0.8,
    coolDownMs = 1000,
    capMs = 30_000,
    patienceMs = 120_000,
    onLost = () => {},
    clock = systemClock,
  }: BreakerOptions = {}) {
    this.#options = { window, minimum, bound, coolDownMs, capMs, patienceMs, onLost, clock };
    this.#recent = new Uint8Array(window);
    this.#coolDownMs = coolDownMs;
  }

  get state(): BreakerState {
    if (this.#openUntil === undefined) return 'closed';
    return this.#isProbing || this.#options.clock.now() >= this.#openUntil ? 'half-open' : 'open';
  }

  /** Milliseconds until a call may start: 0 at once, infinite until the probe that is under way has its result. */
  get waitMs(): number {
    if (this.#openUntil === undefined) return 0;
    if (this.#isProbing) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#openUntil - this.#options.clock.now());
  }

  /** Whether the provider answers nearly all calls, and has for a while: what fails then fails by itself. */
  get isWell(): boolean {
    return this.#openUntil === undefined && this.#seen >= this.#options.minimum && this.#failing <= WELL;
  }

  /** A call starts, where `waitMs` is 0. Returns the ticket that its result is to come with. */
  start(): number {
    if (this.#openUntil !== undefined) this.#isProbing = true;
    return this.#ticket;
  }

  /** Takes the result of a call: whether the provider failed, or `undefined` where that was not seen. */
  settle(ticket: number, hasFailed: boolean | undefined): void {
    if (ticket !== this.#ticket) return;
    if (this.#isProbing) {
      this.#isProbing = false;
      if (hasFailed === true) this.#reopen();
      else if (hasFailed === false) this.#close();
      return;
    }
    if (hasFailed === undefined || this.#openUntil !== undefined) return;
    if (!hasFailed) this.#hasAnswered = true;
    this.#failing += (Number(hasFailed) - this.#failing) / Math.min(++this.#seen, MEMORY);
    const { length } = this.#recent;
    const place = this.#calls++ % length;
    this.#failures += Number(hasFailed) - this.#recent[place]!;
    this.#recent[place] = Number(hasFailed);
    const { minimum, bound } = this.#options;
    if (!this.#hasAnswered || !hasFailed || this.#calls < minimum) return;
    if (this.#failures >= bound * Math.min(this.#calls, length)) this.#open();
  }

  #open(): void {
    const { clock, coolDownMs } = this.#options;
    this.#troubleSince = clock.now();
    this.#coolDownMs = coolDownMs;
    this.#wait();
  }

  #reopen(): void {
    const { clock, capMs, patienceMs, onLost } = this.#options;
    this.#coolDownMs = Math.min(capMs, this.#coolDownMs * 2);
    this.#wait();
    const troubleMs = clock.now() - this.#troubleSince;
    if (this.#isLost || troubleMs < patienceMs) return;
    this.#isLost = true;
    onLost(troubleMs);
  }

  #wait(): void {
    this.#openUntil = this.#options.clock.now() + this.#coolDownMs;
    this.#ticket++;
  }

  #close(): void {
    this.#openUntil = undefined;
    this.#recent.fill(0);
    this.#calls = 0;
    this.#failures = 0;
  }
}
