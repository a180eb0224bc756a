/** The only place that loads ioredis: who does not always use Redis imports it when it does. */
import { isIP } from 'node:net';
import { Redis, type RedisOptions, ReplyError } from 'ioredis';
import type { RedisServer } from './url.ts';

export interface RedisClient {
  readonly client: Redis;
  /** What ended the connection, or kept it from being made: commands only learn that it ended. */
  readonly lastError: Error | undefined;
}

/** Of the client's own options, those that differ with the use. */
type MoreOptions = Pick<
  RedisOptions,
  'db' | 'lazyConnect' | 'socketTimeout' | 'commandTimeout' | 'maxRetriesPerRequest' | 'retryStrategy'
>;

/**
 * A client that connects when it is told to, once, and needs no permission beyond those of its commands.
 *
 * `timeoutMs`: for connecting; `options` go before what is set here. Failure: none; `connect` and the commands reject.
 */
export function createRedisClient(
  { tls, host, port, username, password }: RedisServer,
  timeoutMs: number,
  options: MoreOptions = {},
): RedisClient {
  const client = new Redis({
    host,
    port,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    // Many servers behind one address are told apart by the name, which the client would not say by itself.
    ...(tls && { tls: isIP(host) === 0 ? { servername: host } : {} }),
    lazyConnect: true,
    connectTimeout: timeoutMs,
    retryStrategy: null,
    // Nothing is under way when it is let go: without this the process would linger for two seconds.
    disconnectTimeout: 100,
    // Both would need permissions of their own.
    enableReadyCheck: false,
    disableClientInfo: true,
    ...options,
  });
  let lastError: Error | undefined;
  // Without a listener it would end the process.
  client.on('error', (error) => {
    lastError = error;
  });
  return {
    client,
    get lastError() {
      return lastError;
    },
  };
}

/** Whether the server answered, and said no: the connection is sound. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ReplyError;
}
