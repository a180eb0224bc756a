import type { RedisAddress } from './address.ts';
import { type RedisUrl, readRedisUrl } from './url.ts';

/** A stream on a Redis server, and how to get there. */
export interface RedisStreamAddress extends RedisAddress {
  readonly stream: string;
}

/**
 * Reads `redis://[user:password@]host[:port]/database/stream[?options]` (`rediss` for TLS), percent-decoded, and leaves the
 * values of the options to the caller. All after the database is the stream's name, slashes included.
 *
 * `expected` is the form of the whole, for messages; `options` are those that it may have, each once. What is wrong is in
 * `problems`, quoting nothing of the address. Failure: `ConfigError` where it is no URL at all.
 */
export function readRedisStreamUrl(
  text: string,
  expected: string,
  options: readonly string[] = [],
): Pick<RedisUrl, 'url' | 'problems'> & { readonly address: RedisStreamAddress } {
  const { server, url, problems, decoded } = readRedisUrl(text, expected);
  const { pathname, searchParams, hash } = url;
  const names = [...searchParams.keys()];
  const others = options.length === 0 ? 'options' : `other options than ${options.join(' and ')}`;
  if (hash !== '' || names.some((name) => !options.includes(name)))
    problems.push(`The Redis address has a # part, or ${others}: write ? and # of a name as %3F and %23`);
  if (new Set(names).size < names.length) problems.push('The Redis address has an option twice');
  if (pathname.includes('@'))
    problems.push(
      'The Redis address has an @ after its host: write / ? # @ inside its parts as %2F %3F %23 %40',
    );
  const [, database = '', ...rest] = pathname.split('/');
  if (!/^\d{1,9}$/.test(database))
    problems.push(`Expected the database in the Redis address to be a number: ${expected}`);
  const encoded = rest.join('/');
  if (encoded === '') problems.push(`The Redis address names no stream: expected ${expected}`);
  const stream = decoded('stream', encoded);
  const name = `${server.name}/${database}/${stream}`;
  return { address: { ...server, db: Number(database), stream, name }, url, problems };
}
