import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ScanError } from '../errors.ts';
import type { PanelShape } from '../panel-filler.ts';
import type { Session } from '../types.ts';
import { type DecodeAnswer, type DecodeRequest, packBody } from './day-messages.ts';
import type { DecodedDay } from './decoders/day-rows.ts';
import { decodePolygonGrouped } from './decoders/polygon-grouped.ts';
import { type DecodedRows, PanelDecoder } from './panel-decoder.ts';
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
  /** A way for days into a panel, without this thread where there is another one. */
  fill(panel: PanelShape): DayFeed;
  /** Told how many sessions are to come. */
  expect(sessions: number): void;
  close(): Promise<void>;
}

export interface DayFeed {
  /** As `PanelDecoder.put`; the body is gone afterwards. */
  put(body: readonly Uint8Array[], session: Session): Promise<DecodedRows>;
  /** Resolves when all bars are in the panel; a `defect` where the thread died with some of them. */
  end(): Promise<void>;
}

const ENTRY = new URL(`./day.worker${extname(import.meta.url)}`, import.meta.url);
/**
 * Sessions that are worth a thread: 10 ms of decoding. It takes 30 ms to start and then as long to compile what it does, on a
 * core that has nothing to do while this one fetches; who has eight sessions to fetch has two hundred.
 */
const WORTH_SESSIONS = 8;

const LOST = 'The thread that decodes sessions ended before it had done what it was asked';

/**
 * Decodes sessions of the whole market: some in place, many on a thread, so that the next ones are fetched meanwhile.
 *
 * Order: none; each call has its day. Failure: as `decodePolygonGrouped`; where the thread dies, what it had not decoded is
 * `malformed`, to be asked for again, and all that comes after is decoded in place. Holds: the bodies that the thread has
 * not decoded, one for each call under way; the thread, until the panels that it fills are full.
 */
export function createDayDecoder({
  worthSessions = availableParallelism() > 1 ? WORTH_SESSIONS : Number.POSITIVE_INFINITY,
  entry = ENTRY,
}: DayDecoderOptions = {}): DayDecoder {
  let seen = 0;
  let opened = 0;
  let thread: Worker | undefined;
  let hasDied = false;
  /** Panels that the thread has. */
  let panels = 0;
  /** The end of a thread that was not needed any more. */
  let retired: Promise<unknown> | undefined;
  /** Of what the thread was asked, in order. */
  const waiting: PromiseWithResolvers<unknown>[] = [];

  const take = (answer: DecodeAnswer) => {
    const { resolve, reject } = waiting.shift()!;
    if (waiting.length === 0) thread?.unref();
    if (answer.ok) resolve(answer.value);
    else reject(unpackError(answer.error));
  };
  const lose = () => {
    hasDied = true;
    thread = undefined;
    for (const { reject } of waiting.splice(0)) reject(new ScanError('malformed', LOST, { stage: 'decode' }));
  };
  const start = () => {
    if (thread !== undefined || hasDied) return;
    try {
      thread = new Worker(entry, { name: 'days', execArgv: [] });
    } catch {
      hasDied = true;
      return;
    }
    thread.on('message', take);
    // It ends with that, which says all that counts.
    thread.on('error', () => {});
    thread.on('exit', lose);
    // Idle, it keeps no process from ending.
    thread.unref();
  };

  /** Gives back what the thread holds, 16 MB: who has filled a panel has little to decode for a while. */
  const retire = () => {
    if (thread === undefined || panels > 0 || waiting.length > 0) return;
    thread.off('exit', lose);
    retired = thread.terminate();
    thread = undefined;
    seen = 0;
  };

  const ask = <T>(request: DecodeRequest): Promise<T> => {
    const answer = Promise.withResolvers<T>();
    thread!.postMessage(request, request.type === 'day' ? request.buffers : []);
    thread!.ref();
    waiting.push(answer as PromiseWithResolvers<unknown>);
    return answer.promise;
  };
  /** Whether the thread takes what comes now. While it starts, that waits: this one would have to compile the decoder, too. */
  const hasThread = (): boolean => {
    if (++seen >= worthSessions) start();
    return thread !== undefined;
  };

  return {
    async decode(body, session) {
      if (!hasThread()) return decodePolygonGrouped(body, session);
      return ask({ type: 'day', ...packBody(body), session, panel: undefined });
    },
    fill(shape) {
      const panel = ++opened;
      const own = new PanelDecoder(shape);
      let theirs: Promise<void> | undefined;
      const openTheirs = (): Promise<void> => {
        panels++;
        return ask({ type: 'open', panel, shape });
      };
      return {
        async put(body, session) {
          if (!hasThread()) return own.put(body, session);
          theirs ??= openTheirs();
          const [, rows] = await Promise.all([
            theirs,
            ask<DecodedRows>({ type: 'day', ...packBody(body), session, panel }),
          ]);
          return rows;
        },
        async end() {
          own.flush();
          if (theirs === undefined) return;
          // Who dies takes what it had not put in along.
          if (thread === undefined) throw new ScanError('defect', LOST, { stage: 'decode' });
          panels--;
          await ask({ type: 'end', panel });
          retire();
        },
      };
    },
    expect(sessions) {
      if (sessions >= worthSessions) start();
    },
    async close() {
      await Promise.all([thread?.terminate(), retired]);
    },
  };
}
