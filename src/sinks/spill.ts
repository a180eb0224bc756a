import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, LostGroundError } from '../errors.ts';
import type { Ranking } from '../types.ts';
import { openAtomicFile } from './atomic-file.ts';
import { cannotWrite } from './cannot-write.ts';
import { makeDirectory } from './directories.ts';
import { readSpilled, spilledText } from './spilled-ranking.ts';

/** A ranking that is kept on disk. */
export interface Spilled {
  /** Rises with each one. */
  readonly number: number;
  readonly bytes: number;
  /** Made from the file, row by row. Failure: `DamagedRankingError`, here or at a row. */
  read(): Ranking;
}

/** Rankings on disk, in the order in which they came. */
export interface Spill {
  /** Finds what an earlier process left. Failure: `LostGroundError`. */
  open(): Promise<void>;
  readonly length: number;
  readonly bytes: number;
  /**
   * Durable, a power cut included, once it resolves. Failure: `LostGroundError` where it cannot be written, or is larger by
   * itself than all may be; the error of the rows.
   */
  add(ranking: Ranking): Promise<void>;
  first(): Spilled | undefined;
  /** Forgets a ranking. Failure: its file cannot be removed, and would be found again by `open`. */
  remove(spilled: Spilled): Promise<void>;
  /** Whether there is more than there may be, `except` not counted; then `first` but `except` is to go. */
  surplus(except: Spilled | undefined): Spilled | undefined;
}

const NAME = /^\d{12}\.ndjson$/;

/**
 * Keeps rankings in `dir`, a file each, which appears as a whole. Only one process may use it.
 *
 * Nothing is dropped by itself: `surplus` says what is to go. Holds: a few numbers a ranking.
 */
export function createSpill(dir: string, maxBytes: number): Spill {
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 1)
    throw new ConfigError([`Expected \`maxSpillBytes\` to be an integer from 1, got \`${maxBytes}\``]);
  const pathOf = (number: number) => join(dir, `${String(number).padStart(12, '0')}.ndjson`);
  const failing = (cause: unknown): never => {
    throw cannotWrite(dir, cause);
  };
  const entry = (number: number, bytes: number): Spilled => ({
    number,
    bytes,
    read: () => readSpilled(pathOf(number)),
  });
  let waiting: Spilled[] = [];
  let next = 1;
  const bytesOf = (entries: readonly Spilled[]) => entries.reduce((sum, { bytes }) => sum + bytes, 0);

  return {
    get length() {
      return waiting.length;
    },
    get bytes() {
      return bytesOf(waiting);
    },
    async open() {
      await makeDirectory(dir).catch(failing);
      const names = (await readdir(dir).catch(failing)).sort();
      waiting = [];
      for (const name of names) {
        const path = join(dir, name);
        if (NAME.test(name)) waiting.push(entry(Number.parseInt(name, 10), (await stat(path)).size));
        // What a process that was killed did not finish.
        else if (name.startsWith('.') && name.endsWith('.tmp'))
          await rm(path, { force: true }).catch(failing);
      }
      next = Math.max(next, (waiting.at(-1)?.number ?? 0) + 1);
    },
    async add(ranking) {
      const number = next;
      const file = await openAtomicFile(pathOf(number));
      let bytes = 0;
      try {
        for (const text of spilledText(ranking)) {
          bytes += Buffer.byteLength(text);
          if (bytes > maxBytes)
            throw new LostGroundError(
              `cannot keep ${ranking.summary.scan} in ${dir}: it is larger than all that may be kept there, ${maxBytes} bytes; raise the limit`,
            );
          await file.write(text);
        }
        await file.commit();
      } catch (error) {
        await file.abort();
        throw error;
      }
      next++;
      waiting.push(entry(number, bytes));
    },
    first: () => waiting[0],
    async remove(spilled) {
      waiting = waiting.filter(({ number }) => number !== spilled.number);
      await rm(pathOf(spilled.number), { force: true }).catch(failing);
    },
    surplus(except) {
      const others = waiting.filter(({ number }) => number !== except?.number);
      return bytesOf(others) > maxBytes ? others[0] : undefined;
    },
  };
}
