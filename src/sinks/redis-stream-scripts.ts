/**
 * What the sink does on the server, each step as a whole.
 *
 * A ranking is gathered in a list that nobody reads, then committed, and from then on moved into the stream: by whoever gathered
 * it, or by whoever comes next. Whatever an older Redis or its user is refused is refused before the first entry of a step is
 * appended, so that a step that failed can be repeated. The first write of each is one that is refused where the memory is used up:
 * behind any other, Redis would go on.
 */
import { script } from '../redis/script.ts';

/** Elements of the list for each row: type, rank, symbol, JSON. What is not ranked has an empty rank. */
const ROW_ELEMENTS = 4;

/** What a ranking has come to whose rows are not all there any more. */
export const GONE = 'GAP what was written of it is gone; was it flushed, or out of memory?';

/** Ends with what is known of a publication already. Where that is another list, nobody needs the own one. */
const ANSWER_WHERE_COMMITTED = `
  local known = redis.call('HMGET', KEYS[1], 'done', 'list')
  if known[1] or known[2] then
    if known[2] ~= KEYS[2] then redis.call('DEL', KEYS[2]) end
    return known[1] and 'done' or known[2]
  end
`;

/**
 * Gathers those of the rows that are not gathered yet.
 *
 * KEYS: the publication, and its list. ARGV: the list's life in seconds, the number of the first row, then the rows. Returns how
 * many are gathered, or the name of the list where one is committed; `done` where it is in the stream.
 */
export const GATHER = script(`
  ${ANSWER_WHERE_COMMITTED}
  local gathered = redis.call('LLEN', KEYS[2]) / ${ROW_ELEMENTS}
  local first = tonumber(ARGV[2])
  if gathered + 1 < first then return redis.error_reply('${GONE}') end
  local new = 3 + ${ROW_ELEMENTS} * (gathered + 1 - first)
  if new > #ARGV then return gathered end
  redis.call('RPUSH', KEYS[2], unpack(ARGV, new))
  redis.call('EXPIRE', KEYS[2], ARGV[1])
  return gathered + (#ARGV - new + 1) / ${ROW_ELEMENTS}
`);

/**
 * Makes a list that is whole the ranking of its publication, unless another one is: from now on it is moved, whatever happens.
 * Where it was before, and went missing while it was moved, that goes on where it ended.
 *
 * KEYS: the publication, its list, and the publications that are not done. ARGV: the publication's life in seconds, its name, the
 * scan, the number of rows, of those that are ranked, the summary as JSON, and when the scan ended. Returns as `GATHER`.
 */
export const COMMIT = script(`
  ${ANSWER_WHERE_COMMITTED}
  if redis.call('LLEN', KEYS[2]) / ${ROW_ELEMENTS} ~= tonumber(ARGV[4]) then return redis.error_reply('${GONE}') end
  local before = redis.call('HMGET', KEYS[1], 'missing', 'moved')
  local moved = before[1] == KEYS[2] and before[2] or 0
  redis.call('SADD', KEYS[3], ARGV[2])
  redis.call('HSET', KEYS[1], 'list', KEYS[2], 'moved', moved, 'scan', ARGV[3], 'rows', ARGV[4], 'ranked', ARGV[5],
    'summary', ARGV[6], 'ended', ARGV[7])
  redis.call('HDEL', KEYS[1], 'missing')
  redis.call('EXPIRE', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[2], ARGV[1])
  return KEYS[2]
`);

/**
 * Moves some rows of a committed ranking into the stream; behind the last of them the closing entry, in one step with that the
 * collected rows become the latest ranking, unless that ended later. One whose list is gone is given up, as it blocks the others:
 * it can be committed again. Where the stream is gone, its rows begin anew.
 *
 * KEYS: the publication, its list, those that are not done, the stream; for `latest` then where rows and ranks are collected,
 * and where they are kept. ARGV: the publication's name, rows of a step, and the publication's life in seconds. Returns how many
 * rows are moved, or `done`; the list, where it is another one; of what is given up, whether that is news, and the scan.
 */
