import { createHash } from 'node:crypto';
import { parseRedisAddress } from '../redis/address.ts';
import type { RedisClient } from '../redis/client.ts';
import { type Remedies, remedyOf } from '../redis/explain-error.ts';
import { script } from '../redis/script.ts';
import { CallerLine } from './caller-line.ts';
import { type Clock, systemClock } from './clock.ts';
import { LONGEST_TIMER_MS } from './longest-timer.ts';
import { type Limiter, type RateLimit, RateLimiter, secondsOf, windowsOf } from './rate-limit.ts';

export interface SharedRateLimiterOptions {
  /** `redis[s]://[user:password@]host[:port][/database]`. */
  readonly url: string;
  readonly limit: RateLimit;
  /** What the limit belongs to, such as origin and API key: only its hash leaves the process. */
  readonly account: string;
  /** Processes among which the limit is divided while Redis is away. @default 4 */
  readonly processes?: number;
  /** As of `RateLimiter`. */
  readonly jitterMs?: number;
  /** Milliseconds for a connection, and for an answer. @default 1000 */
  readonly timeoutMs?: number;
  /** Told once that Redis is away, and why, in words without an address or a password. */
  readonly onTrouble?: (reason: string) => void;
  readonly clock?: Clock;
}

/** A limiter with a connection. */
export interface SharedRateLimiter extends Limiter {
  /** Ends the connection; whoever is in line is rejected. */
  close(): void;
}

/** Tokens asked for at once, at most. */
const BATCH = 64;
/** How often it is looked whether Redis is back. */
const AWAY_MS = 1000;
/** Who waits for longer looks again: Redis may have gone, or come back, meanwhile. */
const LONGEST_WAIT_MS = 1000;

const REMEDIES: Remedies = {
  NOPERM: 'the user may not run scripts on the keys `tapescan:limit:*`; grant it or use another user',
  OOM: 'its memory is used up; free some or raise maxmemory',
};

/**
 * The state is what was handed out, newest first, in microseconds of the server's clock: no process's clock plays a
 * part, and what goes back and forth are durations. A server clock that was set back counts as standing still, until it
 * catches up or the state expires.
 *
 * KEYS: the times, the pause. ARGV: tokens wanted, then calls and microseconds of each window, the longest first.
 * Returns tokens granted, and milliseconds until there are more.
 */
const TAKE = script(`
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local newest = redis.call('LINDEX', KEYS[1], 0)
  if newest and tonumber(newest) > now then now = tonumber(newest) end
  local wait = math.max(0, redis.call('PTTL', KEYS[2]) * 1000)
  local granted = 0
  while wait == 0 do
    for i = 2, #ARGV, 2 do
      local earlier = redis.call('LINDEX', KEYS[1], ARGV[i] - 1)
      if earlier then wait = math.max(wait, earlier + ARGV[i + 1] - now) end
    end
    if wait > 0 or granted == tonumber(ARGV[1]) then break end
    redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
    granted = granted + 1
  end
  if granted > 0 then
    redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
    redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[3] / 1000))
  end
  return {granted, math.ceil(wait / 1000)}
`);

/** KEYS: the pause. ARGV: milliseconds. The longest wish counts. */
const PAUSE = script(`
  if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
    redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
  end
`);

/**
 * A rate limit that all processes with the same key share, its count kept in Redis (5 or later).
 *
 * Guaranteed of the times at which Redis hands tokens out: what `RateLimiter` guarantees of its own, over all
 * processes together; they must have the same limit. A token is there one answer of Redis later. While Redis is away,
 * each process keeps to its part, `calls / processes`, counted together with what it got from Redis before; a Redis
 * that comes back without its memory hands out up to one more window's calls.
 *
 * Order: within a process, first come, first served; between processes by chance. Failure: `ConfigError` where `url` is no
 * address of Redis; after that, Redis never rejects a call (`onTrouble` is told); an aborted signal rejects with its reason, `close` whoever is in line. A token that
 * arrives for a caller who has left goes to the next one, or is lost. Holds: the callers in line; in Redis, `calls`
 * numbers under `tapescan:limit:{hash}`, for `perMs`.
 */
