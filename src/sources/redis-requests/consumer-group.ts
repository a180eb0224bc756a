/**
 * What a consumer does with its group, each step one command or one script: whatever is cut off in between is either
 * done or not.
 *
 * An entry is pending from its delivery until it is acknowledged. It is a consumer's until another one claims it,
 * which it may when nothing was heard of it for some time.
 */
import type { Redis } from 'ioredis';

/** A consumer of a group on a stream. */
export interface Consumer {
  readonly stream: string;
  readonly group: string;
  readonly consumer: string;
}

/** An entry of the stream as it was delivered. */
export interface Delivery {
  readonly id: string;
  /** Names and values in turn. */
  readonly fields: readonly string[];
  /** How often it was delivered, this time included. */
  readonly attempts: number;
}

/** An id that no entry has: where a look at what is pending starts, and what it answers at the end. */
export const START = '0-0';

type Entry = readonly [id: string, fields: readonly string[]];

/**
 * Makes the group where there is none, and the stream with it. It starts with what is on the stream: a group that was
 * lost has forgotten what was done, and to do it again is better than never.
 */
export async function ensureGroup(client: Redis, { stream, group }: Consumer): Promise<void> {
  try {
    await client.xgroup('CREATE', stream, group, '0', 'MKSTREAM');
  } catch (error) {
    if (!(error as Error).message.startsWith('BUSYGROUP')) throw error;
  }
}

/** Tries to acknowledge and to put away what is not there: refused for the reasons that it would be later on. */
export async function checkPermitted(
  client: Redis,
  { stream, group, consumer }: Consumer,
  deadLetterStream: string,
): Promise<void> {
  await client.xack(stream, group, START);
  const type = await client.type(deadLetterStream).catch((error: Error) => {
    // A user may be allowed to write the stream and not to look at it.
    if (error.message.startsWith('NOPERM')) return 'none';
    throw error;
  });
  if (type !== 'none' && type !== 'stream') throw new Error('WRONGTYPE');
  try {
    await client.xadd(deadLetterStream, START, 'id', START);
  } catch (error) {
    // What is left is that no entry can have this id.
    if (!(error as Error).message.startsWith('ERR')) throw error;
  }
  // There is nothing to bury: on a cluster that has the two streams on different nodes, it is refused all the same.
  const none = { id: START, attempts: 0, reason: '', request: '' };
  await bury(client, { stream, group, consumer }, deadLetterStream, none);
}

/** Something that is done on a connection. */
export type Command<T> = (client: Redis) => Promise<T>;

/** A command that makes the group anew where it is gone: Redis was emptied, or came back without its data. */
export function inGroup<T>(self: Consumer, command: Command<T>): Command<T> {
  return async (client) => {
    try {
      return await command(client);
    } catch (error) {
      // Redis before 7 says `UNBLOCKED` to who waits, and puts its own words before the reason that a script failed for.
      if (!/\bNOGROUP\b|^UNBLOCKED\b/.test((error as Error).message)) throw error;
      await ensureGroup(client, self);
      return command(client);
    }
  };
}

/** Takes entries that nobody was given yet; waits for the first. None where none came in `blockMs`. */
export async function readNew(
  client: Redis,
  { stream, group, consumer }: Consumer,
  count: number,
  blockMs: number,
): Promise<readonly Delivery[]> {
  const block = Math.max(1, Math.ceil(blockMs));
  const reply = (await client.xreadgroup(
    'GROUP',
    group,
    consumer,
    'COUNT',
    count,
    'BLOCK',
    block,
    'STREAMS',
    stream,
    '>',
  )) as readonly (readonly [string, readonly Entry[]])[] | null;
  return (reply?.[0]?.[1] ?? []).map(([id, fields]) => ({ id, fields, attempts: 1 }));
}

const CLAIM = `
  local reply = redis.call('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], 'COUNT', ARGV[5])
  local deliveries = {}
  for _, entry in ipairs(reply[2]) do
    if entry then
      local pending = redis.call('XPENDING', KEYS[1], ARGV[1], entry[1], entry[1], 1)
      table.insert(deliveries, {entry[1], entry[2], pending[1][4]})
    end
  end
  return {reply[1], deliveries}`;

