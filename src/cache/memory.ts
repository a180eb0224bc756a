import { type BlockHeader, type BlockKind, readBlockHeader } from '../block.ts';
import type { BlockStore } from './block-store.ts';
import { seal } from './seal.ts';

export interface MemoryStoreOptions {
  /** Bytes of blocks kept; beyond it the ones used longest ago go. @default 256 MiB */
  readonly maxBytes?: number;
  /** The kinds of blocks that are kept. @default all, and what is no block */
  readonly kinds?: readonly BlockKind[];
}

interface Kept {
  readonly block: Uint8Array;
  /** Read once: a scan that finds everything asks for every header, and for nothing else twice. */
  readonly header: BlockHeader | undefined;
}

/** Bytes that an entry costs beside its block: key, map slot, view. */
const ENTRY_BYTES = 200;

/**
 * Blocks in this process, for one that scans more than once.
 *
 * What is read is what was written, not a copy: nobody writes into a block once it is stored.
 * Failure: none. Holds: at most `maxBytes`.
 */
export function createMemoryStore({ maxBytes = 256 * 2 ** 20, kinds }: MemoryStoreOptions = {}): BlockStore {
  // A Map iterates in order of insertion: re-inserting on use makes its first key the one used longest ago.
  const entries = new Map<string, Kept>();
  let bytes = 0;

  const drop = (key: string) => {
    const kept = entries.get(key);
    if (kept === undefined) return;
    entries.delete(key);
    bytes -= kept.block.byteLength + ENTRY_BYTES;
  };
  const keep = (key: string, kept: Kept) => {
    entries.set(key, kept);
    bytes += kept.block.byteLength + ENTRY_BYTES;
  };

  return {
    name: 'memory',
    // Nothing is checked here: what damages a block in memory damages the program with it.
    damaged: 0,
    async read(keys) {
      return keys.map((key) => {
        const kept = entries.get(key);
        if (kept === undefined) return undefined;
        entries.delete(key);
        entries.set(key, kept);
        return kept.block;
      });
    },
    async coverage(keys) {
      return keys.map((key) => entries.get(key)?.header);
    },
    async write(written) {
      for (const { key, series } of written) {
        // Also what is not kept takes the place of what was: it is later.
        drop(key);
        const kind = readBlockHeader(series)?.kind;
        if (kinds !== undefined && (kind === undefined || !kinds.includes(kind))) continue;
        if (kind !== undefined) seal([{ key, series }]);
        const header = readBlockHeader(series);
        // A view may stand on a batch's whole block: keeping it would keep all of that.
        keep(key, {
          block: series.byteLength === series.buffer.byteLength ? series : new Uint8Array(series),
          header,
        });
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
