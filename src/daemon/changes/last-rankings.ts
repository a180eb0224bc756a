import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openAtomicFile } from '../../sinks/atomic-file.ts';
import { makeDirectory } from '../../sinks/directories.ts';
import { parseState, type RankingState, stateText } from './ranking-state.ts';

/** The state of the last ranking of each subject. */
export interface LastRankings {
  /** `undefined` where there is none, or none that can be read. */
  read(key: string): Promise<RankingState | undefined>;
  /** Durable once it resolves, where there is a folder. Failure: the system's. */
  write(key: string, state: RankingState): Promise<void>;
}

interface Kept {
  readonly key: string;
  /** Rises with each writing. */
  readonly writtenMs: number;
  readonly size: number;
}

/** Subjects that are kept, and characters of all together: the oldest go. */
const MOST = 64;
const MOST_CHARS = 64 * 2 ** 20;
const EXTENSION = '.json';

/**
 * Keeps states in a folder, a file each that is replaced as a whole, or without one in memory as long as the process lives.
 *
 * At most 64, and 64 MiB in all besides the last one. Holds: the state that was used last, and without a folder the text of all.
 */
export function createLastRankings(dir: string | undefined): LastRankings {
  const texts = dir === undefined ? inMemory() : inFolder(dir);
  let recent: { readonly key: string; readonly state: RankingState } | undefined;
  return {
    async read(key) {
      if (recent?.key === key) return recent.state;
      const state = parseState((await texts.read(key)) ?? '');
      if (state !== undefined) recent = { key, state };
      return state;
    },
    async write(key, state) {
      // Also where it cannot be kept on disk: the next one follows this one.
      recent = { key, state };
      await texts.write(key, stateText(state));
    },
  };
}

interface Texts {
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
}

function inMemory(): Texts {
  const texts = new Map<string, string>();
  return {
    read: async (key) => texts.get(key),
    async write(key, text) {
      // To the end of the order, which is that of age.
      texts.delete(key);
      texts.set(key, text);
      const kept = Array.from(texts, ([key, { length }], index) => ({ key, writtenMs: index, size: length }));
      for (const { key } of surplus(kept)) texts.delete(key);
    },
  };
}

function inFolder(dir: string): Texts {
  const pathOf = (key: string) => join(dir, key + EXTENSION);
  return {
    read: (key) =>
      readFile(pathOf(key), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return undefined;
      }),
    async write(key, text) {
      await makeDirectory(dir);
      const file = await openAtomicFile(pathOf(key));
      await file.write(text);
      await file.commit();
      const names = (await readdir(dir)).filter((name) => name.endsWith(EXTENSION));
      const kept = await Promise.all(
        names.map(async (name) => {
          const { mtimeMs, size } = await stat(join(dir, name));
          const other = name.slice(0, -EXTENSION.length);
          // Whatever the clock says, this one is the newest.
          return { key: other, writtenMs: other === key ? Number.POSITIVE_INFINITY : mtimeMs, size };
        }),
      );
      for (const { key: old } of surplus(kept)) await rm(pathOf(old), { force: true });
    },
  };
}

/** What is to go so that the newest ones stay; the very newest always does. */
function surplus(kept: readonly Kept[]): readonly Kept[] {
  const newestFirst = [...kept].sort((a, b) => b.writtenMs - a.writtenMs);
  let chars = 0;
  return newestFirst.filter(({ size }, index) => {
    chars += size;
    return index > 0 && (index >= MOST || chars > MOST_CHARS);
  });
}
