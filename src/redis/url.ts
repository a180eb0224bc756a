import { ConfigError } from '../errors.ts';

/** A Redis server, and how to get there. */
export interface RedisServer {
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  /** The address without credentials, for messages. */
  readonly name: string;
}

export interface RedisUrl {
  readonly server: RedisServer;
  /** What follows the host, percent-encoded: `pathname`, `search`, `hash`. */
  readonly url: URL;
  /** What is wrong so far. It quotes nothing of the address: a password that is not encoded can end up in any part. */
  readonly problems: string[];
  /** A part percent-decoded; where it cannot be, that is one of the problems. */
  decoded(part: string, value: string): string;
}

/**
 * Reads `redis://[user:password@]host[:port]` (`rediss` for TLS), percent-decoded, and leaves the rest to the caller.
 *
 * `expected` is the form of the whole, for messages. Failure: `ConfigError` where it is no URL at all.
 */
export function readRedisUrl(text: string, expected: string): RedisUrl {
  if (!URL.canParse(text)) {
    throw new ConfigError([`Expected a Redis address ${expected}, got something else`]);
  }
  const url = new URL(text);
  const problems: string[] = [];
  const decoded = (part: string, value: string): string => {
    try {
      return decodeURIComponent(value);
    } catch {
      problems.push(`The ${part} in the Redis address has a % that is not followed by two hex digits`);
      return '';
    }
  };

  const { protocol, hostname } = url;
  const port = url.port || '6379';
  if (protocol !== 'redis:' && protocol !== 'rediss:')
    problems.push('Expected the Redis address to start with redis:// or rediss://');
  if (hostname === '') problems.push(`The Redis address has no host: expected ${expected}`);
  const host = decoded('host', hostname);
  const username = decoded('user', url.username);
  const password = decoded('password', url.password);
  const server = {
    tls: protocol === 'rediss:',
    // An IPv6 address is in brackets in a URL, and without them everywhere else.
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port),
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    name: `${protocol}//${host}:${port}`,
  };
  return { server, url, problems, decoded };
}
