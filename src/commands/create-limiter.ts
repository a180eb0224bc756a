import type { Settings } from '../config.ts';
import { askedWait } from '../sources/asked-wait.ts';
import type { RequestLimiter } from '../sources/provider-client.ts';
import { type Limiter, RateLimiter } from '../state/rate-limit.ts';

/** The rate limit of a run, as those see it who wait for it and those who ask before each request. */
export interface RunLimiter {
  readonly limiter: Limiter;
  readonly requests: RequestLimiter;
  close(): void;
}

/**
 * The limiter that the settings ask for: of this process, or shared through Redis by all that use the same key.
 *
 * Where an answer asks for a wait (`Retry-After`, or a count of its own that is used up), no call goes before it is over. Failure: `ConfigError` for an
 * address that cannot be one; where Redis is away, `onTrouble` is told and a part of the limit holds.
 */
export async function createLimiter(
  settings: Settings,
  onTrouble: (reason: string) => void,
): Promise<RunLimiter> {
  const { rate, rateRedis: url } = settings;
  if (rate === undefined || url === undefined) return runLimiter(new RateLimiter(rate), () => {});
  const { createSharedRateLimiter } = await import('../state/rate-limit-redis.ts');
  const shared = await createSharedRateLimiter({ url, limit: rate, account: accountOf(settings), onTrouble });
  return runLimiter(shared, () => shared.close());
}

function runLimiter(limiter: Limiter, close: () => void): RunLimiter {
  return {
    limiter,
    requests: {
      take: (signal) => (limiter.tryTake() ? undefined : limiter.take(signal)),
      tell(_status, headers) {
        const ms = askedWait(headers);
        if (ms !== undefined) limiter.pauseFor(ms);
      },
    },
    close,
  };
}

/** What a limit belongs to: the service and the key. Only its hash leaves the process. */
function accountOf(settings: Settings): string {
  const { source, polygonUrl, polygonKey, alpacaUrl, alpacaKeyId, tiingoUrl, tiingoToken } = settings;
  const parts = {
    polygon: [polygonUrl, polygonKey],
    alpaca: [alpacaUrl, alpacaKeyId],
    tiingo: [tiingoUrl, tiingoToken],
  };
  const own = source in parts ? parts[source as keyof typeof parts] : [];
  return [source, ...own].join(' ');
}
