import { type BlockHeader, readBlockHeader } from '../block.ts';
import type { BlockStore } from '../cache/block-store.ts';
import type { SeriesBytes } from '../types.ts';

/**
 * A store with what was just brought in front of it: handed out once, from memory, and then the store's own.
 *
 * What is brought is on its way into the store: a scan does not wait for that, nor for reading it back.
 * Holds: the series that nobody has read yet, and the headers that were noted and not asked for.
 */
export interface BroughtStore extends BlockStore {
  /** Puts a series in front of the store. */
  bring(key: string, series: SeriesBytes): void;
  /** Notes the header of what the store has: whoever asks for it next need not ask the store once more. */
  note(key: string, header: BlockHeader): void;
  /** Series that were handed out of what was brought. */
  readonly handedOut: number;
}

export function withBrought(
  store: BlockStore,
  onStoreError: (error: unknown, doing: 'read') => void = () => {},
): BroughtStore {
  const brought = new Map<string, SeriesBytes>();
  const noted = new Map<string, BlockHeader>();
  let handedOut = 0;
  return {
    name: store.name,
    get damaged() {
      return store.damaged;
    },
    get handedOut() {
      return handedOut;
    },
    bring(key, series) {
      noted.delete(key);
      brought.set(key, series);
    },
    note(key, header) {
      noted.set(key, header);
    },
    async read(keys) {
      const own = keys.map((key) => {
        noted.delete(key);
        return brought.get(key);
      });
      const lacking = keys.filter((_key, index) => own[index] === undefined);
      for (const [index, key] of keys.entries()) {
        if (own[index] === undefined) continue;
        brought.delete(key);
        handedOut++;
      }
      if (lacking.length === 0) return own;
      try {
        const below = (await store.read(lacking)).values();
        return own.map((series) => series ?? below.next().value);
      } catch (error) {
        // What was brought is there all the same.
        if (lacking.length === keys.length) throw error;
        onStoreError(error, 'read');
        return own;
      }
    },
    async coverage(keys) {
      const own = keys.map((key) => {
        const series = brought.get(key);
        if (series !== undefined) return readBlockHeader(series);
        const header = noted.get(key);
        noted.delete(key);
        return header;
      });
      const lacking = keys.filter((_key, index) => own[index] === undefined);
      if (lacking.length === 0) return own;
      const below = (await store.coverage(lacking)).values();
      return own.map((header) => header ?? below.next().value);
    },
    write: (entries) => store.write(entries),
    close: () => store.close(),
  };
}
