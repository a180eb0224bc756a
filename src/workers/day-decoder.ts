import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ScanError } from '../errors.ts';
import type { Session } from '../types.ts';
import { type DayAnswer, packBody } from './day-messages.ts';
import type { DecodedDay } from './decoders/day-rows.ts';
import { decodePolygonGrouped } from './decoders/polygon-grouped.ts';
import { unpackError } from './wire-error.ts';

export interface DayDecoderOptions {
  /** Sessions, seen or to come, that are worth a thread. @default 8, and none where there is one core */
  readonly worthSessions?: number;
  /** The module that the thread runs. @default the one beside this file, as source or as built */
  readonly entry?: URL;
}

export interface DayDecoder {
  /** As `decodePolygonGrouped`; the body is gone afterwards. */
  decode(body: readonly Uint8Array[], session: Session): Promise<DecodedDay>;
  /** Told how many sessions are to come. */
  expect(sessions: number): void;
  close(): Promise<void>;
}

const ENTRY = new URL(`./day.worker${extname(import.meta.url)}`, import.meta.url);
/**
 * Sessions that are worth a thread: 10 ms of decoding. It takes 30 ms to start and then as long to compile what it does, on a
 * core that has nothing to do while this one fetches; who has eight sessions to fetch has two hundred.
 */
const WORTH_SESSIONS = 8;

/**
 * Decodes sessions of the whole market: some in place, many on a thread, so that the next ones are fetched meanwhile.
 *
 * Order: none; each call has its day. Failure: as `decodePolygonGrouped`; where the thread dies, what it had not decoded is
 * `malformed`, to be asked for again, and all that comes after is decoded in place. Holds: the bodies that the thread has
 * not decoded, one for each call under way.
 */
export function createDayDecoder({
  worthSessions = availableParallelism() > 1 ? WORTH_SESSIONS : Number.POSITIVE_INFINITY,
  entry = ENTRY,
}: DayDecoderOptions = {}): DayDecoder {
  let seen = 0;
  let thread: Worker | undefined;
  let isOnline = false;
  let hasDied = false;
  /** Of what the thread has, in order. */
  const waiting: PromiseWithResolvers<DecodedDay>[] = [];

  const take = (answer: DayAnswer) => {
    const { resolve, reject } = waiting.shift()!;
    if (waiting.length === 0) thread?.unref();
    if (answer.ok) resolve(answer.day);
    else reject(unpackError(answer.error));
  };
  const lose = () => {
    hasDied = true;
    thread = undefined;
    const message = 'The thread that decodes sessions ended before it had decoded this one';
    for (const { reject } of waiting.splice(0))
      reject(new ScanError('malformed', message, { stage: 'decode' }));
  };
  const start = () => {
    if (thread !== undefined || hasDied) return;
    try {
      thread = new Worker(entry, { name: 'days', execArgv: [] });
    } catch {
      hasDied = true;
      return;
    }
    thread.once('online', () => {
      isOnline = true;
    });
    thread.on('message', take);
    // It ends with that, which says all that counts.
    thread.on('error', () => {});
    thread.on('exit', lose);
    // Idle, it keeps no process from ending.
    thread.unref();
  };

  return {
    async decode(body, session) {
      if (++seen >= worthSessions) start();
      // Until it runs, this thread is as good.
      if (thread === undefined || !isOnline) return decodePolygonGrouped(body, session);
      const day = Promise.withResolvers<DecodedDay>();
      waiting.push(day);
      thread.ref();
      const request = packBody(body, session);
      thread.postMessage(request, request.buffers);
      return day.promise;
    },
    expect(sessions) {
      if (sessions >= worthSessions) start();
    },
    async close() {
      await thread?.terminate();
    },
  };
}
