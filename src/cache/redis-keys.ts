import type { ChainableCommander } from 'ioredis';
import { BLOCK_HEADER_BYTES } from '../block.ts';
import type { StoreEntry } from '../types.ts';
import { batchesOf } from './batches.ts';
import type { RedisLink } from './redis-link.ts';

const KEYS_PER_SCAN = 1000;
const KEYS_PER_PIPELINE = 256;
const EMPTY = new Uint8Array();

/** The strings of a server whose keys start with `prefix`; keys are given and taken without it. Failure: `RedisTrouble`. */
export class RedisKeys {
  readonly #link: RedisLink;
  readonly #prefix: string;

  constructor(link: RedisLink, prefix: string) {
    this.#link = link;
    this.#prefix = prefix;
  }

  /** One command; `null` where there is no such key. */
  values(keys: readonly string[]): Promise<readonly (Buffer | null)[]> {
    return this.#link.run((client) => client.mgetBuffer(this.#physical(keys)));
  }

  /** The first 32 bytes of each; fewer where there are no more, none where there is no such key. */
  async headers(keys: readonly string[]): Promise<readonly Uint8Array[]> {
    const replies = await this.#pipeline(keys, (pipeline, key) =>
      pipeline.getrangeBuffer(key, 0, BLOCK_HEADER_BYTES - 1),
    );
    return replies.map((reply) => (reply instanceof Uint8Array ? reply : EMPTY));
  }

  async set(entries: readonly StoreEntry[], ttlSeconds: number): Promise<void> {
    const bytes = entries.map(({ series }) =>
      Buffer.from(series.buffer, series.byteOffset, series.byteLength),
    );
    await this.#pipeline(
      entries.map(({ key }) => key),
      (pipeline, key, index) => pipeline.set(key, bytes[index]!, 'EX', ttlSeconds),
    );
  }

  /** All keys that go on with `start`, each once, in batches. Holds: the keys. */
  async *scan(start = ''): AsyncGenerator<readonly string[]> {
    const pattern = `${(this.#prefix + start).replaceAll(/[*?[\]\\]/g, '\\$&')}*`;
    const seen = new Set<string>();
    let cursor = '0';
    do {
      const [next, found] = await this.#link.run((client) =>
        client.scan(cursor, 'MATCH', pattern, 'COUNT', KEYS_PER_SCAN),
      );
      cursor = next;
      // A scan of Redis may name a key more than once.
      const names = new Set(found.map((key) => key.slice(this.#prefix.length)));
      const fresh = [...names].filter((key) => !seen.has(key));
      for (const key of fresh) seen.add(key);
      if (fresh.length > 0) yield fresh;
    } while (cursor !== '0');
  }

  /** The length and the milliseconds left of each key, 0 where it stays for ever. */
  async lives(
    keys: readonly string[],
  ): Promise<readonly { readonly length: number; readonly leftMs: number }[]> {
    const lengths = await this.#pipeline(keys, (pipeline, key) => pipeline.strlen(key));
    const left = await this.#pipeline(keys, (pipeline, key) => pipeline.pttl(key));
    return keys.map((_key, index) => ({
      length: Number(lengths[index] ?? 0),
      leftMs: Math.max(0, Number(left[index])),
    }));
  }

  /** Resolves with how many were there. */
  remove(keys: readonly string[]): Promise<number> {
    if (keys.length === 0) return Promise.resolve(0);
    return this.#link.run((client) => client.unlink(this.#physical(keys)));
  }

  #physical(keys: readonly string[]): string[] {
    return keys.map((key) => this.#prefix + key);
  }

  /** The reply to one command a key; `undefined` where the key holds something else than a string. */
  async #pipeline(
    keys: readonly string[],
    add: (pipeline: ChainableCommander, key: string, index: number) => unknown,
  ): Promise<readonly unknown[]> {
    const replies: unknown[] = [];
    for (const { start, items } of batchesOf(this.#physical(keys), { count: KEYS_PER_PIPELINE })) {
      const batch = await this.#link.run(async (client) => {
        const pipeline = client.pipeline();
        for (const [index, key] of items.entries()) add(pipeline, key, start + index);
        const results = (await pipeline.exec()) ?? [];
        return results.map(([error, reply]) => {
          if (error !== null && !error.message.startsWith('WRONGTYPE')) throw error;
          return error === null ? reply : undefined;
        });
      });
      replies.push(...batch);
    }
    return replies;
  }
}
