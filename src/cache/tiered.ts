import type { SeriesBytes, SeriesStore, StoreEntry } from '../types.ts';

/**
 * Stores from fast to slow as one: a read asks the next tier only for what the earlier ones lack, and brings it up;
 * a write goes to all.
 *
 * Failure: the first tier's that fails. Holds: nothing of its own.
 */
export function tier(stores: readonly [SeriesStore, ...SeriesStore[]]): SeriesStore {
  const [first, ...rest] = stores;
  const [second, ...further] = rest;
  if (second === undefined) return first;
  const below = tier([second, ...further]);
  return {
    name: stores.map(({ name }) => name).join(' + '),
    async read(keys) {
      const found: (SeriesBytes | undefined)[] = [...(await first.read(keys))];
      const lacking = keys.flatMap((_key, index) => (found[index] === undefined ? [index] : []));
      if (lacking.length === 0) return found;
      const lower = await below.read(lacking.map((index) => keys[index]!));
      const raised: StoreEntry[] = [];
      for (const [position, index] of lacking.entries()) {
        const series = lower[position];
        if (series === undefined) continue;
        found[index] = series;
        raised.push({ key: keys[index]!, series });
      }
      if (raised.length > 0) await first.write(raised);
      return found;
    },
    async write(entries) {
      await first.write(entries);
      await below.write(entries);
    },
    async close() {
      await first.close();
      await below.close();
    },
  };
}