/** Takes over entries of which nothing was heard for `minIdleMs`, and says where to go on. */
export async function claimIdle(
  client: Redis,
  { stream, group, consumer }: Consumer,
  minIdleMs: number,
  from: string,
  count: number,
): Promise<{ readonly next: string; readonly deliveries: readonly Delivery[] }> {
  const [next, deliveries] = (await client.eval(
    CLAIM,
    1,
    stream,
    group,
    consumer,
    minIdleMs,
    from,
    count,
  )) as readonly [string, readonly (readonly [...Entry, number])[]];
  return { next, deliveries: deliveries.map(([id, fields, attempts]) => ({ id, fields, attempts })) };
}

const CLAIM_OWN = `
  local deliveries = {}
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], '+', ARGV[4], ARGV[2])
  for _, entry in ipairs(pending) do
    local claimed = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, entry[1])
    if claimed[1] then table.insert(deliveries, {claimed[1][1], claimed[1][2], entry[4] + 1}) end
  end
  return {pending[#pending] and '(' .. pending[#pending][1] or false, deliveries}`;

/** Takes up again what an earlier process of the same name left, and says where to go on; nowhere where there is no more. */
export async function claimOwn(
  client: Redis,
  { stream, group, consumer }: Consumer,
  from: string,
  count: number,
): Promise<{ readonly next: string | undefined; readonly deliveries: readonly Delivery[] }> {
  const [next, deliveries] = (await client.eval(
    CLAIM_OWN,
    1,
    stream,
    group,
    consumer,
    from,
    count,
  )) as readonly [string | null, readonly (readonly [...Entry, number])[]];
  return {
    next: next ?? undefined,
    deliveries: deliveries.map(([id, fields, attempts]) => ({ id, fields, attempts })),
  };
}

/** Only of what is still this consumer's: another one that has claimed it is at work on it. */
const EXTEND = `
  for index = 3, #ARGV do
    local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[index], ARGV[index], 1)
    if pending[1] and pending[1][2] == ARGV[2] then
      redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[index], 'JUSTID')
    end
  end`;

/** Lets the group hear of entries that are worked on. */
export async function extend(
  client: Redis,
  { stream, group, consumer }: Consumer,
  ids: readonly string[],
): Promise<void> {
  await client.eval(EXTEND, 1, stream, group, consumer, ...ids);
}

/** Whoever has the entry now: what is done is done. */
export async function acknowledge(
  client: Redis,
  { stream, group }: Consumer,
  id: string,
  removes: boolean,
): Promise<void> {
  await client.xack(stream, group, id);
  // Not one with it: an entry that is acknowledged and stays does no harm.
  if (removes) await client.xdel(stream, id);
}

/** First the copy: where that is refused, the entry stays pending. */
const BURY = `
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)
  if not pending[1] or pending[1][2] ~= ARGV[2] then return 0 end
  redis.call('XADD', KEYS[2], '*', 'id', ARGV[3], 'stream', KEYS[1], 'deliveries', ARGV[4], 'reason', ARGV[5], 'request', ARGV[6])
  return redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])`;

/** Moves an entry to the stream of dead letters, unless it is another one's by now, or was moved already. */
export async function bury(
  client: Redis,
  { stream, group, consumer }: Consumer,
  deadLetterStream: string,
  letter: {
    readonly id: string;
    readonly attempts: number;
    readonly reason: string;
    readonly request: string;
  },
): Promise<void> {
  const { id, attempts, reason, request } = letter;
  await client.eval(BURY, 2, stream, deadLetterStream, group, consumer, id, attempts, reason, request);
}

/** With the consumer, Redis would forget what it has pending. */
const LEAVE = `
  if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
  return redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])`;

/** Takes the consumer out of the group, unless something is pending for it. */
export async function leave(client: Redis, { stream, group, consumer }: Consumer): Promise<void> {
  await client.eval(LEAVE, 1, stream, group, consumer);
}
