import type { Settings } from '../../config.ts';
import { type Changes, createChanges } from '../../daemon/changes.ts';
import { ConfigError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { parseRedisStreamUrl } from '../../sinks/redis-stream-url.ts';

/**
 * What compares the rankings of a daemon.
 *
 * Failure: `ConfigError` where only changes are to go to a stream that keeps the latest ranking: that would be of them alone.
 */
export function createDaemonChanges(
  settings: Pick<Settings, 'stateDir' | 'leastMove' | 'onlyChanges' | 'out'>,
  log: Logger,
): Changes {
  const { stateDir, leastMove, onlyChanges, out } = settings;
  const problems = onlyChanges ? out.filter(keepsLatest).map(() => LATEST_OF_CHANGES) : [];
  if (problems.length > 0) throw new ConfigError(problems);
  return createChanges({
    dir: stateDir,
    leastMove,
    onlyChanges,
    onTrouble: (error) => log.warn({ err: error }, 'The last ranking cannot be kept or read'),
  });
}

const LATEST_OF_CHANGES =
  '--only-changes: a Redis stream with ?latest= would keep what changed, and not the ranking; leave out one of the two';

function keepsLatest(target: string): boolean {
  if (!/^rediss?:\/\//i.test(target)) return false;
  try {
    return parseRedisStreamUrl(target).latest !== undefined;
  } catch (error) {
    // What else is wrong with it is said where it is opened.
    if (error instanceof ConfigError) return false;
    throw error;
  }
}
