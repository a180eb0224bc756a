import { ConfigError } from '../errors.ts';

/** A stream on a Redis server, and how to get there. */
export interface RedisStreamAddress {
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  readonly stream: string;
  /** The address without credentials, for messages. */
  readonly name: string;
}

const EXPECTED = 'redis://[user:password@]host[:port]/database/stream';

/**
 * Reads `redis://[user:password@]host[:port]/database/stream` (`rediss` for TLS), percent-decoded.
 *
 * All after the database is the stream's name, slashes included. Failure: `ConfigError` with every problem;
 * it quotes nothing of
 * the address, since a password that is not encoded can end up in any part of it.
 */
export function parseRedisStreamUrl(text: string): RedisStreamAddress {
  if (!URL.canParse(text))
    throw new ConfigError([`Expected a Redis address ${EXPECTED}, got something else`]);
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

  const { protocol, port, search, hash } = url;
  if (protocol !== 'redis:' && protocol !== 'rediss:')
    problems.push('Expected the Redis address to start with redis:// or rediss://');
  const host = decoded('host', url.hostname);
  if (url.hostname === '') problems.push(`The Redis address has no host: expected ${EXPECTED}`);
  if (search !== '' || hash !== '')
    problems.push('The Redis address has a ? or # part: write these characters of a name as %3F and %23');

  if (url.pathname.includes('@'))
    problems.push(
      'The Redis address has an @ after its host: write / ? # @ inside its parts as %2F %3F %23 %40',
    );
  const username = decoded('user', url.username);
  const password = decoded('password', url.password);

  const [, database = '', ...rest] = url.pathname.split('/');
  if (!/^\d{1,9}$/.test(database))
    problems.push(`Expected the database in the Redis address to be a number: ${EXPECTED}`);
  const encodedStream = rest.join('/');
  if (encodedStream === '') problems.push(`The Redis address names no stream: expected ${EXPECTED}`);
  const stream = decoded('stream', encodedStream);

  if (problems.length > 0) throw new ConfigError(problems);
  const address = `${host}:${port || '6379'}`;
  return {
    tls: protocol === 'rediss:',
    // An IPv6 address is in brackets in a URL, and without them everywhere else.
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || '6379'),
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    db: Number(database),
    stream,
    name: `${protocol}//${address}/${database}/${stream}`,
  };
}
