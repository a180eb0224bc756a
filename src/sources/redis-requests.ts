import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ParsedRequest, parseRequest, type ScanRequest } from '../daemon/request.ts';
import { ConfigError, LostGroundError } from '../errors.ts';
import { createConnection } from './redis-requests/connection.ts';
import {
  acknowledge,
  bury,
  type Command,
  checkPermitted,
  claimIdle,
  claimOwn,
  type Delivery,
  ensureGroup,
  extend,
  inGroup,
  leave,
  readNew,
  START,
} from './redis-requests/consumer-group.ts';
import { createHeartbeat } from './redis-requests/heartbeat.ts';
import { createPersistence } from './redis-requests/persistence.ts';
import { parseRequestStream } from './redis-requests/stream-address.ts';

export interface RedisRequestsOptions {
  /** `redis://[user:password@]host[:port]/database/stream`, or `rediss://…`. */
  readonly url: string;
  /** Consumers of one group share the requests. @default tapescan */
  readonly group?: string | undefined;
  /** Names this one in the group; no two at a time may have the same name. @default host and process id */
  readonly consumer?: string | undefined;
  /** Milliseconds to wait for a request before looking at what others left. @default 5000 */
  readonly blockMs?: number | undefined;
  /** Milliseconds in which nothing was heard of a request before it is given to another. @default 60000 */
  readonly minIdleMs?: number | undefined;
  /** How often a request is handed out, at most. @default 3 */
  readonly maxDeliveries?: number | undefined;
  /**
   * Where requests go that cannot be done. On a cluster, both names need the same {tag}. @default the stream's name in
   * braces, unless it has a part in braces, and `:dead`
   */
  readonly deadLetterStream?: string | undefined;
  /** Requests in hand at once, at most. @default 1 */
  readonly batch?: number | undefined;
  /** Whether what is done is removed from the stream: for a stream with one group. @default false */
  readonly removeDone?: boolean | undefined;
  /** Milliseconds for connecting, and for an answer. @default 10000 */
  readonly timeoutMs?: number | undefined;
  /** Told when something does not work any more, and why; it is tried until it does. */
  readonly onTrouble?: ((reason: string) => void) | undefined;
  /** Told when it works again. */
  readonly onRecovered?: (() => void) | undefined;
}

/** A request in hand: it stays this consumer's until it says that it is done, or has failed. */
export interface RedisRequest {
  readonly request: ScanRequest;
  /** Names its entry: that of the stream, and its own in it. */
  readonly entry: string;
  /** How often it was handed out, this time included. */
  readonly attempts: number;
  /**
   * Acknowledges it. Resolves once Redis has it, for which Redis is waited for; repeated, it is one acknowledgement.
   *
   * Failure: `LostGroundError` where it was closed before.
   */
  done(): Promise<void>;
  /**
   * Lets it be handed out again, `minIdleMs` later at the earliest, or puts it away with the reason if that was the
   * last time.
   */
  failed(reason: string): Promise<void>;
  /** Puts it away with the reason: it would be refused again. */
  refused(reason: string): Promise<void>;
}

export interface RedisRequests {
  /** For messages: server and stream, without credentials. */
  readonly name: string;
  /** The next request; `undefined` once it is stopped. Waits while `batch` are in hand. */
  next(): Promise<RedisRequest | undefined>;
  /** Takes no more, at once, also where it waits for one. What is in hand can still be done. */
  stop(): void;
  /** Stops, and lets go of the server. What is in hand and not done is another's after `minIdleMs`. */
  close(): Promise<void>;
}

/** How long a goodbye may take. */
const LEAVE_MS = 1000;

/**
 * Requests from a Redis stream, one an entry: field `request` with the JSON of `parseRequest`; other fields are left
 * alone. The id of the entry is that of a request without one.
 *
 * Consumers of a group share the stream. A request is handed out at least once, and acknowledged only when it is
 * done: of a consumer that died, or of which nothing was heard for `minIdleMs`, another takes it over. Which cannot
 * be read, or was handed out `maxDeliveries` times without being done, goes to the stream of dead letters: `id` of
 * the entry, `stream`, `deliveries`, `reason` and `request` (or all fields, as a JSON list, where there was none), in
 * one step with its acknowledgement.
 *
 * Order: what it left itself under the same name, what was left by others, then as the stream has them. Failure: opening rejects with `ConfigError` or
 * `LostGroundError`; later on, what fails is tried again until it works or this is closed, and `onTrouble` says so. A
 * group that Redis lost is made anew from the start of the stream. Holds: `batch` requests, and no request that was
 * not asked for.
 */
