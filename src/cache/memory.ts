import type { SeriesBytes, SeriesStore } from '../types.ts';

export interface MemoryStoreOptions {
  /** Bytes of series kept; beyond it the ones used longest ago go. @default 256 MiB */
  readonly maxBytes?: number;
}

/** Bytes that an entry costs beside its series: key, map slot, view. */
const ENTRY_BYTES = 200;

/**
 * Series in this process, for one that scans more than once.
 *
 * What is read is what was written, not a copy: nobody writes into a series once it is stored.
 * Failure: none. Holds: at most `maxBytes`.
 */
export function createMemoryStore({ maxBytes = 256 * 2 ** 20 }: MemoryStoreOptions = {}): SeriesStore {
  // A Map iterates in order of insertion: re-inserting on use makes its first key the one used longest ago.
  const entries = new Map<string, SeriesBytes>();
  let bytes = 0;

  const drop = (key: string) => {
    const series = entries.get(key);
    if (series === undefined) return;
    entries.delete(key);
    bytes -= series.byteLength + ENTRY_BYTES;
  };
  const keep = (key: string, series: SeriesBytes) => {
    drop(key);
    entries.set(key, series);
    bytes += series.byteLength + ENTRY_BYTES;
  };

  return {
    name: 'memory',
    async read(keys) {
      return keys.map((key) => {
        const series = entries.get(key);
        if (series !== undefined) keep(key, series);
        return series;
      });
    },
    async write(written) {
      for (const { key, series } of written) {
        // A view may stand on a batch's whole block: keeping it would keep the block.
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
