import { createHash } from 'node:crypto';
import { allRows, countRows, type Row } from '../all-rows.ts';
import { LostGroundError } from '../errors.ts';
import type { RedisClient } from '../redis/client.ts';
import { siblingKey } from '../redis/sibling-key.ts';
import type { Ranking, Sink } from '../types.ts';
import { isNothingFinished } from './nothing-finished.ts';
import { checkStream, connectToStream, explainStreamError } from './redis-stream-connection.ts';
import { COMMIT, GATHER, GONE, MOVE, TRIM } from './redis-stream-scripts.ts';
import { type KeptStreamAddress, parseRedisStreamUrl } from './redis-stream-url.ts';

type Redis = RedisClient['client'];

const ROWS_PER_CALL = 500;
/** How long what is gathered waits for its next rows, or its commitment. */
const GATHERING_SECONDS = 3600;
/** How long it is known that a ranking was published: so long it can be sent again. */
const PUBLICATION_SECONDS = 7 * 86_400;
/** Entries that a lagging group can keep, in multiples of `maxlen`. */
const HARD_BOUND = 10;

export interface RedisStreamOptions {
  /** `redis://[user:password@]host[:port]/database/stream[?maxlen=N&latest=NAME]`, or `rediss://…`. */
  readonly url: string;
  /** How long to wait for a connection, and for an answer. @default 10000 */
  readonly timeoutMs?: number;
  /** Told how many entries were trimmed that a group had not acknowledged: the group was ten times `maxlen` behind. */
  readonly onLost?: (entries: number) => void;
  /**
   * Told the scan, where it is known, of a ranking that another process had begun to publish and Redis has lost since: it will not
   * be finished, unless it is published again.
   */
  readonly onGivenUp?: (scan: string | undefined) => void;
}

/**
 * Appends a ranking to a Redis stream: an entry a row, then a closing entry with the summary.
 *
 * Fields of a row: `type` = `ranked`, `scan`, `rank`, `symbol`, `data` = the row as JSON; of the closing entry: `type` =
 * `summary`, `scan`, `data`. Rows of another type have no rank, and are not in the latest ranking. The address says what is
 * trimmed, and where the latest ranking is kept by itself (`parseRedisStreamUrl`); of a ranking that another process finishes, that
 * one's address counts. Where the latest is kept, a ranking of which nothing was finished is not published.
 *
 * All or nothing: rows are gathered in a list, and moved into the stream once all of them are there; what was begun to be moved
 * is finished by whoever opens the stream or publishes to it next. So a process that dies leaves no part of a ranking. Each
 * publication is there once, whoever repeats it, whatever became of it, for seven days: that of a request (`summary.request`)
 * even where it was scanned again, and has other numbers. A Redis that loses `{stream}:publication:…` and keeps the stream (it
 * evicts keys) would have it twice.
 *
 * Order: by rank. Failure: `LostGroundError` with the server and the stream, without credentials, and with the number
 * of rows that Redis had acknowledged; publishing again goes on behind the last one that arrived. What the rows throw comes
 * through as it is. Holds: 500 rows, sent and answered before the next; in Redis, a ranking twice while it is moved, and once more
 * where the latest is kept.
 */
