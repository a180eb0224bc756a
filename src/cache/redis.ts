import { type BlockHeader, isHeaderIntact, isSealIntact, readBlockHeader } from '../block.ts';
import { parseRedisAddress } from '../redis/address.ts';
import { type Batch, batchesOf } from './batches.ts';
import { Breaker } from './breaker.ts';
import type { ManagedStore } from './managed-store.ts';
import { RedisKeys } from './redis-keys.ts';
import { createRedisLink } from './redis-link.ts';
import { RedisTrouble } from './redis-trouble.ts';
import { seal } from './seal.ts';
import { Tally } from './tally.ts';

export interface RedisStoreOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://…`. */
  readonly url: string;
  /** How long an entry stays. @default 14 days */
  readonly ttlSeconds?: number;
  /** How long one batch of commands may take, the connection included. @default 1000 */
  readonly timeoutMs?: number;
  /** Calls that fail in a row before the server is left alone. @default 3 */
  readonly failures?: number;
  /** How long it is left alone then. @default 10000 */
  readonly coolDownMs?: number;
  /** What all keys start with. */
  readonly prefix?: string;
  /** Told when the server fails, and not again before it was left alone and came back. */
  readonly onTrouble?: (error: RedisTrouble, doing: 'read' | 'write') => void;
}

export interface RedisStore extends ManagedStore {
  /** Calls that failed, and calls that were not tried since those before had failed. */
  readonly failed: number;
  readonly skipped: number;
}

/** Moves with the layout of a block. The braces keep all keys in one slot of a cluster, so that a batch is one command. */
const PREFIX = 'tapescan:v1:{cache}:';
const MGET = { count: 64 };
const PIPELINE = { count: 256, size: 2 ** 20 };
const BATCHES_IN_FLIGHT = 4;

/**
 * Blocks in a Redis server, shared by machines: one string a key, sealed as on disk.
 *
 * Failure: none of reading and writing. A server that is down, slow, full, read-only or refuses the password is an empty
 * store: `onTrouble` hears of it once, the batch that fails is the last of its call, and after a few such calls in a row
 * the server is left alone for a while: an outage costs a call at most `timeoutMs`, and most calls nothing. Refused writes leave reading alone. What is asked of the
 * `ManagedStore` rejects with `RedisTrouble`. Never a message with credentials.
 * Holds: nothing until the first call; then one connection, and the batches in flight, of 64 blocks each.
 */
