import { layOutMarketDay } from '../../market-day.ts';
import type { Session } from '../../types.ts';
import { MEMBERS, NAME_END, NAME_START, NAMED, NAMED_CELLS } from './compact-row.ts';
import { CLOSE_BRACE, COLON, type JsonScanner, OPEN_BRACE, QUOTE } from './json-scanner.ts';
import { sortNames } from './sort-names.ts';

/** A symbol is plain ASCII, and no longer than that; whatever is not is something else. */
const LONGEST_NAME = 32;
const FIRST_PLAIN = 0x21;
const LAST_PLAIN = 0x7e;
const MINUS = 0x2d;

/** A day as it was decoded, and what was wrong with its rows. */
export interface DecodedDay {
  /** The encoded market day. */
  readonly bytes: Uint8Array;
  /** Rows for a symbol that came again later: the last one counts. */
  readonly doubled: number;
  /** Rows left out: not of this session, without a symbol, or without a finite number for each value. */
  readonly unusable: number;
}

/**
 * The rows of one document with a symbol each, on their way into a market day. Names stay where they are in the
 * document.
 *
 * Holds: 64 bytes for each row of the longest document so far.
 */
export class DayRows {
  /** Of each row: its numbers by `MEMBERS`, and start and end of its name. */
  cells = new Float64Array(1024 * NAMED_CELLS);
  count = 0;
  unusable = 0;
  private readonly scanner: JsonScanner;

  constructor(scanner: JsonScanner) {
    this.scanner = scanner;
  }

  clear(): void {
    this.count = 0;
    this.unusable = 0;
  }

  /** The first cell of the row that is next. It stays the next one until it is kept. */
  next(): number {
    const base = this.count * NAMED_CELLS;
    if (base + NAMED_CELLS > this.cells.length) {
      const larger = new Float64Array(this.cells.length * 2);
      larger.set(this.cells);
      this.cells = larger;
    }
    return base;
  }

  /**
   * Takes an object: of its numbers and its symbol `T`, those whose bits are `wanted`. Returns the bits of what was found
   * and can be used.
   */
  readMembers(base: number, wanted: number): number {
    const { scanner, cells } = this;
    scanner.expect(OPEN_BRACE);
    let found = 0;
    if (scanner.peek() === CLOSE_BRACE) {
      scanner.at++;
      return found;
    }
    do {
      const key = scanner.readString();
      scanner.expect(COLON);
      const cell = key.length === 1 ? MEMBERS.indexOf(key) : -1;
      const bit = (cell >= 0 ? 1 << cell : key === 'T' ? NAMED : 0) & wanted;
      if (bit === 0) {
        scanner.skipValue();
        continue;
      }
      const isUsable =
        bit === NAMED
          ? this.readName(base)
          : this.readNumber(base + cell) && Number.isFinite(cells[base + cell]!);
      // A key that is there twice counts with its last value.
      found = isUsable ? found | bit : found & ~bit;
    } while (scanner.hasMore(CLOSE_BRACE));
    return found;
  }

  /** Takes any value into a cell; whether it is a number. */
  readNumber(cell: number): boolean {
    const { scanner } = this;
    const byte = scanner.peek();
    const isNumber = byte === MINUS || (byte >= 0x30 && byte <= 0x39);
    if (isNumber) scanner.readNumber(this.cells, cell);
    else scanner.skipValue();
    return isNumber;
  }

  /** Takes any value as the name of a row; whether it can be one. */
  readName(base: number): boolean {
    const { scanner, cells } = this;
    if (scanner.peek() !== QUOTE) {
      scanner.skipValue();
      return false;
    }
    const start = scanner.at + 1;
    const escaped = scanner.skipString();
    let end = scanner.at - 1;
    if (escaped) {
      const text = JSON.parse(scanner.textFrom(start - 1)) as string;
      // A text is never longer than its escapes: there is room for it.
      end = start + scanner.bytes.write(text, start);
    }
    cells[base + NAME_START] = start;
    cells[base + NAME_END] = end;
    for (let at = start; at < end; at++) {
      if (scanner.bytes[at]! < FIRST_PLAIN || scanner.bytes[at]! > LAST_PLAIN) return false;
    }
    return this.isNamed(base);
  }

  /** Whether the name of a row has a length that names have. */
  isNamed(base: number): boolean {
    const length = this.cells[base + NAME_END]! - this.cells[base + NAME_START]!;
    return length > 0 && length <= LONGEST_NAME;
  }

  /** The rows that were kept as an encoded market day, in `room` as `layOutMarketDay` has it. */
  encode(session: Session, flags: number, room?: (bytes: number) => Uint8Array): DecodedDay {
    const { cells, unusable } = this;
    const { bytes: document } = this.scanner;
    const kept = this.isAscending() ? undefined : this.sortAndMerge();
    const rows = kept === undefined ? this.count : kept.length;
    let nameBytes = 0;
    for (let index = 0; index < rows; index++) {
      const base = (kept === undefined ? index : kept[index]!) * NAMED_CELLS;
      nameBytes += cells[base + NAME_END]! - cells[base + NAME_START]!;
    }

    const day = layOutMarketDay({ rows, session, flags, nameBytes }, room);
    const { open, high, low, close, volume, names } = day;
    let end = 0;
    for (let index = 0; index < rows; index++) {
      const base = (kept === undefined ? index : kept[index]!) * NAMED_CELLS;
      open[index] = cells[base]!;
      high[index] = cells[base + 1]!;
      low[index] = cells[base + 2]!;
      close[index] = cells[base + 3]!;
      volume[index] = cells[base + 4]!;
      const nameEnd = cells[base + NAME_END]!;
      for (let at = cells[base + NAME_START]!; at < nameEnd; at++) names.bytes[end++] = document[at]!;
      names.ends[index] = end;
    }
    return { bytes: day.bytes, doubled: this.count - rows, unusable };
  }

  /** Whether the rows came in the order of their names, each name once. */
  private isAscending(): boolean {
    for (let row = 1; row < this.count; row++) if (this.compare(row - 1, row) >= 0) return false;
    return true;
  }

  /** The rows in the order of their names; of equal names, the last one that came. */
  private sortAndMerge(): Uint32Array {
    const order = sortNames(this.scanner.bytes, this.cells, this.count);
    let rows = 0;
    for (let index = 0; index < order.length; index++) {
      const isLast = index + 1 === order.length || this.compare(order[index]!, order[index + 1]!) !== 0;
      // In place: what is kept is never ahead of what is read.
      if (isLast) order[rows++] = order[index]!;
    }
    return order.subarray(0, rows);
  }

  /** By the bytes of the names: negative where `a` comes first. */
  private compare(a: number, b: number): number {
    const { cells } = this;
    const { bytes } = this.scanner;
    let at = cells[a * NAMED_CELLS + NAME_START]!;
    let other = cells[b * NAMED_CELLS + NAME_START]!;
    const end = cells[a * NAMED_CELLS + NAME_END]!;
    const otherEnd = cells[b * NAMED_CELLS + NAME_END]!;
    for (; at < end && other < otherEnd; at++, other++) {
      if (bytes[at] !== bytes[other]) return bytes[at]! - bytes[other]!;
    }
    return end - at - (otherEnd - other);
  }
}
