/**
 * What the sink does on the server, each step as a whole. Whatever an older Redis or its user is refused is refused before the
 * first entry is appended, so that a step that failed can be repeated.
 */
import { createHash } from 'node:crypto';
import type { RedisClient } from '../redis/client.ts';

type Argument = string | number;

export interface RedisScript {
  /** By its digest, and by its text where the server does not know it (any more). */
  run(client: RedisClient['client'], keys: readonly string[], args: readonly Argument[]): Promise<unknown>;
}

function script(text: string): RedisScript {
  const sha = createHash('sha1').update(text).digest('hex');
  return {
    run: (client, keys, args) =>
      client.evalsha(sha, keys.length, ...keys, ...args).catch((error: Error) => {
        if (!error.message.startsWith('NOSCRIPT')) throw error;
        return client.eval(text, keys.length, ...keys, ...args);
      }),
  };
}

/**
 * Appends those of the rows that were not appended before.
 *
 * KEYS: the stream, the count of what was appended, and where the next `latest` is gathered: rows and ranks. ARGV: the count's
 * life and the gathering's in seconds, the scan, the first row's number, then of each row rank, symbol and JSON.
 * Returns the count; before the first row, without rows, too.
 */
export const APPEND_ROWS = script(`
  local done = tonumber(redis.call('GET', KEYS[2]) or 0)
  local first = tonumber(ARGV[4])
  if done + 1 < first then
    return redis.error_reply('GAP its count of what was written is gone; was it flushed, or out of memory?')
  end
  redis.call('SET', KEYS[2], done, 'EX', ARGV[1])
  if KEYS[3] and #ARGV > 4 then
    for i = 5, #ARGV, 3 do
      redis.call('HSET', KEYS[3], ARGV[i + 1], ARGV[i + 2])
      redis.call('ZADD', KEYS[4], ARGV[i], ARGV[i + 1])
    end
    redis.call('EXPIRE', KEYS[3], ARGV[2])
    redis.call('EXPIRE', KEYS[4], ARGV[2])
  end
  for i = 5 + 3 * (done + 1 - first), #ARGV, 3 do
    redis.call('XADD', KEYS[1], '*', 'type', 'ranked', 'scan', ARGV[3],
      'rank', ARGV[i], 'symbol', ARGV[i + 1], 'data', ARGV[i + 2])
    done = done + 1
  end
  redis.call('SET', KEYS[2], done, 'EX', ARGV[1])
  return done
`);

/**
 * Appends the closing entry, unless it was before, and makes what was gathered the latest ranking, unless that ended later.
 *
 * KEYS: as for the rows, then the latest rows and ranks. ARGV: the count's life in seconds, the scan, the number of rows, the summary
 * as JSON, and when the scan ended.
 */
export const APPEND_CLOSING = script(`
  local done = tonumber(redis.call('GET', KEYS[2]) or 0)
  local rows = tonumber(ARGV[3])
  if done > rows then return done end
  if done < rows or KEYS[3] and redis.call('ZCARD', KEYS[4]) < rows then
    return redis.error_reply('GAP what was written of it is gone; was it flushed, or out of memory?')
  end
  redis.call('SET', KEYS[2], done, 'EX', ARGV[1])
  local isNewer = false
  if KEYS[3] then
    redis.call('HSET', KEYS[3], 'summary', ARGV[4])
    local isJson, current = pcall(cjson.decode, redis.call('HGET', KEYS[5], 'summary') or '{}')
    isNewer = not isJson or (current.ended or '') <= ARGV[5]
  end
  redis.call('XADD', KEYS[1], '*', 'type', 'summary', 'scan', ARGV[2], 'data', ARGV[4])
  redis.call('SET', KEYS[2], rows + 1, 'EX', ARGV[1])
  if isNewer then
    redis.call('DEL', KEYS[6])
    for i = 3, 4 do
      if redis.call('EXISTS', KEYS[i]) == 1 then
        redis.call('RENAME', KEYS[i], KEYS[i + 2])
        redis.call('PERSIST', KEYS[i + 2])
      end
    end
  elseif KEYS[3] then
    redis.call('DEL', KEYS[3], KEYS[4])
  end
  return rows + 1
`);

/**
 * Trims old entries, but none that a group has not acknowledged, as long as there are no more than the hard bound.
 *
 * KEYS: the stream. ARGV: entries wanted, and the hard bound. Returns how many unacknowledged entries went.
 */
export const TRIM = script(`
  local function parts(id)
    local ms, sequence = string.match(id, '^(%d+)-(%d+)$')
    return {ms, sequence}
  end
  -- As texts: the numbers of Lua are too small for a sequence.
  local function isBefore(a, b)
    local x, y = parts(a), parts(b)
    for i = 1, 2 do
      if #x[i] ~= #y[i] then return #x[i] < #y[i] end
      if x[i] ~= y[i] then return x[i] < y[i] end
    end
    return false
  end
  local length = redis.call('XLEN', KEYS[1])
  local wanted, bound = tonumber(ARGV[1]), tonumber(ARGV[2])
  if length <= wanted then return 0 end
  local needed = '18446744073709551615-18446744073709551615'
  for _, fields in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = {}
    for i = 1, #fields, 2 do group[fields[i]] = fields[i + 1] end
    local oldest = redis.call('XPENDING', KEYS[1], group['name'])[2]
    for _, id in ipairs({group['last-delivered-id'], oldest or nil}) do
      if isBefore(id, needed) then needed = id end
    end
  end
  length = length - redis.call('XTRIM', KEYS[1], 'MINID', '~', needed, 'LIMIT', length - wanted)
  if length <= bound then return 0 end
  return redis.call('XTRIM', KEYS[1], 'MAXLEN', '~', bound, 'LIMIT', length - bound)
`);

/** Asks for what the swap needs, on keys that nothing else uses, and leaves none. KEYS: two. */
export const CHECK_LATEST = script(`
  redis.call('HSET', KEYS[1], 'check', '')
  redis.call('HGET', KEYS[1], 'check')
  redis.call('RENAME', KEYS[1], KEYS[2])
  redis.call('EXPIRE', KEYS[2], 60)
  redis.call('PERSIST', KEYS[2])
  redis.call('DEL', KEYS[2])
  redis.call('ZADD', KEYS[1], 1, 'check')
  redis.call('ZCARD', KEYS[1])
  redis.call('EXISTS', KEYS[1])
  redis.call('DEL', KEYS[1])
`);
