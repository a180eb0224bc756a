import type { SeriesStore } from '../types.ts';
import { openDiskStore } from './disk.ts';
import { noStore } from './none.ts';

export interface CacheSettings {
  readonly noCache: boolean;
  readonly cacheDir: string;
  readonly cacheSize: number;
}

/**
 * The store of a scan. A scan reads each symbol once, so memory in front of the disk would bring nothing.
 *
 * Failure: none; where the folder cannot be used, `onError` is told and nothing is kept.
 */
export function openCache(
  { noCache, cacheDir, cacheSize }: CacheSettings,
  onError: (error: unknown) => void,
): SeriesStore {
  if (noCache) return noStore;
  try {
    return openDiskStore({ dir: cacheDir, maxBytes: cacheSize });
  } catch (error) {
    onError(error);
    return noStore;
  }
}
