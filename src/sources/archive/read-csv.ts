import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ScanError } from '../../errors.ts';
import { BarReader, type BarTaker } from './bar-reader.ts';
import { findColumns } from './columns.ts';

/** Of a file. Larger ones cost more to have than small files take to read. */
const CHUNK_BYTES = 1 << 16;
const UNZIPPED_CHUNK_BYTES = 1 << 18;
/** A line beyond it is no row: the file is something else. */
const LONGEST_LINE = 1 << 20;

/**
 * Reads the bars of a CSV file, or of a CSV.gz by its name, in one pass. The header names the columns; values may stand in
 * double quotes, without commas in them. An empty file has no bars. Returns the bytes read from disk.
 *
 * Order: the file's. Failure: a `ScanError`, `bad-bars`, for what is no table of bars (an HTML page), or does not unzip;
 * rows that are wrong are the taker's. Aborting `signal` rejects at once. Holds: two chunks of 256 KiB, unzipped.
 */
export async function readCsv(path: string, taker: BarTaker, signal: AbortSignal): Promise<number> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES, signal });
  const isZipped = path.toLowerCase().endsWith('.gz');
  const stream: Readable = isZipped ? file.pipe(createGunzip({ chunkSize: UNZIPPED_CHUNK_BYTES })) : file;
  // An error does not pass through `pipe`.
  if (isZipped) file.on('error', (error) => stream.destroy(error));
  const lines = new LineReader(path, taker);
  try {
    let rest = '';
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      // Symbols, dates and numbers are ASCII: a character cut in two by the chunk is in no column that is read.
      const text = rest + chunk.toString('latin1');
      const end = text.lastIndexOf('\n') + 1;
      lines.read(text, end);
      rest = text.slice(end);
      if (rest.length > LONGEST_LINE) throw refusal(path, `lines of at most ${LONGEST_LINE} bytes`);
    }
    lines.read(`${rest}\n`, rest.length + 1);
  } catch (cause) {
    if (cause instanceof ScanError) throw cause;
    if (signal.aborted) throw new ScanError('timed-out', 'Reading was cut off', { stage: 'fetch', cause });
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw refusal(path, `a file that can be read (${code})`, cause);
  } finally {
    file.destroy();
    stream.destroy();
  }
  return file.bytesRead;
}

class LineReader {
  readonly #path: string;
  readonly #taker: BarTaker;
  #reader: BarReader | undefined;
  #fields = 0;
  #line = 0;

  constructor(path: string, taker: BarTaker) {
    this.#path = path;
    this.#taker = taker;
  }

  /** Reads the lines of `text` up to `end`, where one ends. */
  read(text: string, end: number): void {
    let at = 0;
    while (at < end) {
      const next = text.indexOf('\n', at);
      const stop = next > at && text.charCodeAt(next - 1) === 13 ? next - 1 : next;
      this.#line++;
      if (stop > at) this.#take(text.slice(at, stop));
      at = next + 1;
    }
  }

  #take(line: string): void {
    if (this.#reader === undefined) {
      this.#reader = this.#open(line);
      return;
    }
    const values = fieldsOf(line);
    if (values.length === this.#fields) this.#reader.row(values, this.#line);
    else if (line.trim() !== '') this.#reader.refuseRow(values, this.#line, this.#fields);
  }

  #open(line: string): BarReader {
    if (/^\s*<(?:!|html|head|body|script|\?xml)/i.test(line)) {
      throw refusal(this.#path, 'a table of bars, got a web page (HTML)');
    }
    // Without a byte order mark, which was read as three characters.
    const header = fieldsOf(line.replace(/^\u00EF\u00BB\u00BF/, ''));
    const columns = findColumns(header);
    if ('missing' in columns) {
      throw refusal(this.#path, `a header with ${columns.missing.map((name) => `\`${name}\``).join(', ')}`);
    }
    this.#fields = header.length;
    return new BarReader(this.#path, columns, this.#taker);
  }
}

function fieldsOf(line: string): string[] {
  const fields = line.split(',');
  return line.includes('"') ? fields.map((field) => field.replace(/^\s*"(.*)"\s*$/, '$1')) : fields;
}

function refusal(path: string, expected: string, cause?: unknown): ScanError {
  return new ScanError('bad-bars', `${basename(path)}: expected ${expected}`, { stage: 'decode', cause });
}
