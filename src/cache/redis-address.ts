import { ConfigError } from '../errors.ts';

/** A Redis server and a database of it, and how to get there. */
export interface RedisAddress {
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  /** The address without credentials, for messages. */
  readonly name: string;
}

const EXPECTED = 'redis://[user:password@]host[:port][/database]';

/**
 * Reads `redis://[user:password@]host[:port][/database]` (`rediss` for TLS), percent-decoded.
 *
 * Failure: `ConfigError` with every problem; it quotes nothing of the address, since a password that is not encoded can
 * end up in any part of it.
 */
export function parseRedisAddress(text: string): RedisAddress {
  if (!URL.canParse(text))
    throw new ConfigError([`Expected a Redis address ${EXPECTED}, got something else`]);
  const url = new URL(text);
  const { protocol, hostname, port, pathname, search, hash } = url;
  const problems: string[] = [];
  const decoded = (part: string, value: string): string => {
    try {
      return decodeURIComponent(value);
    } catch {
      problems.push(`The ${part} in the Redis address has a % that is not followed by two hex digits`);
      return '';
    }
  };

  if (protocol !== 'redis:' && protocol !== 'rediss:')
    problems.push('Expected the Redis address to start with redis:// or rediss://');
  if (hostname === '') problems.push(`The Redis address has no host: expected ${EXPECTED}`);
  if (!/^\/?\d{0,9}$/.test(pathname) || search !== '' || hash !== '')
    problems.push(
      `Expected a number or nothing behind the host of the Redis address: ${EXPECTED}; write / ? # @ inside its parts as %2F %3F %23 %40`,
    );
  const host = decoded('host', hostname);
  const username = decoded('user', url.username);
  const password = decoded('password', url.password);
  if (problems.length > 0) throw new ConfigError(problems);

  const db = Number(pathname.slice(1));
  return {
    tls: protocol === 'rediss:',
    // An IPv6 address is in brackets in a URL, and without them everywhere else.
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || '6379'),
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    db,
    name: `${protocol}//${host}:${port || '6379'}/${db}`,
  };
}
