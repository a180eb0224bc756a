import type { BlockHeader } from '../block.ts';
import type { BlockStore } from './block-store.ts';
import { openDiskStore } from './disk.ts';
import { noStore } from './none.ts';
import { openRedisStore } from './redis.ts';
import { tier } from './tiered.ts';

export interface CacheSettings {
  readonly noCache: boolean;
  readonly cacheDir: string;
  readonly cacheSize: number;
  /** A server that shares the cache with other machines, behind the disk of this one. */
  readonly cacheRedis?: string | undefined;
}

export interface OpenCacheOptions {
  /** Whether an entry of this machine is good enough not to ask the server for a later one. @default any entry is */
  readonly suffices?: (header: BlockHeader) => boolean;
}

/**
 * The store of a scan. A scan reads each symbol once, so memory in front of the disk would bring nothing.
 *
 * Failure: `ConfigError` for an address of a server that cannot be one. A folder that cannot be used and a server that
 * fails are told to `onTrouble`, and keep nothing.
 */
export function openCache(
  { noCache, cacheDir, cacheSize, cacheRedis }: CacheSettings,
  onTrouble: (error: unknown, doing: 'open' | 'read' | 'write') => void,
  { suffices = () => true }: OpenCacheOptions = {},
): BlockStore {
  if (noCache) return noStore;
  const redis = cacheRedis === undefined ? undefined : openRedisStore({ url: cacheRedis, onTrouble });
  try {
    const disk = openDiskStore({ dir: cacheDir, maxBytes: cacheSize });
    return redis === undefined ? disk : tier([disk, redis], { suffices, onTrouble });
  } catch (error) {
    onTrouble(error, 'open');
    return redis ?? noStore;
  }
}
