import { ConfigError } from '../../errors.ts';
import { siblingKey } from '../../redis/sibling-key.ts';
import { type RedisStreamAddress, readRedisStreamUrl } from '../../redis/stream-url.ts';

/** A stream that requests come in on. */
export interface RequestStreamAddress extends RedisStreamAddress {
  /** Where requests go that cannot be done, where nothing else is said: on the same node of a cluster. */
  readonly deadLetterStream: string;
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
  const { address, problems } = readRedisStreamUrl(text, EXPECTED);
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...address, deadLetterStream: siblingKey(address.stream, 'dead') };
}
