import { ScanError } from '../../errors.ts';
import { MS_PER_DAY } from '../../session.ts';
import { COMPLETE, MEMBERS, NUMBERS, scanCompactRow, TIME } from './compact-row.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  type JsonScanner,
  OPEN_BRACE,
  OPEN_BRACKET,
} from './json-scanner.ts';

/** Milliseconds around 1970 that a date can be: the range of ECMAScript time. */
const MAX_TIME = 100_000_000 * MS_PER_DAY;

/**
 * The rows of Polygon's aggregates, `{"v":…,"o":…,"c":…,"h":…,"l":…,"t":…}` each, from bytes to numbers.
 *
 * Holds: 48 bytes for each row of the longest answer so far.
 */
export class PolygonRows {
  /** Rows as they came: open, high, low, close, volume, time of each. */
  cells = new Float64Array(512 * NUMBERS);
  private readonly scanner: JsonScanner;

  constructor(scanner: JsonScanner) {
    this.scanner = scanner;
  }

  /**
   * The session of a row. `t` is the start of a day in New York, 04:00 or 05:00 of the same date in UTC: the UTC day it
   * falls in has the date of the session, in summer and in winter.
   */
  session(row: number): number {
    return Math.floor(this.cells[row * NUMBERS + TIME]! / MS_PER_DAY);
  }

  /** Takes an array of rows, or null for none, behind the `count` rows there are. Returns the rows now. */
  scanResults(count: number): number {
    const { scanner } = this;
    if (scanner.takesWord('null')) return count;
    scanner.expect(OPEN_BRACKET);
    if (scanner.peek() === CLOSE_BRACKET) {
      scanner.at++;
      return count;
    }
    do {
      if ((count + 1) * NUMBERS > this.cells.length) {
        const larger = new Float64Array(this.cells.length * 2);
        larger.set(this.cells);
        this.cells = larger;
      }
      const base = count++ * NUMBERS;
      const end =
        scanner.peek() === OPEN_BRACE
          ? scanCompactRow(scanner.bytes, scanner.at, this.cells, base, COMPLETE)
          : -1;
      if (end < 0) this.scanRow(base);
      else scanner.at = end;
    } while (scanner.hasMore(CLOSE_BRACKET));
    return count;
  }

  /** Takes one row of any form into the cells from `base`. */
  private scanRow(base: number): void {
    const { scanner, cells } = this;
    scanner.expect(OPEN_BRACE);
    let found = 0;
    if (scanner.peek() === CLOSE_BRACE) {
      scanner.at++;
    } else {
      do {
        const key = scanner.readString();
        const cell = key.length === 1 ? MEMBERS.indexOf(key) : -1;
        scanner.expect(COLON);
        if (cell < 0) {
          scanner.skipValue();
        } else {
          scanner.peek();
          scanner.readNumber(cells, base + cell);
          found |= 1 << cell;
        }
      } while (scanner.hasMore(CLOSE_BRACE));
    }
    if (found !== COMPLETE) scanner.fail('a row without all of o, h, l, c, v, t');
    for (let cell = base; cell < base + NUMBERS; cell++) {
      if (!Number.isFinite(cells[cell]!)) throw badNumber('A number is beyond the largest double');
    }
    if (Math.abs(cells[base + TIME]!) > MAX_TIME) throw badNumber('A time is beyond all dates');
  }
}

function badNumber(message: string): ScanError {
  return new ScanError('bad-bars', message, { stage: 'decode' });
}
