import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ConfigError } from '../errors.ts';
import { parseSession } from '../session.ts';
import type { Session, SymbolId } from '../types.ts';
import { BarTable } from './bar-table.ts';
import type { Market } from './market.ts';
import { scanNumber } from './number-scanner.ts';

const NEWLINE = 10;
const RETURN = 13;
const COMMA = 44;
const MINUS = 45;
const ZERO = 48;

/** A line beyond it is no row: the file is something else. */
const LONGEST_LINE_BYTES = 1 << 20;

const COLUMNS = ['symbol', 'date', 'open', 'high', 'low', 'close', 'volume'] as const;
type Column = (typeof COLUMNS)[number];

/**
 * A market from a file of bars: CSV, or CSV.gz by its name, with a header that names the columns `symbol`, `date`
 * (YYYY-MM-DD), `open`, `high`, `low`, `close` and `volume` in any order, others ignored. Rows come in any order;
 * numbers are served exactly as they are, dirt included. There is no quoting.
 *
 * Failure: a `ConfigError` that names file, line and column, or what could not be read.
 * Holds: 44 bytes a bar, and twice that while it loads.
 */
export async function loadMarket(path: string): Promise<Market> {
  const reader = new RowReader(path);
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const stream: Readable = path.endsWith('.gz') ? file.pipe(createGunzip({ chunkSize: 1 << 18 })) : file;
  // An error does not pass through `pipe`.
  file.on('error', (error) => stream.destroy(error));
  try {
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      rest = bytes.subarray(reader.read(bytes));
      if (rest.length > LONGEST_LINE_BYTES) throw reader.lineTooLong();
    }
    if (rest.length > 0) reader.read(Buffer.concat([rest, Buffer.from('\n')]));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`Cannot read ${path}: ${(error as Error).message}`]);
  } finally {
    file.destroy();
  }
  return reader.finish();
}

class RowReader {
  readonly #path: string;
  readonly #table = new BarTable();
  readonly #sessions = new Map<number, Session>();
  /** Field of a row that holds each of `COLUMNS`; empty until the header is read. */
  #fields: readonly number[] = [];
  #line = 0;
  #starts = new Int32Array(0);
  #ends = new Int32Array(0);
  /** Rows mostly come symbol by symbol: the last one's bytes and number. */
  #symbolBytes = Buffer.alloc(0);
  #symbolNumber = -1;

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads all whole lines; returns the bytes they took. */
  read(bytes: Buffer): number {
    let at = 0;
    for (let end = bytes.indexOf(NEWLINE, at); end >= 0; end = bytes.indexOf(NEWLINE, at)) {
      this.#line++;
      const stop = end > at && bytes[end - 1] === RETURN ? end - 1 : end;
      if (this.#fields.length === 0) this.#readHeader(bytes.toString('utf8', at, stop));
      else this.#readRow(bytes, at, stop);
      at = end + 1;
    }
    return at;
  }

  lineTooLong(): ConfigError {
    return new ConfigError([
      `${this.#path}:${this.#line + 1}: expected a line of at most ${LONGEST_LINE_BYTES} bytes`,
    ]);
  }

  finish(): Market {
    if (this.#fields.length === 0) throw new ConfigError([`${this.#path}: no header line`]);
    // The header is line 1, and every line after it is a row.
    const doubled = this.#table.sort();
    if (doubled !== undefined) {
      const { symbol, row } = doubled;
      throw new ConfigError([`${this.#path}:${row + 2}: second bar of ${symbol} for the same date`]);
    }
    return this.#table.asMarket(basename(this.#path));
  }

  #readHeader(text: string): void {
    const names = text
      .replace(/^\uFEFF/, '')
      .split(',')
      .map((name) => name.trim().toLowerCase());
    const problems = COLUMNS.filter((column) => !names.includes(column)).map(
      (column) => `${this.#path}:1: no column \`${column}\``,
    );
    if (problems.length > 0) throw new ConfigError(problems);
    this.#fields = COLUMNS.map((column) => names.indexOf(column));
    this.#starts = new Int32Array(names.length);
    this.#ends = new Int32Array(names.length);
  }

  #readRow(bytes: Buffer, start: number, stop: number): void {
    const starts = this.#starts;
    const ends = this.#ends;
    let field = 0;
    starts[0] = start;
    for (let at = start; at < stop; at++) {
      if (bytes[at] !== COMMA) continue;
      ends[field++] = at;
      starts[field] = at + 1;
    }
    ends[field] = stop;
    if (field + 1 !== starts.length) {
      throw new ConfigError([
        `${this.#path}:${this.#line}: expected ${starts.length} columns, got ${field + 1}`,
      ]);
    }
    this.#table.add(
      this.#symbol(bytes),
      this.#session(bytes),
      this.#number(bytes, 2),
      this.#number(bytes, 3),
      this.#number(bytes, 4),
      this.#number(bytes, 5),
      this.#number(bytes, 6),
    );
  }

  #symbol(bytes: Buffer): number {
    const field = this.#fields[0]!;
    const start = this.#starts[field]!;
    const end = this.#ends[field]!;
    if (this.#symbolNumber < 0 || this.#symbolBytes.compare(bytes, start, end) !== 0) {
      const symbol: SymbolId = bytes.toString('utf8', start, end);
      if (symbol.trim() === '') throw this.#problem(bytes, 0, 'a symbol');
      this.#symbolBytes = Buffer.from(symbol);
      this.#symbolNumber = this.#table.numberOf(symbol);
    }
    return this.#symbolNumber;
  }

  #session(bytes: Buffer): Session {
    const field = this.#fields[1]!;
    const start = this.#starts[field]!;
    const end = this.#ends[field]!;
    // A file has few dates and many rows: the digits as one number find the day.
    let key = end - start === 10 && bytes[start + 4] === MINUS && bytes[start + 7] === MINUS ? 0 : Number.NaN;
    for (let at = start; at < end; at++) {
      if (at === start + 4 || at === start + 7) continue;
      const digit = bytes[at]! - ZERO;
      key = digit >= 0 && digit <= 9 ? key * 10 + digit : Number.NaN;
    }
    let session = this.#sessions.get(key);
    if (session === undefined || Number.isNaN(key)) {
      session = parseSession(bytes.toString('latin1', start, end));
      if (Number.isNaN(session)) throw this.#problem(bytes, 1, 'a date (YYYY-MM-DD)');
      this.#sessions.set(key, session);
    }
    return session;
  }

  #number(bytes: Buffer, column: number): number {
    const field = this.#fields[column]!;
    const value = scanNumber(bytes, this.#starts[field]!, this.#ends[field]!);
    if (!Number.isFinite(value)) throw this.#problem(bytes, column, 'a number');
    return value;
  }

  #problem(bytes: Buffer, column: number, expected: string): ConfigError {
    const field = this.#fields[column]!;
    const name: Column = COLUMNS[column]!;
    const got = JSON.stringify(bytes.toString('utf8', this.#starts[field]!, this.#ends[field]!).slice(0, 40));
    return new ConfigError([
      `${this.#path}:${this.#line}: expected ${expected} in column \`${name}\`, got ${got}`,
    ]);
  }
}