export async function openRedisRequests({
  url,
  group = 'tapescan',
  consumer = `${hostname()}-${process.pid}`,
  blockMs = 5000,
  minIdleMs = 60_000,
  maxDeliveries = 3,
  deadLetterStream,
  batch = 1,
  removeDone = false,
  timeoutMs = 10_000,
  onTrouble = () => {},
  onRecovered = () => {},
}: RedisRequestsOptions): Promise<RedisRequests> {
  const address = parseRequestStream(url);
  const { name, stream } = address;
  const deadLetters = deadLetterStream ?? address.deadLetterStream;
  if (deadLetters === stream)
    throw new ConfigError(['Expected another stream for dead letters than that of the requests']);
  const self = { stream, group, consumer };
  // Nothing else goes over a connection that waits for a request.
  const reader = createConnection(address, timeoutMs, blockMs + timeoutMs);
  const commands = createConnection(address, timeoutMs, timeoutMs);
  const command = <T>(work: Command<T>) => commands.run(inGroup(self, work));
  const stopping = new AbortController();
  const closing = new AbortController();
  const persist = createPersistence(onTrouble, onRecovered);
  const inHand = createHeartbeat(minIdleMs / 3, (ids) =>
    persist(() => command((client) => extend(client, self, ids())), closing.signal),
  );
  const waiting: ((request: RedisRequest | undefined) => void)[] = [];
  let isTaking = false;
  let ownFrom: string | undefined = '-';
  let sweepFrom = START;
  let nextSweep = performance.now();

  /** Entries that this one left before it was started; then what others left, every now and then; else new ones. */
  const take = async (count: number): Promise<readonly Delivery[]> => {
    if (ownFrom !== undefined) {
      const from = ownFrom;
      const own = await command((client) => claimOwn(client, self, from, count));
      ownFrom = own.next;
      return own.deliveries;
    }
    const untilSweep = nextSweep - performance.now();
    if (untilSweep > 0) {
      const waitMs = Math.min(blockMs, untilSweep);
      return reader.run(inGroup(self, (client) => readNew(client, self, count, waitMs)));
    }
    const { next, deliveries } = await command((client) =>
      claimIdle(client, self, minIdleMs, sweepFrom, count),
    );
    sweepFrom = next;
    if (next === START) nextSweep = performance.now() + minIdleMs / 2;
    return deliveries;
  };

  const putAway =
    ({ id, fields, attempts }: Delivery, reason: string): Command<void> =>
    (client) =>
      bury(client, self, deadLetters, {
        id,
        attempts,
        reason,
        request: requestIn(fields) ?? JSON.stringify(fields),
      });

  const handOut = (delivery: Delivery, request: ScanRequest): RedisRequest => {
    const { id, attempts } = delivery;
    let settled: Promise<void> | undefined;
    const settle = async (work: Command<void> | undefined) => {
      const isSettled =
        work === undefined || (await persist(() => command(work).then(() => true), closing.signal));
      if (!isSettled)
        throw new LostGroundError(
          `${name}: closed before ${id} was acknowledged; it will be handed out again`,
        );
      inHand.remove(id);
      void pump();
    };
    inHand.add(id);
    return {
      request,
      entry: `${stream}/${id}`,
      attempts,
      done() {
        settled ??= settle((client) => acknowledge(client, self, id, removeDone));
        return settled;
      },
      failed(reason) {
        settled ??= settle(attempts < maxDeliveries ? undefined : putAway(delivery, reason));
        return settled;
      },
      refused(reason) {
        settled ??= settle(putAway(delivery, reason));
        return settled;
      },
    };
  };

  const receive = async (delivery: Delivery): Promise<void> => {
    const { id, fields, attempts } = delivery;
    // Nothing was heard of it in time, and it is worked on here all the same.
    if (inHand.has(id) || stopping.signal.aborted) return;
    const read = readFields(fields, id);
    const reason =
      attempts > maxDeliveries
        ? `it was handed out ${maxDeliveries} times, and never done`
        : 'problems' in read
          ? read.problems.join('; ')
          : undefined;
    if (reason !== undefined) await persist(() => command(putAway(delivery, reason)), stopping.signal);
    else if ('request' in read) waiting.shift()?.(handOut(delivery, read.request));
  };

  const pump = async (): Promise<void> => {
    if (isTaking) return;
    isTaking = true;
    while (!stopping.signal.aborted) {
      const count = Math.min(waiting.length, batch - inHand.size);
      if (count <= 0) break;
      const deliveries = await persist(() => take(count), stopping.signal);
      for (const delivery of deliveries ?? []) await receive(delivery);
    }
    isTaking = false;
  };

  const stop = () => {
    stopping.abort();
    reader.close();
    for (const resolve of waiting.splice(0)) resolve(undefined);
  };

  try {
    await commands.run(async (client) => {
      await ensureGroup(client, self);
      await checkPermitted(client, self, deadLetters);
    });
  } catch (error) {
    commands.close();
    throw error;
  }
  return {
    name,
    next() {
      if (stopping.signal.aborted) return Promise.resolve(undefined);
      const { promise, resolve } = Promise.withResolvers<RedisRequest | undefined>();
      waiting.push(resolve);
      void pump();
      return promise;
    },
    stop,
    async close() {
      stop();
      inHand.stop();
      if (closing.signal.aborted) return;
      closing.abort();
      const left = commands.run((client) => leave(client, self)).catch(() => {});
      // A name that stays behind does no harm.
      await Promise.race([left, sleep(LEAVE_MS, undefined, { ref: false })]);
      commands.close();
    },
  };
}

function requestIn(fields: readonly string[]): string | undefined {
  const name = fields.findIndex((field, index) => index % 2 === 0 && field === 'request');
  return name === -1 ? undefined : fields[name + 1];
}

function readFields(fields: readonly string[], id: string): ParsedRequest {
  const json = requestIn(fields);
  return json === undefined
    ? { problems: ['expected a field `request` with a JSON request'] }
    : parseRequest(json, id);
}
