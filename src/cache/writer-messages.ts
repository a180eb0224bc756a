/** What a store and the thread that writes for it say to each other: an answer a request, in order. */
import type { StoreEntry } from '../types.ts';

/** What the thread is told when it starts. */
export interface WriterSetup {
  readonly file: string;
  readonly maxBytes: number;
}

/**
 * Entries for one transaction. Keys and numbers go to a thread in no time, where thousands of views would take longer than
 * storing what they show.
 */
export interface WriteRequest {
  /** Counts how often the store has started its file afresh: another one than before is another file. */
  readonly generation: number;
  readonly keys: readonly string[];
  /** For each key: which of the blocks its bytes are in, where they begin and how many they are. */
  readonly places: Uint32Array;
  /** The first one is the thread's own from then on; the others are in shared memory. */
  readonly blocks: readonly [ArrayBuffer, ...SharedArrayBuffer[]];
}

/** Entries on their way to a thread: what is in shared memory as it is, copies of all the rest in one block. */
export function packEntries(entries: readonly StoreEntry[]): Omit<WriteRequest, 'generation'> {
  const own = Buffer.allocUnsafeSlow(
    entries.reduce((sum, { series }) => sum + (sharedBlock(series) ? 0 : series.byteLength), 0),
  );
  const blocks: [ArrayBuffer, ...SharedArrayBuffer[]] = [own.buffer];
  const indices = new Map<SharedArrayBuffer, number>();
  const places = new Uint32Array(entries.length * 3);
  let end = 0;
  for (const [index, { series }] of entries.entries()) {
    const shared = sharedBlock(series);
    if (shared === undefined) {
      places.set([0, end, series.byteLength], index * 3);
      own.set(series, end);
      end += series.byteLength;
      continue;
    }
    let block = indices.get(shared);
    if (block === undefined) {
      block = blocks.push(shared) - 1;
      indices.set(shared, block);
    }
    places.set([block, series.byteOffset, series.byteLength], index * 3);
  }
  return { keys: entries.map(({ key }) => key), places, blocks };
}

/** The entries of a request, as views on its blocks. */
export function unpackEntries({ keys, places, blocks }: WriteRequest): StoreEntry[] {
  return keys.map((key, index) => {
    const [block, start, length] = places.subarray(index * 3, index * 3 + 3);
    return { key, series: new Uint8Array(blocks[block!]!, start!, length!) };
  });
}

function sharedBlock({ buffer }: Uint8Array): SharedArrayBuffer | undefined {
  return buffer instanceof SharedArrayBuffer ? buffer : undefined;
}

/** `damaged`: nothing can be stored in this file any more, and somebody has to start another one. */
export type WriteAnswer =
  | { readonly kind: 'stored' }
  | { readonly kind: 'damaged' | 'failed'; readonly error: unknown };

/** Instead of a request: the thread ends. */
export const END = null;
