import { LostGroundError } from '../errors.ts';
import type { Clock } from '../state/clock.ts';

const NOTHING = new Uint8Array();

/** What there is to be had: bytes, a pause in which nothing came, or the end. */
export type Arrival = 'bytes' | 'idle' | 'end';

/**
 * The bytes of an input, and the pauses between them.
 *
 * One chunk is read ahead of the one at hand: how long it took to come says whether there was a pause, and a reader
 * that is slow does not take its own time for one. Nothing is read before it is asked for, and no more than that: an
 * input that can be held back is.
 */
export class ChunkFeed {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #idleMs: number;
  readonly #clock: Clock;
  #bytes: Uint8Array = NOTHING;
  #ahead: Uint8Array | undefined;
  #isReading = false;
  #isIdle = false;
  #hasEnded = false;
  #failure: { readonly cause: unknown } | undefined;
  #cancelTimer = () => {};
  #changed = Promise.withResolvers<void>();

  /** `idleMs`: how long nothing must have come for a pause. */
  constructor(chunks: AsyncIterable<Uint8Array>, idleMs: number, clock: Clock) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#idleMs = idleMs;
    this.#clock = clock;
  }

  /** The bytes at hand; none before `arrival` says so. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Takes so many of the bytes at hand. */
  take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }

  /** Waits for bytes or the end; where `orIdle`, also for a pause, which is answered before what came after it. */
  async arrival(orIdle: boolean): Promise<Arrival> {
    for (;;) {
      if (this.#bytes.length > 0) return 'bytes';
      if (this.#isIdle && orIdle) return 'idle';
      if (this.#ahead !== undefined) {
        this.#bytes = this.#ahead;
        this.#ahead = undefined;
        this.#read();
        continue;
      }
      if (this.#failure !== undefined) throw this.#failure.cause;
      if (this.#hasEnded) return 'end';
      if (!this.#isReading) this.#read();
      await this.#changed.promise;
    }
  }

  /**
   * Lets go of the input; from here on there is nothing but a failure. A read under way is not waited for: it may
   * never end.
   */
  close(): void {
    this.#cancelTimer();
    this.#bytes = NOTHING;
    this.#ahead = undefined;
    // Not the end: what is cut short must not pass for whole.
    this.#failure ??= { cause: new LostGroundError('The input was closed') };
    this.#change();
    this.#chunks.return?.().catch(() => {});
  }

  #read(): void {
    if (this.#hasEnded || this.#failure !== undefined) return;
    this.#isReading = true;
    this.#isIdle = false;
    let isOver = false;
    this.#cancelTimer = this.#clock.after(this.#idleMs, () =>
      // One more look at the input: where this process was what was busy, the bytes are there already.
      setImmediate(() => {
        if (isOver) return;
        this.#isIdle = true;
        this.#change();
      }),
    );
    const finish = () => {
      isOver = true;
      this.#isReading = false;
      this.#cancelTimer();
      this.#change();
    };
    this.#chunks.next().then(
      ({ done, value }) => {
        if (done) this.#hasEnded = true;
        // Nothing comes after it was closed.
        else if (this.#failure === undefined) this.#ahead = value;
        finish();
      },
      (cause: unknown) => {
        this.#failure ??= { cause };
        finish();
      },
    );
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
