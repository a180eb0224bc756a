import { createHash } from 'node:crypto';
import { ConfigError, LostGroundError } from '../errors.ts';
import type { RedisClient } from '../redis/client.ts';
import { explainRedisError, type Remedies } from '../redis/explain-error.ts';
import { script } from '../redis/script.ts';
import { siblingKey } from '../redis/sibling-key.ts';
import { type RedisStreamAddress, readRedisStreamUrl } from '../redis/stream-url.ts';
import type { Alert, AlertSink } from '../types.ts';
import { TRIM } from './redis-stream-scripts.ts';

const EXPECTED = 'redis://[user:password@]host[:port]/database/stream[?maxlen=N]';
const ALERTS_PER_CALL = 100;
/** How long it is known what was appended: longer than an alert can be due. */
const KNOWN_SECONDS = 40 * 86_400;
/** Entries that a lagging group can keep, in multiples of `maxlen`. */
const HARD_BOUND = 10;
const REMEDIES: Remedies = {
  NOPERM:
    'the user may not write this stream; grant TYPE, XADD, EVAL, EVALSHA, GET and SET on it and on `{stream}:*`, and what its options need, or use another user',
  OOM: 'its memory is used up; free some or raise maxmemory',
  WRONGTYPE: 'the key holds something else than a stream; choose another name',
};

/**
 * Appends those of the alerts that were not appended before. A key says so, for each of them; it is refused, where it is, before
 * the entry is appended.
 *
 * KEYS: the stream, and one an alert. ARGV: the life of a key in seconds, then of each alert rule, symbol and JSON.
 */
const APPEND_ALERTS = script(`
  local kind = redis.call('TYPE', KEYS[1])['ok']
  if kind ~= 'none' and kind ~= 'stream' then return redis.error_reply('WRONGTYPE it is no stream') end
  for i = 2, #KEYS do
    if redis.call('GET', KEYS[i]) ~= '1' then
      local at = 3 * (i - 1) - 1
      redis.call('SET', KEYS[i], 0, 'EX', ARGV[1])
      redis.call('XADD', KEYS[1], '*', 'type', 'alert',
        'rule', ARGV[at], 'symbol', ARGV[at + 1], 'data', ARGV[at + 2])
      redis.call('SET', KEYS[i], 1, 'EX', ARGV[1])
    end
  end
  return redis.status_reply('OK')
`);

export interface AlertStreamOptions {
  /** `redis://[user:password@]host[:port]/database/stream[?maxlen=N]`, or `rediss://…`. */
  readonly url: string;
  /** How long to wait for a connection, and for an answer. @default 10000 */
  readonly timeoutMs?: number;
}

/**
 * Appends alerts to a Redis stream, an entry each: `type` = `alert`, `rule`, `symbol`, `data` = the alert as JSON.
 *
 * An alert is there once, whoever publishes it again, for 40 days: `{stream}:alert:<digest of rule, symbol, setup and session>`
 * says that it is. With `maxlen`, old entries go as those of rankings do (`parseRedisStreamUrl`).
 *
 * Failure: `ConfigError` at creation, which quotes nothing of the address; `LostGroundError` with the server, the stream and the
 * remedy, without credentials. Holds: 100 alerts as text, sent and answered before the next.
 */
export function createAlertStream({ url, timeoutMs = 10_000 }: AlertStreamOptions): AlertSink {
  const { address, maxlen } = parseUrl(url);
  const { name, stream } = address;
  let connection: RedisClient | undefined;

  const drop = () => {
    connection?.client.disconnect();
    connection = undefined;
  };
  /** On a connection that works, and on none that has failed. */
  const run = async (work: (client: RedisClient['client']) => Promise<unknown>) => {
    // In the meantime the server may have hung up.
    if (connection?.client.status !== 'ready') drop();
    try {
      connection ??= await connect(address, timeoutMs, (made) => {
        connection = made;
      });
      await work(connection.client);
    } catch (cause) {
      // The first command of a lost connection fails with the effect, the connection knows the cause.
      const reason = explainRedisError(connection?.lastError ?? cause, REMEDIES);
      drop();
      throw new LostGroundError(`cannot write ${name}: ${reason}`);
    }
  };
  const append = (client: RedisClient['client'], alerts: readonly Alert[]) =>
    APPEND_ALERTS.run(
      client,
      [stream, ...alerts.map((alert) => keyOf(stream, alert))],
      [KNOWN_SECONDS, ...alerts.flatMap((alert) => [alert.rule, alert.symbol, JSON.stringify(alert)])],
    );

  return {
    name,
    open: () => run((client) => append(client, [])),
    publish: (alerts) =>
      run(async (client) => {
        if (maxlen !== undefined) await TRIM.run(client, [stream], [maxlen, HARD_BOUND * maxlen]);
        for (let from = 0; from < alerts.length; from += ALERTS_PER_CALL)
          await append(client, alerts.slice(from, from + ALERTS_PER_CALL));
      }),
    async close() {
      await connection?.client.quit().catch(() => {});
      drop();
    },
  };
}

function parseUrl(text: string): { readonly address: RedisStreamAddress; readonly maxlen?: number } {
  const { address, url, problems } = readRedisStreamUrl(text, EXPECTED, ['maxlen']);
  const maxlen = url.searchParams.get('maxlen');
  if (maxlen !== null && !/^[1-9]\d{0,11}$/.test(maxlen))
    problems.push('Expected `maxlen` in the Redis address to be an integer from 1');
  if (problems.length > 0) throw new ConfigError(problems);
  return { address, ...(maxlen !== null && { maxlen: Number(maxlen) }) };
}

function keyOf(stream: string, { rule, symbol, setup, session }: Alert): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([rule, symbol, setup, session]))
    .digest('hex');
  return siblingKey(stream, `alert:${digest.slice(0, 32)}`);
}

/** `onMade`: told of the connection before it is used, since it knows why it fails. */
async function connect(
  address: RedisStreamAddress,
  timeoutMs: number,
  onMade: (connection: RedisClient) => void,
): Promise<RedisClient> {
  // Here and not above: who does not use Redis does not load its client.
  const { createRedisClient } = await import('../redis/client.ts');
  const connection = createRedisClient(address, timeoutMs, { socketTimeout: timeoutMs });
  onMade(connection);
  await connection.client.connect();
  // Not left to the client's `db` option: it would go on in database 0 where this one does not exist.
  await connection.client.select(address.db);
  return connection;
}
