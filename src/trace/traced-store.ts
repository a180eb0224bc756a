import type { BlockStore } from '../cache/block-store.ts';
import type { SeriesBytes } from '../types.ts';
import type { Tracer } from './tracer.ts';

/** A store whose reads and writes are told to a tracer. Order, failure and holding are the store's. */
export function tracedStore(store: BlockStore, tracer: Tracer): BlockStore {
  return {
    name: store.name,
    get damaged() {
      return store.damaged;
    },
    async read(keys) {
      const end = tracer.begin('store read', 'read', { keys: keys.length });
      let found: readonly (SeriesBytes | undefined)[] = [];
      try {
        found = await store.read(keys);
        return found;
      } finally {
        end({ bytes: found.reduce((sum, series) => sum + (series?.byteLength ?? 0), 0) });
      }
    },
    async coverage(keys) {
      const end = tracer.begin('store read', 'coverage', { keys: keys.length });
      return store.coverage(keys).finally(end);
    },
    async write(entries) {
      const end = tracer.begin('store write', 'write', {
        entries: entries.length,
        bytes: entries.reduce((sum, { series }) => sum + series.byteLength, 0),
      });
      return store.write(entries).finally(end);
    },
    close: () => store.close(),
  };
}
