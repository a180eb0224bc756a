import type { Stats } from 'node:fs';
import { access, constants, type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Sink, Summary } from '../types.ts';
import { cannotWrite } from './cannot-write.ts';
import { syncDirectory } from './directories.ts';
import { findClosingLine } from './find-closing-line.ts';
import { jsonLines } from './json-lines.ts';
import { rotateFile } from './rotate-file.ts';

export interface RotatingFileOptions {
  /** The file that is appended to; older ones are `path.1`, `path.2`, … Only one process may write it. */
  readonly path: string;
  /** Size from which a file is full. @default 64 MiB */
  readonly maxBytes?: number;
  /** Age, since it was begun, from which a file is full. @default never */
  readonly maxAgeMs?: number;
  /** Older files that stay. @default 9 */
  readonly keep?: number;
  readonly now?: () => number;
}

/**
 * Appends rankings to a file as NDJSON: the rows, then a closing line with the summary. What comes after the last closing
 * line is not a ranking: it is being written, or was cut off, and is cut away by `open` and before the next ranking.
 *
 * A file that is full is rotated before the next ranking, so it holds at most `maxBytes` and one ranking, and a ranking is
 * never split. A file in which no ranking ends is set aside as `path.torn` rather than emptied: it may be somebody else's.
 *
 * Durable: the rows are synced before the closing line is written, and it before `publish` resolves; so rows with a closing
 * line are all there, after a power cut too. A ranking whose closing line is the last one there already is not written again,
 * which makes it safe to repeat a publication of unknown outcome.
 *
 * Failure: `ConfigError` at creation; `LostGroundError` with the file and the remedy, after which the file ends as it did
 * before. Holds: a chunk of text; the file is open only while a ranking is written.
 */
export function createRotatingFileSink({
  path,
  maxBytes = 64 * 2 ** 20,
  maxAgeMs = Number.POSITIVE_INFINITY,
  keep = 9,
  now = Date.now,
}: RotatingFileOptions): Sink {
  checkBounds({ maxBytes, maxAgeMs, keep });
  const failing = (cause: unknown): never => {
    throw cannotWrite(path, cause);
  };
  const isFull = ({ size, birthtimeMs, mtimeMs }: Stats) =>
    // Not every file system knows when a file was begun.
    size >= maxBytes || now() - (birthtimeMs || mtimeMs) >= maxAgeMs;

  return {
    name: path,
    async open() {
      // Not made before there is something to write.
      await access(dirname(path), constants.W_OK | constants.X_OK).catch(failing);
      const file = await openIfThere(path).catch(failing);
      if (file === undefined) return;
      await repair(path, file)
        .catch(failing)
        .finally(() => file.close());
    },
    async publish(ranking) {
      const closing = closingLine(ranking.summary);
      const there = await openIfThere(path).catch(failing);
      if (there !== undefined) {
        try {
          const last = await repair(path, there).catch(failing);
          if (last === closing) return;
          if (last !== undefined && isFull(await there.stat())) await rotateFile(path, keep).catch(failing);
        } finally {
          await there.close();
        }
      }
      const file = await open(path, 'a').catch(failing);
      const { size: end } = await file.stat();
      try {
        for (const chunk of jsonLines(ranking)) await file.writeFile(chunk).catch(failing);
        await file.datasync().catch(failing);
        await file.writeFile(closing).catch(failing);
        await file.datasync().catch(failing);
        if (end === 0) await syncDirectory(dirname(path)).catch(failing);
      } catch (error) {
        // Where this fails too, the next one cuts it away.
        await file.truncate(end).catch(() => {});
        throw error;
      } finally {
        await file.close();
      }
    },
    async close() {},
  };
}

function checkBounds(bounds: Readonly<Record<'maxBytes' | 'maxAgeMs' | 'keep', number>>): void {
  const problems = Object.entries(bounds)
    .filter(([name, value]) => Number.isNaN(value) || value < (name === 'keep' ? 0 : 1))
    .map(
      ([name, value]) =>
        `Expected \`${name}\` to be a number from ${name === 'keep' ? 0 : 1}, got \`${value}\``,
    );
  if (problems.length > 0) throw new ConfigError(problems);
}

function closingLine({ type, ...rest }: Summary): string {
  // Whatever the order of its fields: lines are told by how they start.
  return `${JSON.stringify({ type, ...rest })}\n`;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error('it is not a regular file; choose another place');
}

/** Cuts away what comes after the last ranking, and gives its closing line; `undefined` where the file is empty or gone. */
async function repair(path: string, file: FileHandle): Promise<string | undefined> {
  const { size } = await file.stat();
  const last = await findClosingLine(file, size);
  if (last === undefined) {
    if (size > 0) await rename(path, `${path}.torn`);
    return undefined;
  }
  if (last.end < size) {
    await file.truncate(last.end);
    await file.datasync();
  }
  return last.line;
}
