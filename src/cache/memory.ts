import { readBlockHeader } from '../block.ts';
import { stampSessions } from '../series.ts';
import type { BlockStore } from './block-store.ts';

export interface MemoryStoreOptions {
  /** Bytes of blocks kept; beyond it the ones used longest ago go. @default 256 MiB */
  readonly maxBytes?: number;
}

/** Bytes that an entry costs beside its block: key, map slot, view. */
const ENTRY_BYTES = 200;

/**
 * Blocks in this process, for one that scans more than once.
 *
 * What is read is what was written, not a copy: nobody writes into a block once it is stored.
 * Failure: none. Holds: at most `maxBytes`.
 */
export function createMemoryStore({ maxBytes = 256 * 2 ** 20 }: MemoryStoreOptions = {}): BlockStore {
  // A Map iterates in order of insertion: re-inserting on use makes its first key the one used longest ago.
  const entries = new Map<string, Uint8Array>();
  let bytes = 0;

  const drop = (key: string) => {
    const block = entries.get(key);
    if (block === undefined) return;
    entries.delete(key);
    bytes -= block.byteLength + ENTRY_BYTES;
  };
  const keep = (key: string, block: Uint8Array) => {
    drop(key);
    entries.set(key, block);
    bytes += block.byteLength + ENTRY_BYTES;
  };

  return {
    name: 'memory',
    // Nothing is checked here: what damages a block in memory damages the program with it.
    damaged: 0,
    async read(keys) {
      return keys.map((key) => {
        const block = entries.get(key);
        if (block !== undefined) keep(key, block);
        return block;
      });
    },
    async coverage(keys) {
      return keys.map((key) => {
        const block = entries.get(key);
        return block && readBlockHeader(block);
      });
    },
    async write(written) {
      for (const { key, series } of written) {
        stampSessions(series);
        // A view may stand on a batch's whole block: keeping it would keep all of that.
        keep(key, series.byteLength === series.buffer.byteLength ? series : series.slice());
      }
      for (const key of entries.keys()) {
        if (bytes <= maxBytes) break;
        drop(key);
      }
    },
    async close() {
      entries.clear();
      bytes = 0;
    },
  };
}
