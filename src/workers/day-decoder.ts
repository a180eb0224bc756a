import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ScanError } from '../errors.ts';
import type { Session } from '../types.ts';
import type { DayAnswer, DayRequest } from './day-messages.ts';
import type { DecodedDay } from './decoders/day-rows.ts';
import { decodePolygonGrouped } from './decoders/polygon-grouped.ts';
import { unpackError } from './wire-error.ts';

export interface DayDecoderOptions {
  /** Bytes of bodies seen before a thread is started. @default 8 MiB, and no thread where there is one core */
  readonly worthBytes?: number;
  /** The module that the thread runs. @default the one beside this file, as source or as built */
  readonly entry?: URL;
}

export interface DayDecoder {
  /** As `decodePolygonGrouped`; the body may be gone afterwards. */
  decode(body: Uint8Array, session: Session): Promise<DecodedDay>;
  close(): Promise<void>;
}

const ENTRY = new URL(`./day.worker${extname(import.meta.url)}`, import.meta.url);
/**
 * Bytes that are worth a thread: eight days of the whole market, or 10 ms of decoding. It takes 30 ms to start and then as
 * long to compile what it does, on a core that has nothing to do while this one fetches; who has eight days to fetch has
 * two hundred.
 */
const WORTH_BYTES = 8 * 2 ** 20;

/**
 * Decodes sessions of the whole market: some in place, many on a thread, so that the next ones are fetched meanwhile.
 *
 * Order: none; each call has its day. Failure: as `decodePolygonGrouped`; where the thread dies, what it had not decoded is
 * `malformed`, to be asked for again, and all that comes after is decoded in place. Holds: the bodies that the thread has
 * not decoded, one for each call under way.
 */
export function createDayDecoder({
  worthBytes = availableParallelism() > 1 ? WORTH_BYTES : Number.POSITIVE_INFINITY,
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
      seen += body.byteLength;
      if (seen >= worthBytes && thread === undefined && !hasDied) start();
      // Until it runs, this thread is as good.
      if (thread === undefined || !isOnline) return decodePolygonGrouped(body, session);
      const day = Promise.withResolvers<DecodedDay>();
      waiting.push(day);
      thread.ref();
      const own = body.byteLength === body.buffer.byteLength ? body : body.slice();
      thread.postMessage({ body: own, session } satisfies DayRequest, [own.buffer as ArrayBuffer]);
      return day.promise;
    },
    async close() {
      await thread?.terminate();
    },
  };
}
