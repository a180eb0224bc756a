import type { SeriesStore } from '../types.ts';

/** A store that keeps nothing: every symbol is fetched. */
export const noStore: SeriesStore = {
  name: 'none',
  read: async (keys) => keys.map(() => undefined),
  write: async () => {},
  close: async () => {},
};
