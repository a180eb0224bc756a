/** A ranking as the text of a file, and back: a line with its length, its summary, what left and receipts, then a line a row. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { LeftRow, RankedRow, Ranking, Receipt, Summary } from '../types.ts';
import { chunkText } from './chunk-text.ts';

const CHUNK_BYTES = 64 * 1024;

/** What was kept cannot be read back. */
export class DamagedRankingError extends Error {
  override readonly name = 'DamagedRankingError';
}

interface Heading {
  readonly length: number;
  readonly summary: Summary;
  readonly left?: readonly LeftRow[];
  readonly receipts?: readonly Receipt[];
}

export function spilledText({ rows, ...heading }: Ranking): Iterable<string> {
  return chunkText(lines(heading, rows));
}

function* lines(heading: Heading, rows: Ranking['rows']): Generator<string> {
  yield `${JSON.stringify(heading)}\n`;
  for (const row of rows) yield `${JSON.stringify(row)}\n`;
}

/**
 * The ranking in a file. Its rows are read as they are iterated, as often as wanted.
 *
 * Failure: `DamagedRankingError` where it is gone or no such file, and at the row where it breaks off; the system's error where it
 * cannot be read. Holds: 64 KB of the file, what left, and receipts.
 */
export function readSpilled(path: string): Ranking {
  const heading = headingOf(path);
  const { length } = heading;
  return {
    ...heading,
    rows: {
      *[Symbol.iterator]() {
        let count = -1;
        for (const line of readLines(path)) {
          if (++count > 0) yield parse<RankedRow>(line, path);
        }
        if (count !== length) throw new DamagedRankingError(`${path} has ${count} rows instead of ${length}`);
      },
    },
  };
}

function headingOf(path: string): Heading {
  for (const line of readLines(path)) {
    const heading = parse<Partial<Heading> | null>(line, path);
    if (typeof heading?.length !== 'number' || typeof heading.summary?.scan !== 'string') break;
    return heading as Heading;
  }
  throw new DamagedRankingError(`${path} does not begin as a kept ranking`);
}

function parse<T>(line: string, path: string): T {
  try {
    return JSON.parse(line) as T;
  } catch {
    throw new DamagedRankingError(`${path} has a line that is not JSON`);
  }
}

/** At once and not asynchronously: who iterates rows does not wait. What has no line feed is no line. */
function* readLines(path: string): Generator<string> {
  const descriptor = openFile(path);
  try {
    const decoder = new TextDecoder();
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let begun = '';
    for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk)) {
      const parts = decoder.decode(chunk.subarray(0, read), { stream: true }).split('\n');
      parts[0] = begun + parts[0];
      begun = parts.pop()!;
      yield* parts;
    }
  } finally {
    closeSync(descriptor);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new DamagedRankingError(`${path} is gone`);
  }
}
