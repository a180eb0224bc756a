import { LostGroundError } from '../errors.ts';
import type { RedisClient } from '../redis/client.ts';
import { explainRedisError, type Remedies, remedyOf } from '../redis/explain-error.ts';
import { siblingKey } from '../redis/sibling-key.ts';
import { CHECK, CHECK_LATEST, CHECK_TRIM } from './redis-stream-scripts.ts';
import type { KeptStreamAddress } from './redis-stream-url.ts';

const REMEDIES: Remedies = {
  NOPERM:
    'the user may not write this stream; grant XADD, EVAL, EVALSHA, DEL, EXISTS, EXPIRE, HDEL, HMGET, HSET, LLEN, LRANGE, RPUSH, SADD, SMEMBERS and SREM on it and on `{stream}:*`, and what its options need, or use another user',
  OOM: 'its memory is used up; free some or raise maxmemory',
  WRONGTYPE: 'the key holds something else than a stream; choose another name',
};

/** Connects to the server of a stream. Failure: `LostGroundError` with its name and the remedy. */
export async function connectToStream(address: KeptStreamAddress, timeoutMs: number): Promise<RedisClient> {
  // Here and not above: who does not use Redis does not load its client.
  const { createRedisClient } = await import('../redis/client.ts');
  const connection = createRedisClient(address, timeoutMs, { socketTimeout: timeoutMs });
  const { client } = connection;
  try {
    await client.connect();
  } catch (cause) {
    client.disconnect();
    throw new LostGroundError(
      `cannot write ${address.name}: ${explainStreamError(connection.lastError ?? cause)}`,
    );
  }
  return connection;
}

/**
 * Selects the database, and asks for all that publishing to the stream of the address needs; leaves nothing there. Failure: that of
 * the client, for `explainStreamError`.
 */
export async function checkStream(
  client: RedisClient['client'],
  { db, stream, maxlen, latest }: KeptStreamAddress,
): Promise<void> {
  // Not left to the client's `db` option: it would go on in database 0 where this one does not exist.
  await client.select(db);
  await checkType(client, stream);
  await checkWritable(client, stream);
  const keys = [1, 2, 3].map((each) => siblingKey(stream, `check:${each}`));
  await CHECK.run(client, keys, []);
  if (latest !== undefined) await CHECK_LATEST.run(client, keys.slice(0, 2), []);
  if (maxlen !== undefined) await CHECK_TRIM.run(client, keys.slice(0, 1), []);
}

/** What went wrong and what helps, without arguments of commands. */
export function explainStreamError(error: unknown): string {
  const { message } = error as Error;
  return message.startsWith('GAP ') ? message.slice('GAP '.length) : explainRedisError(error, REMEDIES);
}

async function checkType(client: RedisClient['client'], stream: string): Promise<void> {
  const type = await client.type(stream).catch((error: Error) => {
    // A user may be allowed to write the stream and not to look at it.
    if (error.message.startsWith('NOPERM')) return 'none';
    throw error;
  });
  if (type !== 'none' && type !== 'stream') throw new Error('WRONGTYPE');
}

/** Tries to append under an id that no entry can have: refused for every reason a real one would be, then for this. */
async function checkWritable(client: RedisClient['client'], stream: string): Promise<void> {
  try {
    await client.xadd(stream, '0-0', 'type', 'check');
  } catch (error) {
    // Unknown refusals pass, a closed connection does not: better a late failure than a false alarm.
    if (remedyOf(error, REMEDIES) !== undefined || client.status !== 'ready') throw error;
  }
}
