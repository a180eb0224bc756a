import type { Redis } from 'ioredis';
import { LostGroundError } from '../../errors.ts';
import type { RedisAddress } from '../../redis/address.ts';
import type { RedisClient } from '../../redis/client.ts';
import { explainRedisError, type Remedies } from '../../redis/explain-error.ts';

/** A connection that is made when it is needed, and anew after it was lost. */
export interface Connection {
  /**
   * Runs commands on it.
   *
   * Failure: `LostGroundError` that names the server and the reason, without credentials. What was under way may have
   * been done or not.
   */
  run<T>(commands: (client: Redis) => Promise<T>): Promise<T>;
  /** Ends it at once and for good, with what is under way on it. */
  close(): void;
}

const REMEDIES: Remedies = {
  NOPERM:
    'the user may not do all that reading requests takes; grant XGROUP, XREADGROUP, XACK, XADD, XDEL and scripts on both streams',
  OOM: 'its memory is used up; free some or raise maxmemory',
  WRONGTYPE: 'the key holds something else than a stream; choose another name',
};

/** `timeoutMs`: for connecting; `answerMs`: for an answer. */
export function createConnection(address: RedisAddress, timeoutMs: number, answerMs: number): Connection {
  let current: Attempt | undefined;
  let isClosed = false;

  const drop = () => {
    current?.connection.client.disconnect();
    current = undefined;
  };

  return {
    async run(commands) {
      // Here and not above: who does not use Redis does not load its client.
      const { createRedisClient, isRefusal } = await import('../../redis/client.ts');
      if (isClosed) throw new LostGroundError(`${address.name} was closed`);
      current ??= connect(createRedisClient(address, timeoutMs, { socketTimeout: answerMs }), address.db);
      const attempt = current;
      const { connection, ready } = attempt;
      let isSound = false;
      try {
        await ready;
        isSound = true;
        return await commands(connection.client);
      } catch (error) {
        const isAnswer = isSound && isRefusal(error);
        if (!isAnswer && current === attempt) drop();
        // A command that finds no connection does not know why there is none.
        const cause = isAnswer ? error : (connection.lastError ?? error);
        throw new LostGroundError(`cannot read ${address.name}: ${explainRedisError(cause, REMEDIES)}`);
      }
    },
    close() {
      isClosed = true;
      drop();
    },
  };
}

interface Attempt {
  readonly connection: RedisClient;
  /** When commands may be sent: not before the database is chosen. */
  readonly ready: Promise<void>;
}

function connect(connection: RedisClient, db: number): Attempt {
  const { client } = connection;
  const ready = (async () => {
    await client.connect();
    // Not left to the client's `db` option: it would go on in database 0 where this one does not exist.
    if (db !== 0) await client.select(db);
  })();
  return { connection, ready };
}
