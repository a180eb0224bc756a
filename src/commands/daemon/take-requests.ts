import type { Settings } from '../../config.ts';
import type { ScanRequest } from '../../daemon/request.ts';
import { ConfigError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { openRedisRequests, type RedisRequests } from '../../sources/redis-requests.ts';
import type { Summary } from '../../types.ts';
import { US_STOCKS } from '../directory-input.ts';

/** Opens the stream of requests. Failure: `ConfigError` and `LostGroundError`. */
export function openRequests(
  url: string,
  { requestsGroup: group, requestsConsumer: consumer }: Settings,
  log: Logger,
): Promise<RedisRequests> {
  return openRedisRequests({
    ...{ url, group, consumer },
    onTrouble: (reason) => log.warn({ reason }, 'The stream of requests cannot be read'),
    onRecovered: () => log.info('The stream of requests is back'),
  });
}

/** Scans what a Redis stream asks for, until it is stopped; an entry is acknowledged once its ranking is published. */
export async function takeRequests(
  requests: RedisRequests,
  scan: (request: ScanRequest, entry: string) => Promise<Summary>,
  log: Logger,
): Promise<void> {
  for (let taken = await requests.next(); taken !== undefined; taken = await requests.next()) {
    const { request, entry, attempts } = taken;
    try {
      const { stopped } = await scan(onlyListed(request), entry);
      // What was interrupted is handed back: another daemon, or the next run, scans it whole.
      if (stopped !== 'interrupted') await taken.done();
    } catch (error) {
      const isRefused = error instanceof ConfigError;
      const why = isRefused ? error.problems.join('; ') : (error as Error).message;
      log.error({ request: request.id, attempts, why }, 'A request failed');
      await (isRefused ? taken.refused(why) : taken.failed(why));
    }
  }
}

/** Whoever may write to the stream may not have files of this machine read. */
function onlyListed(request: ScanRequest): ScanRequest {
  if (request.universe === undefined || request.universe === US_STOCKS) return request;
  throw new ConfigError([`universe: expected ${US_STOCKS} in a request from a stream, not a file`]);
}
