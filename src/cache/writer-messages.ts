/** What a store and the thread that writes for it say to each other: an answer a request, in order. */
import type { StoreEntry } from '../types.ts';

/** What the thread is told when it starts. */
export interface WriterSetup {
  readonly file: string;
  readonly maxBytes: number;
}

/** Entries for one transaction. Their bytes are the thread's own from then on, or are in shared memory. */
export interface WriteRequest {
  /** Counts how often the store has started its file afresh: another one than before is another file. */
  readonly generation: number;
  readonly entries: readonly StoreEntry[];
}

/** `damaged`: nothing can be stored in this file any more, and somebody has to start another one. */
export type WriteAnswer =
  | { readonly kind: 'stored' }
  | { readonly kind: 'damaged' | 'failed'; readonly error: unknown };

/** Instead of a request: the thread ends. */
export const END = null;
