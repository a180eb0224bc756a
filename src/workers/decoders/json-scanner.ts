/**
 * Walks over JSON as bytes and makes nothing of what nobody asks for.
 *
 * Strict, as `JSON.parse`: what it passes over is well-formed JSON, to the same double for every number. Not checked is
 * the encoding inside strings. Failure: a `ScanError`, `malformed`, with the byte where it happened.
 */
import { ScanError } from '../../errors.ts';

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;

/** Deeper than any answer goes: beyond it a document is an attack on the stack. */
const MAX_DEPTH = 64;

/** Powers of ten that a double holds exactly. */
export const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** Digits that a double holds exactly whatever they are. */
export const EXACT_DIGITS = 15;
/** Digits that an int32 holds whatever they are. */
export const INT32_DIGITS = 9;

export class JsonScanner {
  /** The next byte to look at. */
  at = 0;
  /** Ends in a zero byte, which is no part of any token: no loop needs to ask for the end. */
  bytes: Buffer = Buffer.alloc(1);
  private end = 0;

  /**
   * Starts on a document, in the pieces in which it came, and returns its length.
   *
   * Holds: a copy of the largest document so far (the copy costs a few percent of scanning it, buys the end marker, and
   * keeps the code below on one kind of array).
   */
  open(pieces: readonly Uint8Array[]): number {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (this.bytes.length <= length) this.bytes = Buffer.allocUnsafeSlow(2 * length + 1);
    let end = 0;
    for (const piece of pieces) {
      this.bytes.set(piece, end);
      end += piece.length;
    }
    this.bytes[length] = 0;
    this.end = length;
    this.at = 0;
    return length;
  }

