import { randomUUID } from 'node:crypto';
import { LostGroundError } from '../errors.ts';
import { type Clock, systemClock } from '../state/clock.ts';
import { printable } from '../universe/printable.ts';
import { ChunkFeed } from './chunk-feed.ts';
import { isSymbolLine, parseRequest, type ScanRequest } from './request.ts';
import { RequestScanner } from './request-scanner.ts';
import { utf8From } from './utf8-from.ts';

export interface ReadRequestsOptions {
  /** Milliseconds in which nothing comes that end a list, unless a line of it is under way. @default 500 */
  readonly idleMs?: number | undefined;
  /** Bytes of the longest list; reading a longer one fails. @default 1 GiB */
  readonly maxListBytes?: number | undefined;
  /** Bytes of the longest line with a JSON request, its end included. @default 1 MiB */
  readonly maxLineBytes?: number | undefined;
  /** Told of what cannot be read as a request, and is skipped. */
  readonly onProblem?: ((problem: RequestProblem) => void) | undefined;
  readonly clock?: Clock | undefined;
}

export interface RequestProblem {
  readonly problems: readonly string[];
  /** The start of what came, made printable. */
  readonly text: string;
}

const SHOWN_CHARACTERS = 120;
const NOTHING = new Uint8Array();

/**
 * Reads requests from an input on which they come one after the other:
 *
 * - **a list** of symbols, in any form of `list-format.ts`: it ends with a blank line, at the end of the input, or
 *   when nothing has come for `idleMs` (but never in the middle of a line);
 * - **a JSON request** (`request.ts`): one line that starts with `{`. Where such a line is a symbol of JSON lines
 *   (`isSymbolLine`), it starts a list.
 *
 * Blank lines and comments between them are passed over. UTF-8, with or without byte order mark; UTF-16 by its mark.
 *
 * A list's bytes are read from the input while it is read, so that an input is held back by who reads the list.
 * Pauses are noticed one chunk ahead of it: of a list that takes its reader long and is larger than what the input
 * holds, only a blank line is an end for certain.
 *
 * Order: as read; the next request begins where the list ends. Asking for it waits for who reads the list; what
 * nobody reads is passed over, and can no longer be read. Failure: that of `chunks`; a list beyond `maxListBytes`
 * rejects with `LostGroundError` where that is read, and its rest is passed over; what is no request goes to
 * `onProblem`. Holds: two chunks, and a line that starts with `{`.
 */
export async function* readRequests(
  chunks: AsyncIterable<Uint8Array>,
  {
    idleMs = 500,
    maxListBytes = 2 ** 30,
    maxLineBytes = 2 ** 20,
    onProblem = () => {},
    clock = systemClock,
  }: ReadRequestsOptions = {},
): AsyncGenerator<ScanRequest, void, undefined> {
  const feed = new ChunkFeed(utf8From(chunks), idleMs, clock);
  const scanner = new RequestScanner(maxLineBytes);
  const tooLong = [`expected a request of at most ${maxLineBytes} bytes; a list may be longer`];

  const findStart = async () => {
    while ((await feed.arrival(false)) === 'bytes') {
      const { used, start } = scanner.findStart(feed.bytes);
      feed.take(used);
      if (start !== undefined) return start;
    }
    return scanner.finish();
  };

  try {
    for (;;) {
      const start = await findStart();
      if (start === undefined) return;
      const { kind, bytes } = start;
      const text = Buffer.from(bytes).toString().trim();
      if (kind !== 'list' && !(kind === 'object' && isSymbolLine(text))) {
        const parsed = kind === 'object' ? parseRequest(text) : { problems: tooLong };
        if ('request' in parsed) yield parsed.request;
        else onProblem({ problems: parsed.problems, text: printable(text, SHOWN_CHARACTERS) });
        continue;
      }
      const list = openList(feed, scanner, bytes, maxListBytes);
      yield { id: randomUUID(), list: list.bytes };
      await list.finish();
    }
  } finally {
    feed.close();
  }
}

interface List {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Waits for who reads it, and passes over what is left. */
  finish(): Promise<void>;
}

function openList(feed: ChunkFeed, scanner: RequestScanner, start: Uint8Array, maxBytes: number): List {
  let head = start;
  let hasEnded = false;
  let isBegun = false;
  let isPassed = false;
  const reading = Promise.withResolvers<void>();

  const next = async (): Promise<Uint8Array | undefined> => {
    if (head.length > 0) {
      const first = head;
      head = NOTHING;
      return first;
    }
    if (hasEnded) return undefined;
    if ((await feed.arrival(scanner.isBetweenLines)) !== 'bytes') {
      hasEnded = true;
      return undefined;
    }
    const end = scanner.endOfList(feed.bytes);
    hasEnded = end !== -1;
    return feed.take(hasEnded ? end : feed.bytes.length);
  };

  async function* read(): AsyncGenerator<Uint8Array, void, undefined> {
    if (isPassed)
      throw new Error('The list was passed over: the next request was asked for before it was read');
    isBegun = true;
    try {
      let bytes = 0;
      for (;;) {
        const piece = await next();
        if (piece === undefined) return;
        bytes += piece.length;
        if (bytes > maxBytes) throw new LostGroundError(`The list is longer than ${maxBytes} bytes`);
        yield piece;
      }
    } finally {
      reading.resolve();
    }
  }

  return {
    bytes: read(),
    async finish() {
      isPassed = true;
      if (isBegun) await reading.promise;
      while ((await next()) !== undefined);
    },
  };
}
