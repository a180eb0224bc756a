import { closeSync, createReadStream, fstatSync, type Stats } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty, ReadStream as TerminalStream } from 'node:tty';
import { LostGroundError } from '../errors.ts';
import { explainNoText } from './explain-no-text.ts';

/** Bytes with a list of symbols in them, and where they come from. */
export interface SymbolInput {
  /** For messages. */
  readonly name: string;
  /** To be read once. */
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly isTerminal: boolean;
  /** Whether it is a regular file: its end is known. */
  readonly isFile: boolean;
  /** Size of a regular file. */
  readonly bytes?: number;
  /** Ends `chunks`, a pending read included, and closes the input; also where nothing was read. */
  stop(): void;
}

const STANDARD_ERROR = 2;

/**
 * An open file descriptor as input: a file, a pipe, a socket or a terminal. It belongs to the input from here on.
 *
 * Nothing is read before `chunks` is. Reading a pipe or a terminal takes no thread, so that a read which never ends
 * does not keep the process from ending.
 *
 * Failure: `chunks` rejects with `LostGroundError` where reading fails, and where its first bytes are those of a packed
 * file (`explain-no-text.ts`). Holds: one chunk (64 KiB).
 */
export function inputOf(fd: number, name: string): SymbolInput {
  const stats = fstatSync(fd);
  const isTerminal = isatty(fd);
  const isFile = stats.isFile();
  let stream: Readable | undefined;
  let stopped = false;

  async function* read(): AsyncGenerator<Uint8Array, void, undefined> {
    if (stopped) return;
    stream = streamOf(fd, stats, isTerminal);
    let isFirst = true;
    try {
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        const problem = isFirst ? explainNoText(chunk) : undefined;
        if (problem !== undefined) throw new LostGroundError(`Cannot read ${name}: ${problem}`);
        isFirst = false;
        yield chunk;
      }
    } catch (cause) {
      if (cause instanceof LostGroundError) throw cause;
      // A destroyed stream reports that it ended early: that is what stopping does.
      if (!stopped) throw new LostGroundError(`Cannot read ${name}: ${codeOf(cause)}`, { cause });
    }
  }

  return {
    name,
    chunks: read(),
    isTerminal,
    isFile,
    ...(isFile ? { bytes: stats.size } : {}),
    stop() {
      if (stopped) return;
      stopped = true;
      if (stream !== undefined) stream.destroy();
      // The number of a closed standard input would be given to what is opened next.
      else if (fd > STANDARD_ERROR) closeSync(fd);
    },
  };
}

function streamOf(fd: number, stats: Stats, isTerminal: boolean): Readable {
  if (isTerminal) return new TerminalStream(fd);
  if (stats.isFIFO() || stats.isSocket()) return new Socket({ fd, readable: true, writable: false });
  return createReadStream('', { fd });
}

/** The code of a system error: its message may carry more than a log should have. */
function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}
