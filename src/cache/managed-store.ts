import type { BlockKind } from '../block.ts';
import type { BlockStore } from './block-store.ts';

/** A store that outlives the process and is looked after by its owner. What is asked for here rejects where it fails. */
export interface ManagedStore extends BlockStore {
  /** Counts what is there. Reads headers only. */
  stats(): Promise<CacheStats>;
  /** Reads every entry and removes the damaged ones. */
  verify(): Promise<VerifyReport>;
  /** Removes entries, all without options, and resolves with how many. */
  clear(options?: ClearOptions): Promise<number>;
}

export interface CacheStats {
  readonly entries: number;
  /** Of the blocks, without what the store takes for itself. */
  readonly bytes: number;
  /** The same by kind. An entry that says no kind is in none. */
  readonly kinds: Readonly<Record<BlockKind, KindStats>>;
  /** When the first and the last of them were stored, epoch milliseconds; `undefined` where there is none. */
  readonly oldest: number | undefined;
  readonly newest: number | undefined;
  /** As the store's own count: what was met so far, not what is there. */
  readonly damaged: number;
}

export interface KindStats {
  readonly entries: number;
  readonly bytes: number;
}

export interface VerifyReport {
  /** Entries that were there. */
  readonly entries: number;
  /** Keys of those that were damaged, and are gone. */
  readonly damaged: readonly string[];
  /** Whether the whole store had to be started afresh: then all entries are gone. */
  readonly startedAfresh: boolean;
}

export interface ClearOptions {
  /** Only what was stored before, epoch milliseconds. */
  readonly olderThan?: number;
  /** Only keys that start so. */
  readonly keyPrefix?: string;
}