  /** The next byte that is not white space, without taking it; 0 at the end. */
  peek(): number {
    const { bytes } = this;
    let { at } = this;
    let byte = bytes[at]!;
    while (byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)) {
      byte = bytes[++at]!;
    }
    this.at = at;
    return byte;
  }

  /** Takes `byte`, which must be what comes after white space. */
  expect(byte: number): void {
    if (this.peek() !== byte) this.fail(`expected ${String.fromCharCode(byte)}`);
    this.at++;
  }

  /** Takes the end of a member: true for a comma, false for `close`. */
  hasMore(close: number): boolean {
    const byte = this.peek();
    if (byte !== COMMA && byte !== close) this.fail(`expected , or ${String.fromCharCode(close)}`);
    this.at++;
    return byte === COMMA;
  }

  /** Nothing but white space may be left. */
  expectEnd(): void {
    this.peek();
    if (this.at !== this.end) this.fail('expected the end');
  }

  /** Takes a string and returns its text. */
  readString(): string {
    this.peek();
    const start = this.at;
    const escaped = this.skipString();
    if (escaped) return JSON.parse(this.bytes.toString('utf8', start, this.at)) as string;
    return this.bytes.toString('utf8', start + 1, this.at - 1);
  }

  /** Takes a string; true where it has escapes. */
  skipString(): boolean {
    if (this.bytes[this.at] !== QUOTE) this.fail('expected a string');
    const { bytes } = this;
    let escaped = false;
    for (let at = this.at + 1; ; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.at = at + 1;
        return escaped;
      }
      if (byte === BACKSLASH) {
        escaped = true;
        this.at = at;
        at = this.escapeEnd(at + 1);
      } else if (byte < 0x20) {
        this.at = at;
        this.fail('a string breaks off');
      }
    }
  }

  /** Takes a number into `target[index]`. It is the double that `JSON.parse` reads, also beyond the largest one. */
  readNumber(target: Float64Array, index: number): void {
    const { bytes } = this;
    const start = this.at;
    let at = start;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const first = at;
    // Wraps beyond 9 digits, and is not used then.
    let mantissa = 0;
    let digit = bytes[at]! - ZERO;
    while (digit >= 0 && digit <= 9) {
      mantissa = (mantissa * 10 + digit) | 0;
      digit = bytes[++at]! - ZERO;
    }
    let digits = at - first;
    if (digits === 0 || (digits > 1 && bytes[first] === ZERO)) this.fail('expected a number');
    let exponent = 0;
    if (digit === DOT - ZERO) {
      const point = at;
      digit = bytes[++at]! - ZERO;
      while (digit >= 0 && digit <= 9) {
        mantissa = (mantissa * 10 + digit) | 0;
        digit = bytes[++at]! - ZERO;
      }
      exponent = point + 1 - at;
      if (exponent === 0) this.fail('expected a digit after the point');
      digits -= exponent;
    }
    const last = at;
    if ((bytes[at]! | 0x20) === 0x65) {
      at = this.exponentEnd(at + 1);
      exponent += Number(bytes.toString('latin1', last + 1, at));
    }
    this.at = at;
    let value = 0;
    if (digits <= EXACT_DIGITS && exponent >= -22 && exponent <= 22) {
      value = digits <= INT32_DIGITS ? mantissa : joinDigits(bytes, first, last);
      // One operation on two exact numbers rounds once: the nearest double.
      value = exponent < 0 ? value / POWERS[-exponent]! : value * POWERS[exponent]!;
      target[index] = negative ? -value : value;
    } else {
      target[index] = Number(bytes.toString('latin1', start, at));
    }
  }

  /** Takes a number and makes nothing of it. */
  skipNumber(): void {
    const { bytes } = this;
    let { at } = this;
    if (bytes[at] === MINUS) at++;
    const first = at;
    at = skipDigits(bytes, at);
    if (at === first || (at > first + 1 && bytes[first] === ZERO)) this.fail('expected a number');
    if (bytes[at] === DOT) {
      const point = at;
      at = skipDigits(bytes, at + 1);
      if (at === point + 1) this.fail('expected a digit after the point');
    }
    if ((bytes[at]! | 0x20) === 0x65) at = this.exponentEnd(at + 1);
    this.at = at;
  }

  /** Takes any value and makes nothing of it. */
  skipValue(depth = 0): void {
    const byte = this.peek();
    if (byte === QUOTE) this.skipString();
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.skipMembers(byte, depth);
    else if (byte === 0x74) this.skipWord('true');
    else if (byte === 0x66) this.skipWord('false');
    else if (byte === 0x6e) this.skipWord('null');
    else this.skipNumber();
  }

  /** Takes one of the words of JSON. */
  skipWord(word: string): void {
    const end = this.at + word.length;
    if (this.bytes.toString('latin1', this.at, end) !== word) this.fail('expected a value');
    this.at = end;
  }

  /** Whether `word` comes after white space; taken where it does. */
  takesWord(word: string): boolean {
    this.peek();
    const end = this.at + word.length;
    if (this.bytes.toString('latin1', this.at, end) !== word) return false;
    this.at = end;
    return true;
  }

  /** The text from `start` to here. */
  textFrom(start: number): string {
    return this.bytes.toString('utf8', start, this.at);
  }

  fail(what: string): never {
    const where = this.at >= this.end ? `ends at byte ${this.end}` : `goes wrong at byte ${this.at}`;
    throw new ScanError('malformed', `The body ${where}: ${what}`, { stage: 'decode' });
  }

  private skipMembers(open: number, depth: number): void {
    if (depth === MAX_DEPTH) this.fail('nested too deeply');
    const close = open === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
    this.at++;
    if (this.peek() === close) {
      this.at++;
      return;
    }
    do {
      if (open === OPEN_BRACE) {
        this.peek();
        this.skipString();
        this.expect(COLON);
      }
      this.skipValue(depth + 1);
    } while (this.hasMore(close));
  }

  /** The last byte of the escape whose letter is at `at`. */
  private escapeEnd(at: number): number {
    const letter = String.fromCharCode(this.bytes[at]!);
    if (letter === 'u') {
      if (!/^[\da-fA-F]{4}$/.test(this.bytes.toString('latin1', at + 1, at + 5)))
        this.fail('a broken escape');
      return at + 4;
    }
    if (!'"\\/bfnrt'.includes(letter)) this.fail('a broken escape');
    return at;
  }

  /** The byte after the exponent that starts at `at`. */
  private exponentEnd(at: number): number {
    const sign = this.bytes[at];
    if (sign === PLUS || sign === MINUS) at++;
    const end = skipDigits(this.bytes, at);
    if (end === at) this.fail('expected an exponent');
    return end;
  }
}

function skipDigits(bytes: Buffer, at: number): number {
  let byte = bytes[at]!;
  while (byte >= ZERO && byte <= ZERO + 9) byte = bytes[++at]!;
  return at;
}

/** The digits of `start` … `end − 1` as one number, the point left out: two int32 halves, exact up to 15 digits. */
export function joinDigits(bytes: Uint8Array, start: number, end: number): number {
  let high = 0;
  let low = 0;
  const half = end - INT32_DIGITS;
  let scale = 1e9;
  for (let at = start; at < half; at++) {
    if (bytes[at] !== DOT) high = (high * 10 + (bytes[at]! - ZERO)) | 0;
  }
  for (let at = half; at < end; at++) {
    if (bytes[at] !== DOT) low = (low * 10 + (bytes[at]! - ZERO)) | 0;
    else scale = 1e8;
  }
  return high * scale + low;
}
