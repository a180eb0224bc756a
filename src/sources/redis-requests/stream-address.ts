import { ConfigError } from '../../errors.ts';
import type { RedisAddress } from '../../redis/address.ts';
import { readRedisUrl } from '../../redis/url.ts';

/** A stream that requests come in on. */
export interface RequestStreamAddress extends RedisAddress {
  readonly stream: string;
}

const EXPECTED = 'redis://[user:password@]host[:port]/database/stream';

/**
 * Reads `redis://[user:password@]host[:port]/database/stream` (`rediss` for TLS), percent-decoded; all after the
 * database is the stream's name.
 *
 * Failure: `ConfigError` with every problem; it quotes nothing of the address, since a password that is not encoded
 * can end up in any part of it.
 */
export function parseRequestStream(text: string): RequestStreamAddress {
  const { server, url, problems, decoded } = readRedisUrl(text, EXPECTED);
  const [, database = '', encoded = ''] = /^\/([^/]*)(?:\/(.*))?$/s.exec(url.pathname) ?? [];
  if (
    !/^\d{1,9}$/.test(database) ||
    encoded === '' ||
    /@/.test(encoded) ||
    url.search !== '' ||
    url.hash !== ''
  )
    problems.push(
      `Expected a database and a stream behind the host of the Redis address: ${EXPECTED}; write / ? # @ inside its parts as %2F %3F %23 %40`,
    );
  const stream = decoded('stream', encoded);
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...server, db: Number(database), stream, name: `${server.name}/${database}/${stream}` };
}
