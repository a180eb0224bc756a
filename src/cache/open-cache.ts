import type { BlockHeader } from '../block.ts';
import type { BlockStore } from './block-store.ts';
import { openDiskStore } from './disk.ts';
import { createMemoryStore } from './memory.ts';
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
  /** Bytes of series kept in this process, for one that scans more than once; 0 for none. @default 0 */
  readonly memoryBytes?: number;
}

/**
 * The store of a scan, or of all scans of a process. A scan reads each symbol once: memory in front of the disk is for the
 * next one. What it holds counts as long as it `suffices`: until then, nobody looks whether another process has stored
 * something else under the same key, or taken it out.
 *
 * Failure: `ConfigError` for an address of a server that cannot be one. A folder that cannot be used and a server that
 * fails are told to `onTrouble`, and keep nothing.
 */
export function openCache(
  { noCache, cacheDir, cacheSize, cacheRedis }: CacheSettings,
  onTrouble: (error: unknown, doing: 'open' | 'read' | 'write') => void,
  { suffices = () => true, memoryBytes = 0 }: OpenCacheOptions = {},
): BlockStore {
  if (noCache) return noStore;
  const stores: BlockStore[] = [];
  // Whole sessions are read once and made into series.
  if (memoryBytes > 0) stores.push(createMemoryStore({ maxBytes: memoryBytes, kinds: ['series', 'splits'] }));
  const redis = cacheRedis === undefined ? undefined : openRedisStore({ url: cacheRedis, onTrouble });
  try {
    stores.push(openDiskStore({ dir: cacheDir, maxBytes: cacheSize }));
  } catch (error) {
    onTrouble(error, 'open');
  }
  if (redis !== undefined) stores.push(redis);
  const [first, ...others] = stores;
  if (first === undefined) return noStore;
  return others.length === 0 ? first : tier([first, ...others], { suffices, onTrouble });
}
