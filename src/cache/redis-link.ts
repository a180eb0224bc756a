import type { Redis } from 'ioredis';
import type { RedisAddress } from '../redis/address.ts';
import type { RedisClient } from '../redis/client.ts';
import { RedisTrouble } from './redis-trouble.ts';

/** A connection to a Redis server that is made when it is needed, and made anew after it was lost. */
export interface RedisLink {
  /**
   * Runs a batch of commands.
   *
   * Failure: `RedisTrouble`, after the time limit at the latest; a connection that failed is let go, with all that is
   * under way on it.
   */
  run<T>(batch: (client: Redis) => Promise<T>): Promise<T>;
  close(): void;
}

interface Connection {
  readonly client: Promise<Redis>;
  readonly isLost: boolean;
  /** What ended it: commands only learn that it ended. */
  readonly lastError: Error | undefined;
  drop(): void;
}

/** `timeoutMs`: for connecting and the answers to one batch together. */
export function createRedisLink(address: RedisAddress, timeoutMs: number): RedisLink {
  let current: Connection | undefined;

  return {
    async run(batch) {
      // Here and not above: who does not use Redis does not load its client. Not on the clock either.
      const { createRedisClient, isRefusal } = await import('../redis/client.ts');
      if (current === undefined || current.isLost) {
        current = connect(createRedisClient(address, timeoutMs), address.db);
      }
      const connection = current;
      const deadline = startDeadline(timeoutMs, address.name);
      let isConnected = false;
      const work = connection.client.then((client) => {
        isConnected = true;
        return batch(client);
      });
      try {
        return await Promise.race([work, deadline.passed]);
      } catch (error) {
        const refused = isConnected && isRefusal(error);
        if (!refused) connection.drop();
        throw RedisTrouble.from(refused ? error : (connection.lastError ?? error), address.name, refused);
      } finally {
        deadline.clear();
      }
    },
    close() {
      current?.drop();
      current = undefined;
    },
  };
}

function connect(connection: RedisClient, db: number): Connection {
  const { client } = connection;
  let isLost = false;
  let isDropped = false;
  client.on('close', () => {
    isLost = true;
  });
  const ready = (async () => {
    await client.connect();
    // Not left to the client's `db` option: it would go on in database 0 where this one does not exist.
    if (db !== 0) await client.select(db);
    return client;
  })();
  // Whoever runs a batch learns of it; where the deadline was faster, nobody asks.
  ready.catch(() => {});
  return {
    client: ready,
    get isLost() {
      return isLost;
    },
    get lastError() {
      return connection.lastError;
    },
    drop() {
      isLost = true;
      // All that is under way on a connection fails with it, and comes here.
      if (!isDropped) client.disconnect();
      isDropped = true;
    },
  };
}

function startDeadline(
  timeoutMs: number,
  name: string,
): { readonly passed: Promise<never>; readonly clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_resolve, reject) => {
    const expire = () => reject(new RedisTrouble(`${name}: no answer within ${timeoutMs} ms`));
    // One more look at the socket: where this process was what was busy, the answer is there already.
    timer = setTimeout(() => setImmediate(expire), timeoutMs);
  });
  return { passed, clear: () => clearTimeout(timer) };
}
