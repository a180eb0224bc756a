const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const HASH = 0x23;
const BRACE = 0x7b;

/**
 * What begins at the first line that is neither blank nor a comment, and its bytes that are gone from the input:
 *
 * - `list`: a list of symbols; the blanks that its first line starts with.
 * - `object`: a whole line that starts with `{`, with the LF or CR that ends it.
 * - `too-long`: the start of such a line that is longer than allowed; the rest of it counts as a comment.
 */
export interface Start {
  readonly kind: 'list' | 'object' | 'too-long';
  readonly bytes: Uint8Array;
}

type Mode = 'blank' | 'comment' | 'object';

/**
 * Finds where requests start and lists end, in bytes that are cut anywhere. A line ends with LF, CRLF or CR.
 *
 * Holds: of a line that starts with `{`, and of the blanks a line starts with, `maxLineBytes` at most.
 */
export class RequestScanner {
  readonly #maxLineBytes: number;
  /** Whether the last byte was a CR: an LF that comes next belongs to it. */
  #afterReturn = false;
  /** What the line under way is, outside of a list. */
  #mode: Mode = 'blank';
  /** What was in earlier chunks of the line under way, outside of a list. */
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  /** Of a list: whether its line under way has blanks only, and whether it has nothing yet. Both are so at its end. */
  #isBlank = true;
  #isBetweenLines = true;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Whether no line of a list has been begun that is not ended. */
  get isBetweenLines(): boolean {
    return this.#isBetweenLines;
  }

  /** How many of the bytes are used up, and what starts there. */
  findStart(bytes: Uint8Array): { readonly used: number; readonly start?: Start } {
    let lineStart = 0;
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index]!;
      const endsReturn = this.#afterReturn && byte === LF;
      this.#afterReturn = byte === CR;
      if (endsReturn) {
        lineStart = index + 1;
      } else if (byte === LF || byte === CR) {
        const start = this.#endLine(bytes.subarray(lineStart, index + 1));
        lineStart = index + 1;
        if (start !== undefined) return { used: lineStart, start };
      } else if (this.#mode === 'blank' && byte !== SPACE && byte !== TAB) {
        if (byte === BRACE) this.#mode = 'object';
        else if (byte === HASH) this.#mode = 'comment';
        else
          return {
            used: index,
            start: { kind: 'list', bytes: this.#joined(bytes.subarray(lineStart, index)) },
          };
      }
    }
    const start = this.#keep(bytes.subarray(lineStart));
    return start === undefined ? { used: bytes.length } : { used: bytes.length, start };
  }

  /** What is left at the end of the input: a last line without terminator. */
  finish(): Start | undefined {
    return this.#endLine(new Uint8Array());
  }

  /** The index behind the blank line that ends the list; -1 where it goes on. */
  endOfList(bytes: Uint8Array): number {
    // The state in locals: as fields, they would be what takes the time.
    let afterReturn = this.#afterReturn;
    let isBlank = this.#isBlank;
    let isBetweenLines = this.#isBetweenLines;
    let end = -1;
    for (let index = 0; index < bytes.length && end === -1; index++) {
      const byte = bytes[index]!;
      const endsReturn = afterReturn && byte === LF;
      afterReturn = byte === CR;
      if (endsReturn) continue;
      isBetweenLines = byte === LF || byte === CR;
      if (isBetweenLines) {
        if (isBlank) end = index + 1;
        isBlank = true;
      } else if (byte !== SPACE && byte !== TAB) isBlank = false;
    }
    this.#afterReturn = afterReturn;
    this.#isBlank = isBlank;
    this.#isBetweenLines = isBetweenLines;
    return end;
  }

  /** What the line is that ends here, where it is something. */
  #endLine(rest: Uint8Array): Start | undefined {
    const bytes = this.#joined(rest);
    const isObject = this.#mode === 'object';
    this.#mode = 'blank';
    if (!isObject) return undefined;
    return { kind: bytes.length <= this.#maxLineBytes ? 'object' : 'too-long', bytes };
  }

  /** Keeps what may be needed of a line that goes on in the next chunk. */
  #keep(rest: Uint8Array): Start | undefined {
    if (this.#mode === 'comment') return undefined;
    if (this.#pieceBytes + rest.length <= this.#maxLineBytes) {
      this.#pieces.push(rest);
      this.#pieceBytes += rest.length;
      return undefined;
    }
    const bytes = this.#joined(rest);
    const isObject = this.#mode === 'object';
    this.#mode = 'comment';
    // Of so many blanks, no line comes that has anything in it.
    return isObject ? { kind: 'too-long', bytes } : undefined;
  }

  #joined(rest: Uint8Array): Uint8Array {
    const pieces = [...this.#pieces, rest];
    this.#pieces = [];
    this.#pieceBytes = 0;
    return pieces.length === 1 ? rest : Buffer.concat(pieces);
  }
}