export async function createSharedRateLimiter({
  url,
  limit,
  account,
  processes = 4,
  jitterMs,
  timeoutMs = 1000,
  onTrouble = () => {},
  clock = systemClock,
}: SharedRateLimiterOptions): Promise<SharedRateLimiter> {
  const windows = windowsOf(limit, jitterMs);
  const args = windows.flatMap(({ calls, ms }) => [calls, Math.round(ms * 1000)]);
  const hash = createHash('sha256').update(account).digest('hex').slice(0, 32);
  // The braces keep both on one node of a cluster.
  const key = `tapescan:limit:{${hash}}`;
  const pauseKey = `${key}:pause`;
  const alone = new RateLimiter(
    { ...limit, calls: Math.max(1, Math.floor(limit.calls / processes)) },
    { clock, ...(jitterMs !== undefined && { jitterMs }) },
  );
  const address = parseRedisAddress(url);
  // Here and not above: who does not use Redis does not load its client.
  const { createRedisClient } = await import('../redis/client.ts');
  const connection = createRedisClient(address, timeoutMs, {
    db: address.db,
    lazyConnect: false,
    commandTimeout: timeoutMs,
    // A call waits for its turn, not for a server that may not come back.
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2000),
  });
  const { client } = connection;

  const line = new CallerLine(clock);
  let taken = 0;
  let pausedUntil = 0;
  let isAway = false;
  let isClosed = false;
  let isAsking = false;
  let cancelTimer: (() => void) | undefined;
  let cancelLook: (() => void) | undefined;

  const away = (error: unknown) => {
    if (isAway || isClosed) return;
    isAway = true;
    tell(reasonOf(error, connection));
    look();
  };
  let tell = (reason: string) => {
    tell = () => {};
    onTrouble(reason);
  };
  const look = () => {
    if (isClosed) return;
    cancelLook = clock.after(AWAY_MS, () => {
      client.ping().then(() => {
        isAway = false;
      }, look);
    });
  };

  /** Hands out what there is; milliseconds until there is more. */
  const handOut = async (): Promise<number> => {
    const pausedMs = pausedUntil - clock.now();
    if (pausedMs > 0) return pausedMs;
    if (isAway) {
      const waitMs = alone.msUntilNext();
      if (waitMs > 0) return waitMs;
      alone.record(1);
      taken += line.serve(1);
      return 0;
    }
    try {
      const wanted = Math.min(BATCH, line.length);
      const [granted, waitMs] = (await TAKE.run(client, [key, pauseKey], [wanted, ...args])) as [
        number,
        number,
      ];
      alone.record(granted);
      taken += line.serve(granted);
      return waitMs;
    } catch (error) {
      away(error);
      return 0;
    }
  };
  const pump = async () => {
    if (isAsking || isClosed || cancelTimer !== undefined) return;
    isAsking = true;
    let waitMs = 0;
    while (waitMs === 0 && line.length > 0 && !isClosed) waitMs = await handOut();
    isAsking = false;
    if (line.length === 0 || isClosed) return;
    cancelTimer = clock.after(Math.min(waitMs, LONGEST_WAIT_MS), () => {
      cancelTimer = undefined;
      void pump();
    });
  };

  const pauseFor = (ms: number) => {
    pausedUntil = Math.max(pausedUntil, clock.now() + ms);
    if (ms > 0) PAUSE.run(client, [pauseKey], [Math.ceil(Math.min(ms, LONGEST_TIMER_MS))]).catch(away);
  };

  return {
    get counts() {
      return { taken, waiting: line.length, waitedMs: line.waitedMs };
    },
    get pausedUntil() {
      return pausedUntil;
    },
    // The count is elsewhere: there is no answer at once.
    tryTake: () => false,
    take(signal) {
      if (isClosed) return Promise.reject(new Error('The rate limiter is closed'));
      const turn = line.join(signal);
      void pump();
      return turn;
    },
    waitedBy: (signal) => line.waitedBy(signal),
    pauseFor,
    pauseUntil: (epochMs) => pauseFor(epochMs - clock.now()),
    secondsFor: (calls) => secondsOf(windows, calls),
    close() {
      isClosed = true;
      cancelTimer?.();
      cancelLook?.();
      client.disconnect();
      line.rejectAll(new Error('The rate limiter was closed'));
    },
  };
}

/** The reason in words. The error itself goes no further: it carries the arguments of its command. */
function reasonOf(error: unknown, { client, lastError }: RedisClient): string {
  // A command that finds no connection does not know why there is none.
  const reason = client.status === 'ready' ? error : (lastError ?? error);
  const known = remedyOf(reason, REMEDIES);
  if (known !== undefined) return known;
  const { message, code } = reason as NodeJS.ErrnoException;
  if (code !== undefined) return code;
  return (
    /^[A-Z]{4,}\b/.exec(message)?.[0] ?? (/timed out/i.test(message) ? 'no answer in time' : 'no connection')
  );
}