export function openRedisStore({
  url,
  ttlSeconds = 14 * 86_400,
  timeoutMs = 1000,
  failures = 3,
  coolDownMs = 10_000,
  prefix = PREFIX,
  onTrouble = () => {},
}: RedisStoreOptions): RedisStore {
  const address = parseRedisAddress(url);
  const link = createRedisLink(address, timeoutMs);
  const entries = new RedisKeys(link, prefix);
  const reach = new Breaker({ failures, coolDownMs });
  const refusedWrites = new Breaker({ failures, coolDownMs });
  const reported = new Set<Breaker>();
  const counts = { damaged: 0, failed: 0, skipped: 0 };

  /** An entry's age is what is gone of its lifetime, which is taken to be this store's. */
  const storedAt = (leftMs: number) => Date.now() + leftMs - ttlSeconds * 1000;

  const succeed = (breaker: Breaker) => {
    if (breaker.isOpen) reported.delete(breaker);
    breaker.succeed();
  };
  const fail = (breaker: Breaker, error: RedisTrouble, doing: 'read' | 'write') => {
    counts.failed++;
    breaker.fail();
    if (reported.has(breaker)) return;
    reported.add(breaker);
    onTrouble(error, doing);
  };

  /** Runs the batches, or fewer where the server fails. */
  const attempt = async <T>(
    doing: 'read' | 'write',
    batches: readonly Batch<T>[],
    run: (batch: Batch<T>) => Promise<void>,
  ): Promise<void> => {
    if (batches.length === 0) return;
    const breakers = doing === 'write' ? [refusedWrites, reach] : [reach];
    if (!breakers.every((breaker) => breaker.pass())) {
      counts.skipped++;
      return;
    }
    try {
      await inFlight(batches, run);
      breakers.forEach(succeed);
    } catch (error) {
      if (!(error instanceof RedisTrouble)) throw error;
      if (doing === 'write' && error.isRefusal) {
        succeed(reach);
        fail(refusedWrites, error, doing);
      } else fail(reach, error, doing);
    }
  };

  const accept = (key: string, value: Buffer | null): Uint8Array | undefined => {
    if (value === null) return undefined;
    // A value is a part of what came over the wire: a copy stands alone, and can be viewed as columns.
    const bytes = new Uint8Array(value);
    if (isSealIntact(bytes, key)) return bytes;
    counts.damaged++;
    return undefined;
  };

  return {
    name: 'redis',
    get damaged() {
      return counts.damaged;
    },
    get failed() {
      return counts.failed;
    },
    get skipped() {
      return counts.skipped;
    },
    async read(keys) {
      const found = new Array<Uint8Array | undefined>(keys.length).fill(undefined);
      await attempt('read', batchesOf(keys, MGET), async ({ start, items }) => {
        const values = await entries.values(items);
        for (const [index, value] of values.entries()) found[start + index] = accept(items[index]!, value);
      });
      return found;
    },
    async coverage(keys) {
      const found = new Array<BlockHeader | undefined>(keys.length).fill(undefined);
      await attempt('read', batchesOf(keys, PIPELINE), async ({ start, items }) => {
        for (const [index, header] of (await entries.headers(items)).entries()) {
          if (header.byteLength === 0) continue;
          if (isHeaderIntact(header, items[index]!)) found[start + index] = readBlockHeader(header);
          else counts.damaged++;
        }
      });
      return found;
    },
    async write(written) {
      seal(written);
      const batches = batchesOf(written, PIPELINE, ({ series }) => series.byteLength);
      await attempt('write', batches, ({ items }) => entries.set(items, ttlSeconds));
    },
    async stats() {
      const tally = new Tally();
      for await (const keys of entries.scan()) {
        const headers = await entries.headers(keys);
        const lives = await entries.lives(keys);
        for (const [index, { length, leftMs }] of lives.entries()) {
          tally.add(headers[index]!, length, storedAt(leftMs));
        }
      }
      return tally.stats(counts.damaged);
    },
    async verify() {
      const damaged: string[] = [];
      let seen = 0;
      for await (const keys of entries.scan()) {
        seen += keys.length;
        for (const { items } of batchesOf(keys, MGET)) {
          const values = await entries.values(items);
          const bad = items.filter((key, index) => {
            const before = counts.damaged;
            accept(key, values[index]!);
            return counts.damaged > before;
          });
          await entries.remove(bad);
          damaged.push(...bad);
        }
      }
      return { entries: seen, damaged, startedAfresh: false };
    },
    async clear({ olderThan, keyPrefix } = {}) {
      let removed = 0;
      for await (const keys of entries.scan(keyPrefix)) {
        const lives = olderThan === undefined ? undefined : await entries.lives(keys);
        const old = lives ? keys.filter((_key, index) => storedAt(lives[index]!.leftMs) < olderThan!) : keys;
        removed += await entries.remove(old);
      }
      return removed;
    },
    async close() {
      link.close();
    },
  };
}

/** Runs a few at a time. After a failure none is started any more; it rejects when the last one has ended. */
async function inFlight<T>(
  batches: readonly Batch<T>[],
  run: (batch: Batch<T>) => Promise<void>,
): Promise<void> {
  const left = batches.values();
  let failure: { readonly error: unknown } | undefined;
  const lane = async () => {
    for (const batch of left) {
      if (failure !== undefined) return;
      try {
        await run(batch);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: BATCHES_IN_FLIGHT }, lane));
  if (failure !== undefined) throw failure.error;
}
