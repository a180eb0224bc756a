import { BomDecoder } from './bom-decoder.ts';

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its terminator; of a line that was cut, its first 32 characters (or fewer, if the limit is below 96). */
  readonly text: string;
  /** Whether the line was longer than allowed, and is gone but for its start. */
  readonly cut: boolean;
}

export interface ReadLinesOptions {
  /** Bytes of the longest line, as UTF-8 without terminator. @default 1 MiB */
  readonly maxLineBytes?: number | undefined;
}

/** Bytes looked at at once: what bounds the lines in memory when a chunk is large. */
const SLICE_BYTES = 64 * 1024;
const CUT_CHARACTERS = 32;
const MAX_BYTES_PER_UNIT = 3;

/**
 * Splits bytes into lines, and yields those that each chunk completes: a slow pipe's line is not held back.
 *
 * A line ends with LF, CRLF or CR; a last one without terminator counts. UTF-8, with or without byte order mark;
 * UTF-16 in either order where a byte order mark says so. Bytes that are not text become U+FFFD.
 *
 * Order: as read. Failure: that of `chunks`. Holds: the lines of 64 KiB, and one unfinished line of at most
 * `maxLineBytes`; a longer one is reported as cut the moment it is too long, and the rest of it dropped unseen.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  { maxLineBytes = 1024 * 1024 }: ReadLinesOptions = {},
): AsyncGenerator<readonly Line[], void, undefined> {
  const decoder = new BomDecoder();
  const splitter = new Splitter(maxLineBytes);
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += SLICE_BYTES) {
      const lines = splitter.split(decoder.decode(chunk.subarray(start, start + SLICE_BYTES)));
      if (lines.length > 0) yield lines;
    }
  }
  const last = [...splitter.split(decoder.end()), ...splitter.end()];
  if (last.length > 0) yield last;
}

/** Text in, the lines it completes out. */
class Splitter {
  readonly #maxLineBytes: number;
  /** The line that has no terminator yet, and its bytes. */
  #unfinished = '';
  #unfinishedBytes = 0;
  /** Whether the line under way was reported as cut: what is left of it is dropped. */
  #dropping = false;
  /** Whether the last text ended with CR: an LF at the start of the next one belongs to it. */
  #afterReturn = false;
  #number = 1;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  split(text: string): readonly Line[] {
    const lines: Line[] = [];
    if (text === '') return lines;
    let start = this.#afterReturn && text.startsWith('\n') ? 1 : 0;
    this.#afterReturn = text.endsWith('\r');
    // Each terminator is looked for again only once it is passed: a text without CR is searched for it once.
    let feed = indexOrEnd(text, '\n', start);
    let carriageReturn = indexOrEnd(text, '\r', start);
    while (start < text.length) {
      const end = Math.min(feed, carriageReturn);
      const piece = text.slice(start, end);
      if (end === text.length) {
        this.#append(piece, lines);
        break;
      }
      this.#complete(piece, lines);
      start = end + (end === carriageReturn && feed === end + 1 ? 2 : 1);
      if (feed < start) feed = indexOrEnd(text, '\n', start);
      if (carriageReturn < start) carriageReturn = indexOrEnd(text, '\r', start);
    }
    return lines;
  }

  end(): readonly Line[] {
    return this.#unfinished === '' ? [] : [{ number: this.#number, text: this.#unfinished, cut: false }];
  }

  #complete(piece: string, lines: Line[]): void {
    // The common line came whole and is too short to be counted.
    if (
      this.#unfinished === '' &&
      !this.#dropping &&
      piece.length * MAX_BYTES_PER_UNIT <= this.#maxLineBytes
    ) {
      lines.push({ number: this.#number++, text: piece, cut: false });
      return;
    }
    this.#append(piece, lines);
    if (!this.#dropping) lines.push({ number: this.#number, text: this.#unfinished, cut: false });
    this.#unfinished = '';
    this.#unfinishedBytes = 0;
    this.#dropping = false;
    this.#number++;
  }

  #append(piece: string, lines: Line[]): void {
    if (this.#dropping) return;
    this.#unfinishedBytes += Buffer.byteLength(piece);
    if (this.#unfinishedBytes <= this.#maxLineBytes) {
      this.#unfinished += piece;
      return;
    }
    const text = (this.#unfinished + piece.slice(0, CUT_CHARACTERS)).slice(0, CUT_CHARACTERS);
    lines.push({ number: this.#number, text, cut: true });
    this.#unfinished = '';
    this.#dropping = true;
  }
}

function indexOrEnd(text: string, terminator: string, from: number): number {
  const index = text.indexOf(terminator, from);
  return index === -1 ? text.length : index;
}
