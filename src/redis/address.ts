import { ConfigError } from '../errors.ts';
import { type RedisServer, readRedisUrl } from './url.ts';

/** A database of a Redis server. */
export interface RedisAddress extends RedisServer {
  readonly db: number;
}

const EXPECTED = 'redis://[user:password@]host[:port][/database]';

/**
 * Reads `redis://[user:password@]host[:port][/database]` (`rediss` for TLS), percent-decoded.
 *
 * Failure: `ConfigError` with every problem; it quotes nothing of the address, since a password that is not encoded can
 * end up in any part of it.
 */
export function parseRedisAddress(text: string): RedisAddress {
  const { server, url, problems } = readRedisUrl(text, EXPECTED);
  const { pathname, search, hash } = url;
  if (!/^\/?\d{0,9}$/.test(pathname) || search !== '' || hash !== '')
    problems.push(
      `Expected a number or nothing behind the host of the Redis address: ${EXPECTED}; write / ? # @ inside its parts as %2F %3F %23 %40`,
    );
  if (problems.length > 0) throw new ConfigError(problems);
  const db = Number(pathname.slice(1));
  return { ...server, db, name: `${server.name}/${db}` };
}