export const MOVE = script(`
  local fields = {'done', 'list', 'moved', 'rows', 'ranked', 'scan', 'summary', 'ended'}
  local state = {}
  for i, value in ipairs(redis.call('HMGET', KEYS[1], unpack(fields))) do state[fields[i]] = value end
  if state.done then
    redis.call('SREM', KEYS[3], ARGV[1])
    return 'done'
  end
  if state.list and state.list ~= KEYS[2] then return state.list end
  local from, rows, ranked = tonumber(state.moved or 0), tonumber(state.rows or 0), tonumber(state.ranked or 0)
  if from > 0 and redis.call('EXISTS', KEYS[4]) == 0 then from = 0 end
  local to = math.min(from + tonumber(ARGV[2]), rows)
  local elements = {}
  if state.list and to > from then
    elements = redis.call('LRANGE', KEYS[2], ${ROW_ELEMENTS} * from, ${ROW_ELEMENTS} * to - 1)
  end
  if not state.list or #elements ~= ${ROW_ELEMENTS} * (to - from) then
    local isNews = redis.call('SREM', KEYS[3], ARGV[1])
    if state.list then
      redis.call('HSET', KEYS[1], 'missing', KEYS[2])
      redis.call('HDEL', KEYS[1], 'list')
    end
    return {isNews, state.scan or ''}
  end
  redis.call('HSET', KEYS[1], 'moved', from)
  local isNewer = false
  if KEYS[5] then
    local function collect(elements)
      for i = 1, #elements, ${ROW_ELEMENTS} do
        if elements[i] == 'ranked' then
          redis.call('HSET', KEYS[5], elements[i + 2], elements[i + 3])
          redis.call('ZADD', KEYS[6], elements[i + 1], elements[i + 2])
        end
      end
    end
    if from == 0 then redis.call('DEL', KEYS[5], KEYS[6]) end
    collect(elements)
    if to == rows then
      -- Others may have moved some without keeping the latest, and Redis may have evicted some.
      if redis.call('HLEN', KEYS[5]) < ranked or redis.call('ZCARD', KEYS[6]) < ranked then
        collect(redis.call('LRANGE', KEYS[2], 0, -1))
      end
      redis.call('HSET', KEYS[5], 'summary', state.summary)
      local isJson, current = pcall(cjson.decode, redis.call('HGET', KEYS[7], 'summary') or '{}')
      isNewer = not isJson or type(current) ~= 'table' or type(current.ended) ~= 'string' or current.ended <= state.ended
    end
    redis.call('EXPIRE', KEYS[5], ARGV[3])
    redis.call('EXPIRE', KEYS[6], ARGV[3])
  end
  for i = 1, #elements, ${ROW_ELEMENTS} do
    if elements[i + 1] == '' then
      redis.call('XADD', KEYS[4], '*', 'type', elements[i], 'scan', state.scan,
        'symbol', elements[i + 2], 'data', elements[i + 3])
    else
      redis.call('XADD', KEYS[4], '*', 'type', elements[i], 'scan', state.scan,
        'rank', elements[i + 1], 'symbol', elements[i + 2], 'data', elements[i + 3])
    end
  end
  if to < rows then
    redis.call('HSET', KEYS[1], 'moved', to)
    return to
  end
  redis.call('XADD', KEYS[4], '*', 'type', 'summary', 'scan', state.scan, 'data', state.summary)
  redis.call('HSET', KEYS[1], 'moved', to, 'done', 1)
  redis.call('HDEL', KEYS[1], 'summary')
  redis.call('EXPIRE', KEYS[1], ARGV[3])
  redis.call('SREM', KEYS[3], ARGV[1])
  redis.call('DEL', KEYS[2])
  if isNewer then
    redis.call('DEL', KEYS[8])
    for i = 5, 6 do
      if redis.call('EXISTS', KEYS[i]) == 1 then
        redis.call('RENAME', KEYS[i], KEYS[i + 2])
        redis.call('PERSIST', KEYS[i + 2])
      end
    end
  elseif KEYS[5] then
    redis.call('DEL', KEYS[5], KEYS[6])
  end
  return 'done'
`);

/**
 * Trims old entries, but none that a group has not acknowledged, as long as there are no more than the hard bound; and none at all
 * while a ranking is moved, whose first rows could be among them.
 *
 * KEYS: the stream, and where it has such, the publications that are not done. ARGV: entries wanted, and the hard bound. Returns
 * how many unacknowledged entries went.
 */
export const TRIM = script(`
  if KEYS[2] and redis.call('SCARD', KEYS[2]) > 0 then return 0 end
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

/**
 * Asks for all that publishing needs, on keys that nothing else uses, and leaves none: what can be asked for without a key comes
 * first. KEYS: three.
 */
export const CHECK = script(`
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
  redis.call('EXISTS', KEYS[1])
  redis.call('EXPIRE', KEYS[1], 60)
  redis.call('HMGET', KEYS[1], 'check')
  redis.call('HDEL', KEYS[1], 'check')
  redis.call('LLEN', KEYS[2])
  redis.call('LRANGE', KEYS[2], 0, 0)
  redis.call('SREM', KEYS[3], 'check')
  redis.call('HSET', KEYS[1], 'check', '')
  redis.call('DEL', KEYS[1])
  redis.call('RPUSH', KEYS[2], 'check')
  redis.call('DEL', KEYS[2])
  redis.call('SADD', KEYS[3], 'check')
  redis.call('DEL', KEYS[3])
`);

/** Asks for what the latest ranking needs beside, as `CHECK` does. KEYS: two. */
export const CHECK_LATEST = script(`
  redis.call('HGET', KEYS[1], 'check')
  redis.call('HLEN', KEYS[1])
  redis.call('ZCARD', KEYS[1])
  redis.call('PERSIST', KEYS[1])
  redis.call('ZADD', KEYS[1], 1, 'check')
  redis.call('EXPIRE', KEYS[1], 60)
  redis.call('RENAME', KEYS[1], KEYS[2])
  redis.call('DEL', KEYS[2])
`);

/** Asks for what trimming needs, also where there is nothing to trim yet. KEYS: one that nothing else uses. */
export const CHECK_TRIM = script(`
  redis.call('SCARD', KEYS[1])
  redis.call('XLEN', KEYS[1])
  redis.call('XTRIM', KEYS[1], 'MAXLEN', 1)
  for _, command in ipairs({{'XINFO', 'GROUPS', KEYS[1]}, {'XPENDING', KEYS[1], 'check'}}) do
    local reply = redis.pcall(unpack(command))
    -- That there is no such stream, and no such group, is as it should be.
    if reply.err and not string.find(reply.err, 'no such key', 1, true) and not string.find(reply.err, 'NOGROUP', 1, true) then
      return reply
    end
  end
  return redis.status_reply('OK')
`);
