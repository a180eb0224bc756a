import { access, constants, type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Alert, AlertSink } from '../types.ts';
import { cannotWrite } from './cannot-write.ts';
import { syncDirectory } from './directories.ts';
import { rotateFile } from './rotate-file.ts';

export interface AlertFileOptions {
  /** The file that is appended to; older ones are `path.1`, `path.2`, … Only one process may write it. */
  readonly path: string;
  /** Size from which a file is full, and rotated before the next alerts. @default 64 MiB */
  readonly maxBytes?: number | undefined;
  /** Older files that stay. @default 9 */
  readonly keep?: number | undefined;
}

const LF = 0x0a;
const TAIL_BYTES = 64 * 1024;
const START = '{"type":"alert"';

/**
 * Appends alerts to a file as NDJSON, and syncs it. An alert that was cut off by a crash is cut away before the next; any other
 * line without an end, somebody else's, is ended.
 *
 * Failure: `LostGroundError` with the file and the remedy, after which the file ends as it did before. An alert that comes again
 * is there twice. Holds: the text of the alerts.
 */
export function createAlertFile({ path, maxBytes = 64 * 2 ** 20, keep = 9 }: AlertFileOptions): AlertSink {
  const failing = (cause: unknown): never => {
    throw cannotWrite(path, cause);
  };
  const append = async (text: string) => {
    const file = await open(path, 'a+');
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw new Error('it is not a regular file; choose another place');
      const { size } = stats;
      const { end, isEnded } = await endOf(file, size);
      if (end < size) await file.truncate(end);
      try {
        await file.writeFile(`${isEnded ? '' : '\n'}${text}`);
        await file.datasync();
      } catch (error) {
        // Where this fails too, the next ones cut it away.
        await file.truncate(end).catch(() => {});
        throw error;
      }
      if (size === 0) await syncDirectory(dirname(path));
    } finally {
      await file.close();
    }
  };
  const isFull = async () => {
    const stats = await stat(path).catch(() => undefined);
    return stats?.isFile() === true && stats.size >= maxBytes;
  };

  return {
    name: path,
    async open() {
      // Not made before there is something to write.
      await access(dirname(path), constants.W_OK | constants.X_OK).catch(failing);
    },
    async publish(alerts) {
      if (alerts.length === 0) return;
      try {
        if (await isFull()) await rotateFile(path, keep);
        await append(alerts.map(line).join(''));
      } catch (error) {
        failing(error);
      }
    },
    async close() {},
  };
}

function line({ type, ...alert }: Alert): string {
  // Whatever the order of its fields: lines are told by how they start.
  return `${JSON.stringify({ type, ...alert })}\n`;
}

/** Where the next line may begin, and whether it has to be made one first. */
async function endOf(
  file: FileHandle,
  size: number,
): Promise<{ readonly end: number; readonly isEnded: boolean }> {
  const from = Math.max(0, size - TAIL_BYTES);
  const tail = Buffer.alloc(size - from);
  await file.read(tail, 0, tail.length, from);
  if (tail.length === 0 || tail.at(-1) === LF) return { end: size, isEnded: true };
  const line = tail.subarray(tail.lastIndexOf(LF) + 1);
  const isCutOff = START.startsWith(line.toString('latin1', 0, START.length));
  return isCutOff ? { end: size - line.length, isEnded: true } : { end: size, isEnded: false };
}
