import { ConfigError } from '../errors.ts';
import { type RedisStreamAddress, readRedisStreamUrl } from '../redis/stream-url.ts';

/** A stream on a Redis server, how to get there, and how it is kept. */
export interface KeptStreamAddress extends RedisStreamAddress {
  /** Entries from which old ones are trimmed. */
  readonly maxlen?: number;
  /** What the keys with the current ranking are called, behind the stream's name. */
  readonly latest?: string;
}

const EXPECTED = 'redis://[user:password@]host[:port]/database/stream[?maxlen=N&latest=NAME]';
const OPTIONS = ['maxlen', 'latest'];

/**
 * Reads `redis://[user:password@]host[:port]/database/stream[?options]` (`rediss` for TLS), percent-decoded.
 *
 * All after the database is the stream's name, slashes included; `?` `#` `@` in it are written as `%3F` `%23` `%40`. Options:
 *
 * - `maxlen=N`: before a ranking is appended, old entries go until about N are left. Entries that a consumer group has not
 *   read or not acknowledged stay, up to ten times N. So the stream has at most about N entries and one ranking, ten
 *   times N and one ranking where a group lags. Without it nothing is trimmed. Asks for Redis 6.2.
 * - `latest=NAME`: keeps the ranking that was published last in the hash `{stream}:NAME`, a field a symbol with its row as JSON, and
 *   the field `summary`; and in the sorted set `{stream}:NAME:ranks`, symbols with their ranks: `ZRANGE … 0 9` are the ten best.
 *   Both change in one step. The braces keep all keys on the node of a cluster that has the stream.
 *
 * Failure: `ConfigError` with every problem; it quotes nothing of the address, since a password that is not encoded can
 * end up in any part of it.
 */
export function parseRedisStreamUrl(text: string): KeptStreamAddress {
  const { address, url, problems } = readRedisStreamUrl(text, EXPECTED, OPTIONS);
  const { searchParams } = url;
  const maxlen = searchParams.get('maxlen');
  if (maxlen !== null && !/^[1-9]\d{0,11}$/.test(maxlen))
    problems.push('Expected `maxlen` in the Redis address to be an integer from 1');
  const latest = searchParams.get('latest');
  if (latest !== null && !/^[\w.-]+$/.test(latest))
    problems.push('Expected `latest` in the Redis address to be a name of letters, digits, _ . and -');
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    ...address,
    ...(maxlen !== null && { maxlen: Number(maxlen) }),
    ...(latest !== null && { latest }),
  };
}
