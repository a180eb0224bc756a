/** A place for a series. */
export interface Place {
  readonly buffer: SharedArrayBuffer;
  /** A multiple of 8. */
  readonly offset: number;
}

const BLOCK_BYTES = 2 ** 20;

/**
 * Room for series in shared memory, many of them in a block: a store that writes on another thread needs no copy of them, and
 * a block for each would cost more than filling it.
 *
 * Holds: the block that is being filled; a full one goes with the last series in it.
 */
export class SharedRoom {
  #block = new SharedArrayBuffer(0);
  #end = 0;

  /** Room for so many bytes, which are zero. */
  take(bytes: number): Place {
    if (this.#end + bytes > this.#block.byteLength) {
      this.#block = new SharedArrayBuffer(Math.max(BLOCK_BYTES, bytes));
      this.#end = 0;
    }
    const offset = this.#end;
    this.#end += (bytes + 7) & ~7;
    return { buffer: this.#block, offset };
  }
}