export function createRedisStream({
  url,
  timeoutMs = 10_000,
  onLost = () => {},
  onGivenUp = () => {},
}: RedisStreamOptions): Sink {
  const address = parseRedisStreamUrl(url);
  const { name, stream, maxlen } = address;
  const unfinished = siblingKey(stream, 'unfinished');
  let connection: RedisClient | undefined;

  const drop = () => {
    connection?.client.disconnect();
    connection = undefined;
  };
  /** Does something on a connection, and lets go of one that fails. `progress` says how far it came. */
  const attempt = async <T>(on: RedisClient, work: () => Promise<T>, progress = () => ''): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      // The first command of a lost connection fails with the effect, the connection knows the cause.
      const reason = explainStreamError(on.lastError ?? error);
      drop();
      throw new LostGroundError(`cannot write ${name}: ${reason}${progress()}`);
    }
  };
  const connected = async (): Promise<RedisClient> => {
    // Between two publications the server may have hung up.
    if (connection?.client.status !== 'ready') drop();
    if (connection !== undefined) return connection;
    const made = await connectToStream(address, timeoutMs);
    connection = made;
    await attempt(made, () => checkStream(made.client, address));
    return made;
  };
  /** Moves a committed ranking into the stream. Resolves with what is known of one whose list is gone. */
  const move = async (client: Redis, publication: string, firstList: string) => {
    let list = firstList;
    for (;;) {
      const keys = [publicationKey(stream, publication), list, unfinished, stream];
      const answer = await MOVE.run(
        client,
        [...keys, ...latestKeys(address, publication)],
        [publication, ROWS_PER_CALL, PUBLICATION_SECONDS],
      );
      if (answer === 'done') return undefined;
      if (Array.isArray(answer)) return { isNews: answer[0] === 1, scan: String(answer[1]) };
      // Behind the first call of who does not know it, and where another one was committed meanwhile.
      if (typeof answer === 'string') list = answer;
    }
  };
  /** Moves what others have committed and not moved. */
  const finishOthers = async (client: Redis) => {
    for (const publication of await client.smembers(unfinished)) {
      const gone = await move(client, publication, unfinished);
      if (gone?.isNews) onGivenUp(gone.scan === '' ? undefined : gone.scan);
    }
  };
  const trim = async (client: Redis) => {
    if (maxlen === undefined) return;
    const lost = (await TRIM.run(client, [stream, unfinished], [maxlen, HARD_BOUND * maxlen])) as number;
    if (lost > 0) onLost(lost);
  };

  return {
    name,
    async open() {
      const opened = await connected();
      await attempt(opened, () => finishOthers(opened.client));
    },
    async publish(ranking) {
      if (address.latest !== undefined && isNothingFinished(ranking)) return;
      const { summary } = ranking;
      const rows = countRows(ranking);
      const established = await connected();
      const { client } = established;
      const { publication, list } = identify(ranking);
      const keys = [publicationKey(stream, publication), siblingKey(stream, `gathered:${list}`)];
      let acknowledged = 0;
      const send = <T>(work: () => Promise<T>) =>
        attempt(established, work, () => ` (${acknowledged} of ${rows} rows were acknowledged)`);
      /** Resolves with the list that is committed, or `done`; with a number where the publication is still open. */
      const gather = async (batch: readonly Row[]) => {
        const elements = batch.flatMap((row) => [
          ...[row.type, row.type === 'ranked' ? row.rank : '', row.symbol, JSON.stringify(row)],
        ]);
        const first = acknowledged + 1;
        const state = await send(() => GATHER.run(client, keys, [GATHERING_SECONDS, first, ...elements]));
        acknowledged += batch.length;
        return state;
      };
      /** Resolves as `gather` does. */
      const gatherAll = async () => {
        let state = await gather([]);
        let batch: Row[] = [];
        for (const row of allRows(ranking)) {
          if (typeof state === 'string') return state;
          batch.push(row);
          if (batch.length < ROWS_PER_CALL) continue;
          state = await gather(batch);
          batch = [];
        }
        return batch.length > 0 ? gather(batch) : state;
      };
      const commit = () =>
        COMMIT.run(
          client,
          [...keys, unfinished],
          [
            ...[PUBLICATION_SECONDS, publication, summary.scan, rows, ranking.length],
            ...[JSON.stringify(summary), summary.ended],
          ],
        );

      await send(() => finishOthers(client));
      let state = await gatherAll();
      if (typeof state !== 'string') {
        // Only for a new ranking: published again, the last one could be trimmed itself.
        await send(() => trim(client));
        state = await send(commit);
      }
      if (state === 'done') return;
      await send(async () => {
        const gone = await move(client, publication, String(state));
        if (gone !== undefined) throw new Error(GONE);
      });
    },
    async close() {
      await connection?.client.quit().catch(() => {});
      drop();
    },
  };
}

/** What is published once, and the list in which the rows of just this ranking are gathered. */
function identify({ summary }: Ranking): { readonly publication: string; readonly list: string } {
  const list = digestOf(JSON.stringify(summary));
  return { publication: summary.request === undefined ? list : digestOf(summary.request), list };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function publicationKey(stream: string, publication: string): string {
  return siblingKey(stream, `publication:${publication}`);
}

/** Where the rows and ranks of a ranking are collected, and where those of the latest one are; none where it is not kept. */
function latestKeys({ stream, latest }: KeptStreamAddress, publication: string): readonly string[] {
  if (latest === undefined) return [];
  const rows = siblingKey(stream, latest);
  const ranks = `${rows}:ranks`;
  return [`${rows}:next:${publication}`, `${ranks}:next:${publication}`, rows, ranks];
}
