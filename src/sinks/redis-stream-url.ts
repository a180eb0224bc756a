import { ConfigError } from '../errors.ts';
import type { RedisAddress } from '../redis/address.ts';
import { readRedisUrl } from '../redis/url.ts';

/** A stream on a Redis server, and how to get there. */
export interface RedisStreamAddress extends RedisAddress {
  readonly stream: string;
}

const EXPECTED = 'redis://[user:password@]host[:port]/database/stream';

/**
 * Reads `redis://[user:password@]host[:port]/database/stream` (`rediss` for TLS), percent-decoded.
 *
 * All after the database is the stream's name, slashes included. Failure: `ConfigError` with every problem; it quotes
 * nothing of the address, since a password that is not encoded can end up in any part of it.
 */
export function parseRedisStreamUrl(text: string): RedisStreamAddress {
  const { server, url, problems, decoded } = readRedisUrl(text, EXPECTED);
  const { pathname, search, hash } = url;
  if (search !== '' || hash !== '')
    problems.push('The Redis address has a ? or # part: write these characters of a name as %3F and %23');
  if (pathname.includes('@'))
    problems.push(
      'The Redis address has an @ after its host: write / ? # @ inside its parts as %2F %3F %23 %40',
    );
  const [, database = '', ...rest] = pathname.split('/');
  if (!/^\d{1,9}$/.test(database))
    problems.push(`Expected the database in the Redis address to be a number: ${EXPECTED}`);
  const encodedStream = rest.join('/');
  if (encodedStream === '') problems.push(`The Redis address names no stream: expected ${EXPECTED}`);
  const stream = decoded('stream', encodedStream);
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...server, db: Number(database), stream, name: `${server.name}/${database}/${stream}` };
}
