import { BLOCK_MAGICS, type BlockKind, readBlockHeader } from '../block.ts';
import type { CacheStats } from './managed-store.ts';

/** Adds up the entries of a store. */
export class Tally {
  #entries = 0;
  #bytes = 0;
  #oldest = Number.POSITIVE_INFINITY;
  #newest = Number.NEGATIVE_INFINITY;
  readonly #kinds: Record<BlockKind, { entries: number; bytes: number }>;

  constructor() {
    const none = Object.keys(BLOCK_MAGICS).map((kind) => [kind, { entries: 0, bytes: 0 }]);
    this.#kinds = Object.fromEntries(none);
  }

  /** `stored` in epoch milliseconds. */
  add(header: Uint8Array, bytes: number, stored: number): void {
    this.#entries++;
    this.#bytes += bytes;
    this.#oldest = Math.min(this.#oldest, stored);
    this.#newest = Math.max(this.#newest, stored);
    const kind = readBlockHeader(header)?.kind;
    if (kind === undefined) return;
    this.#kinds[kind].entries++;
    this.#kinds[kind].bytes += bytes;
  }

  stats(damaged: number): CacheStats {
    const isEmpty = this.#entries === 0;
    return {
      entries: this.#entries,
      bytes: this.#bytes,
      kinds: this.#kinds,
      oldest: isEmpty ? undefined : this.#oldest,
      newest: isEmpty ? undefined : this.#newest,
      damaged,
    };
  }
}
