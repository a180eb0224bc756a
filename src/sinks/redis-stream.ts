import type { ChainableCommander, Redis } from 'ioredis';
import { LostGroundError } from '../errors.ts';
import type { RedisClient } from '../redis/client.ts';
import { explainRedisError, type Remedies, remedyOf } from '../redis/explain-error.ts';
import type { RankedRow, Ranking, Sink } from '../types.ts';
import { parseRedisStreamUrl, type RedisStreamAddress } from './redis-stream-url.ts';

const ROWS_PER_PIPELINE = 500;

export interface RedisStreamOptions {
  /** `redis://[user:password@]host[:port]/database/stream`, or `rediss://…`. */
  readonly url: string;
  /** How long to wait for a connection, and for an answer. @default 10000 */
  readonly timeoutMs?: number;
}

const REMEDIES: Remedies = {
  NOPERM: 'the user may not write this stream; grant XADD on it or use another user',
  OOM: 'its memory is used up; free some or raise maxmemory',
  WRONGTYPE: 'the key holds something else than a stream; choose another name',
};

/**
 * Appends a ranking to a Redis stream: an entry a row, then a closing entry with the summary.
 *
 * Fields of a row: `type` = `ranked`, `scan`, `rank`, `symbol`, `data` = the row as JSON; of the closing entry: `type` =
 * `summary`, `scan`, `data`. A scan without its closing entry was cut off. `scan` and `symbol` identify a row: a reader
 * that has them already has seen a repetition. Nothing is trimmed: how long entries stay is for the stream's owner to say.
 *
 * Order: by rank. Failure: `LostGroundError` with the server and the stream, without credentials, and with the number
 * of rows that Redis had acknowledged; what was not is not sent again. Holds: 500 rows, sent and answered before the next.
 */
export function createRedisStream({ url, timeoutMs = 10_000 }: RedisStreamOptions): Sink {
  const address = parseRedisStreamUrl(url);
  const { name, stream } = address;
  let connection: RedisClient | undefined;

  const close = async () => {
    const open = connection;
    connection = undefined;
    await open?.client.quit().catch(() => {});
    open?.client.disconnect();
  };

  const open = async () => {
    connection ??= await connect(address, timeoutMs);
    const { client } = connection;
    try {
      // Not left to the client's `db` option: it would go on in database 0 where this one does not exist.
      await client.select(address.db);
      await checkType(client, stream);
      await checkWritable(client, stream);
    } catch (cause) {
      const reason = explain(connection.lastError ?? cause);
      await close();
      throw new LostGroundError(`cannot write ${name}: ${reason}`);
    }
    return connection;
  };

  return {
    name,
    async open() {
      await open();
    },
    async publish(ranking) {
      const established = connection ?? (await open());
      let acknowledged = 0;
      const send = async (pipeline: ChainableCommander, countsRows: boolean) => {
        const { answered, error } = await execute(pipeline);
        if (countsRows) acknowledged += answered;
        if (error === undefined) return;
        // The first command of a lost connection fails with the effect, the connection knows the cause.
        const reason = explain(established.lastError ?? error);
        // The next publication starts on a new connection.
        await close();
        throw new LostGroundError(
          `cannot write ${name}: ${reason} (${acknowledged} of ${ranking.length} rows were acknowledged)`,
        );
      };
      let pipeline = established.client.pipeline();
      for (const row of ranking.rows) {
        addRow(pipeline, stream, row);
        if (pipeline.length < ROWS_PER_PIPELINE) continue;
        await send(pipeline, true);
        pipeline = established.client.pipeline();
      }
      if (pipeline.length > 0) await send(pipeline, true);
      await send(addSummary(established.client.pipeline(), stream, ranking), false);
    },
    close,
  };
}

async function connect(address: RedisStreamAddress, timeoutMs: number): Promise<RedisClient> {
  // Here and not above: who does not use Redis does not load its client.
  const { createRedisClient } = await import('../redis/client.ts');
  const connection = createRedisClient(address, timeoutMs, { socketTimeout: timeoutMs });
  const { client } = connection;
  try {
    await client.connect();
  } catch (cause) {
    client.disconnect();
    throw new LostGroundError(`cannot write ${address.name}: ${explain(connection.lastError ?? cause)}`);
  }
  return connection;
}

async function checkType(client: Redis, stream: string): Promise<void> {
  const type = await client.type(stream).catch((error: Error) => {
    // A user may be allowed to write the stream and not to look at it.
    if (error.message.startsWith('NOPERM')) return 'none';
    throw error;
  });
  if (type !== 'none' && type !== 'stream') throw new Error('WRONGTYPE');
}

/** Tries to append under an id that no entry can have: refused for every reason a real one would be, then for this. */
async function checkWritable(client: Redis, stream: string): Promise<void> {
  try {
    await client.xadd(stream, '0-0', 'type', 'check');
  } catch (error) {
    // Unknown refusals pass, a closed connection does not: better a late failure than a false alarm.
    if (remedyOf(error, REMEDIES) !== undefined || client.status !== 'ready') throw error;
  }
}

function addRow(pipeline: ChainableCommander, stream: string, row: RankedRow): void {
  const { type, scan, rank, symbol } = row;
  pipeline.xadd(
    stream,
    '*',
    'type',
    type,
    'scan',
    scan,
    'rank',
    rank,
    'symbol',
    symbol,
    'data',
    JSON.stringify(row),
  );
}

function addSummary(pipeline: ChainableCommander, stream: string, { summary }: Ranking): ChainableCommander {
  const { type, scan } = summary;
  return pipeline.xadd(stream, '*', 'type', type, 'scan', scan, 'data', JSON.stringify(summary));
}

/** Sends, and counts the commands that Redis answered without an error. */
async function execute(pipeline: ChainableCommander): Promise<{ answered: number; error?: Error }> {
  try {
    const replies = (await pipeline.exec()) ?? [];
    const failed = replies.filter(([error]) => error !== null);
    const answered = replies.length - failed.length;
    return failed[0]?.[0] ? { answered, error: failed[0][0] } : { answered };
  } catch (error) {
    return { answered: 0, error: error as Error };
  }
}

function explain(error: unknown): string {
  if ((error as Error).message.startsWith('Socket timeout')) {
    return 'no answer in time; check the server and the network';
  }
  return explainRedisError(error, REMEDIES);
}
