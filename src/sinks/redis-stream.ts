import { createHash } from 'node:crypto';
import { LostGroundError } from '../errors.ts';
import type { RedisClient } from '../redis/client.ts';
import { explainRedisError, type Remedies, remedyOf } from '../redis/explain-error.ts';
import type { RankedRow, Sink, Summary } from '../types.ts';
import { APPEND_CLOSING, APPEND_ROWS, CHECK_LATEST, TRIM } from './redis-stream-scripts.ts';
import { parseRedisStreamUrl, type RedisStreamAddress } from './redis-stream-url.ts';

type Redis = RedisClient['client'];

const ROWS_PER_CALL = 500;
/** How long it is known what was appended of a ranking: so long it can be sent again. */
const COUNT_SECONDS = 7 * 86_400;
/** How long the next `latest` may take between two calls, and stays where it is never finished. */
const GATHERING_SECONDS = 3600;
/** Entries that a lagging group can keep, in multiples of `maxlen`. */
const HARD_BOUND = 10;

export interface RedisStreamOptions {
  /** `redis://[user:password@]host[:port]/database/stream[?maxlen=N&latest=NAME]`, or `rediss://…`. */
  readonly url: string;
  /** How long to wait for a connection, and for an answer. @default 10000 */
  readonly timeoutMs?: number;
  /** Told how many entries were trimmed that a group had not acknowledged: the group was ten times `maxlen` behind. */
  readonly onLost?: (entries: number) => void;
}

const REMEDIES: Remedies = {
  NOPERM:
    'the user may not write this stream; grant XADD, EVAL, EVALSHA, GET and SET on it and on `{stream}:*`, and what its options need, or use another user',
  OOM: 'its memory is used up; free some or raise maxmemory',
  WRONGTYPE: 'the key holds something else than a stream; choose another name',
};

/**
 * Appends a ranking to a Redis stream: an entry a row, then a closing entry with the summary.
 *
 * Fields of a row: `type` = `ranked`, `scan`, `rank`, `symbol`, `data` = the row as JSON; of the closing entry: `type` =
 * `summary`, `scan`, `data`. A scan without its closing entry was cut off, or is being written. The address says what is
 * trimmed, and where the latest ranking is kept by itself (`parseRedisStreamUrl`).
 *
 * A ranking can be published again, whatever became of it: what was appended is counted in `{stream}:published:<digest of
 * the summary>`, in one step with the entries, and not appended twice, by this process or another one, for seven days. A Redis
 * that loses the count and keeps the stream (it evicts keys) would have it twice.
 *
 * Order: by rank. Failure: `LostGroundError` with the server and the stream, without credentials, and with the number
 * of rows that Redis had acknowledged; publishing again goes on behind the last one that arrived. Holds: 500 rows, sent and
 * answered before the next; in Redis, a ranking twice where the latest is kept.
 */
export function createRedisStream({ url, timeoutMs = 10_000, onLost = () => {} }: RedisStreamOptions): Sink {
  const address = parseRedisStreamUrl(url);
  const { name, stream, maxlen, latest } = address;
  let connection: RedisClient | undefined;

  const drop = () => {
    connection?.client.disconnect();
    connection = undefined;
  };
  const trim = async (client: Redis) => {
    if (maxlen === undefined) return;
    const lost = (await TRIM.run(client, [stream], [maxlen, HARD_BOUND * maxlen])) as number;
    if (lost > 0) onLost(lost);
  };
  const open = async () => {
    connection ??= await connect(address, timeoutMs);
    const { client } = connection;
    try {
      // Not left to the client's `db` option: it would go on in database 0 where this one does not exist.
      await client.select(address.db);
      await checkType(client, stream);
      await checkWritable(client, stream);
      const check = siblingKey(stream, 'check');
      await APPEND_ROWS.run(client, [stream, check], [1, 1, '', 1]);
      if (latest !== undefined) await CHECK_LATEST.run(client, [`${check}:1`, `${check}:2`], []);
      await trim(client);
    } catch (cause) {
      const reason = explain(connection.lastError ?? cause);
      drop();
      throw new LostGroundError(`cannot write ${name}: ${reason}`);
    }
    return connection;
  };

  return {
    name,
    async open() {
      await open();
    },
    async publish({ rows, length, summary }) {
      // Between two publications the server may have hung up.
      if (connection?.client.status !== 'ready') drop();
      const established = connection ?? (await open());
      const { client } = established;
      const keys = keysOf(address, summary);
      let acknowledged = 0;
      const send = async (work: () => Promise<unknown>) => {
        try {
          return await work();
        } catch (error) {
          // The first command of a lost connection fails with the effect, the connection knows the cause.
          const reason = explain(established.lastError ?? error);
          // The next publication starts on a new connection.
          drop();
          throw new LostGroundError(
            `cannot write ${name}: ${reason} (${acknowledged} of ${length} rows were acknowledged)`,
          );
        }
      };
      const append = (first: number, batch: readonly RankedRow[]) =>
        send(() =>
          APPEND_ROWS.run(client, keys.slice(0, 4), [
            ...[COUNT_SECONDS, GATHERING_SECONDS, summary.scan, first],
            ...batch.flatMap((row) => [row.rank, row.symbol, JSON.stringify(row)]),
          ]),
        ) as Promise<number>;

      if ((await append(1, [])) > length) return;
      await send(() => trim(client));
      let batch: RankedRow[] = [];
      const flush = async () => {
        await append(acknowledged + 1, batch);
        acknowledged += batch.length;
        batch = [];
      };
      for (const row of rows) {
        batch.push(row);
        if (batch.length === ROWS_PER_CALL) await flush();
      }
      if (batch.length > 0) await flush();
      const closing = [COUNT_SECONDS, summary.scan, length, JSON.stringify(summary), summary.ended];
      await send(() => APPEND_CLOSING.run(client, keys, closing));
    },
    async close() {
      await connection?.client.quit().catch(() => {});
      drop();
    },
  };
}

/** The keys of a publication: the stream, its count, and where `latest` is asked for, the gathered and the latest rows and ranks. */
function keysOf({ stream, latest }: RedisStreamAddress, summary: Summary): readonly string[] {
  const digest = createHash('sha256').update(JSON.stringify(summary)).digest('hex').slice(0, 32);
  const keys = [stream, siblingKey(stream, `published:${digest}`)];
  if (latest === undefined) return keys;
  const rows = siblingKey(stream, latest);
  const ranks = `${rows}:ranks`;
  return [...keys, `${rows}:next:${digest}`, `${ranks}:next:${digest}`, rows, ranks];
}

/** A key on the same node of a cluster as the stream; one whose name has a `}` and no part in braces has none. */
function siblingKey(stream: string, suffix: string): string {
  const isTagged = /^[^{]*\{[^}]+\}/.test(stream);
  return isTagged || stream.includes('}') ? `${stream}:${suffix}` : `{${stream}}:${suffix}`;
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

function explain(error: unknown): string {
  const { message } = error as Error;
  if (message.startsWith('Socket timeout')) return 'no answer in time; check the server and the network';
  // What a script is refused has no code in front; the words are those of Redis 7.2, and of before.
  if (/ACL failure in script|The user executing the script can't/.test(message)) return REMEDIES.NOPERM!;
  if (message.startsWith('GAP ')) return message.slice('GAP '.length);
  return explainRedisError(error, REMEDIES);
}
