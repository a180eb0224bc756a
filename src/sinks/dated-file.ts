import { access, constants, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Sink } from '../types.ts';
import { openAtomicFile } from './atomic-file.ts';
import { cannotWrite } from './cannot-write.ts';
import { makeDirectory } from './directories.ts';
import { parseFilePattern } from './file-pattern.ts';
import { type FormatEntry, SINK_FORMATS, type SinkFormat } from './formats.ts';
import { isNothingFinished } from './nothing-finished.ts';
import { createTextSink, type TextTarget } from './text-sink.ts';

/** The newest so many files stay, or those of so many milliseconds. */
export type KeepFiles = { readonly count: number } | { readonly ageMs: number };

export interface DatedFileOptions {
  /** Made where it is not there. It should be the sink's own: what the pattern matches is taken for its files. */
  readonly dir: string;
  /** Path below `dir`, with `{session}`, `{scan}` and `{ext}`. @default '{session}/{scan}.{ext}' */
  readonly pattern?: string;
  readonly format: SinkFormat;
  /** @default all of them */
  readonly keep?: KeepFiles;
  /** Told of old files that cannot be removed: the ranking was published all the same. */
  readonly onTrouble?: (reason: string) => void;
  readonly now?: () => number;
}

const LATEST = 'latest';

/**
 * Writes each ranking to a file of its own, and to `latest.{ext}` in `dir`, which is a file too and no link: it needs nothing of
 * the file system, and stays whole where its twin is removed. Each appears as a whole; who has the last `latest` open keeps it.
 * Publishing the same scan again replaces its file. A ranking of which nothing was finished has none.
 *
 * Durable: each file is synced before it gets its name and its directory afterwards, new directories included, so that a
 * ranking survives a power cut once it is published. Removals are not synced: an old file may come back.
 *
 * By `keep`, old files go after a publication, with the directories that become empty; never the one just published nor
 * `latest`. Age is the time since a file was written.
 *
 * Failure: `ConfigError` at creation; `LostGroundError` with the file and the remedy: then a file is there whole or not at
 * all. Holds: the buffers of two files, and the names of those of its files that are there.
 */
export function createDatedFileSink({
  dir,
  pattern = '{session}/{scan}.{ext}',
  format,
  keep,
  onTrouble = () => {},
  now = Date.now,
}: DatedFileOptions): Sink {
  const entry: FormatEntry = SINK_FORMATS[format];
  const extension = entry.extensions[0]!;
  const { pathOf, segments } = parseFilePattern(pattern, { extension, reserved: LATEST });
  checkKeep(keep);
  const text = entry.create({ colour: false });
  const latest = join(dir, `${LATEST}${extension}`);
  const failing = (cause: unknown): never => {
    throw cannotWrite(dir, cause);
  };

  const removeOld = async (published: string) => {
    if (keep === undefined) return;
    const files = (await findFiles(dir, segments)).filter(
      ({ path }) => path !== published && path !== latest,
    );
    files.sort((a, b) => b.writtenMs - a.writtenMs || (a.path < b.path ? 1 : -1));
    const old =
      'count' in keep
        ? files.slice(keep.count - 1)
        : files.filter(({ writtenMs }) => writtenMs < now() - keep.ageMs);
    for (const { path } of old) {
      await rm(path, { force: true });
      await removeEmpty(dirname(path), segments.length - 1);
    }
  };

  return {
    name: join(dir, pattern),
    async open() {
      await makeDirectory(dir).catch(failing);
      await access(dir, constants.W_OK | constants.X_OK).catch(failing);
    },
    async publish(ranking) {
      if (isNothingFinished(ranking)) return;
      const { as_of: session, scan } = ranking.summary;
      const path = join(dir, pathOf({ session, scan }));
      await makeDirectory(dirname(path)).catch(failing);
      await createTextSink({ name: path, format: text, open: () => openBoth(path, latest) }).publish(ranking);
      await removeOld(path).catch((error: Error) =>
        onTrouble(`cannot remove old files from ${dir}: ${error.message}`),
      );
    },
    async close() {},
  };
}

function checkKeep(keep: KeepFiles | undefined): void {
  if (keep === undefined) return;
  const [name, least] = 'count' in keep ? (['count', 1] as const) : (['ageMs', 0] as const);
  const value = 'count' in keep ? keep.count : keep.ageMs;
  if (!Number.isSafeInteger(value) || value < least)
    throw new ConfigError([`Expected \`keep.${name}\` to be an integer from ${least}, got \`${value}\``]);
}

/** Two files with the same text; the first appears first. */
async function openBoth(...paths: readonly [string, string]): Promise<TextTarget> {
  const first = await openAtomicFile(paths[0]);
  const second = await openAtomicFile(paths[1]).catch(async (error: unknown) => {
    await first.abort();
    throw error;
  });
  return {
    async write(text) {
      await first.write(text);
      await second.write(text);
    },
    async commit() {
      await first.commit();
      await second.commit();
    },
    async abort() {
      await first.abort();
      await second.abort();
    },
  };
}

interface FoundFile {
  readonly path: string;
  readonly writtenMs: number;
}

/** The files whose paths match, part by part; no other directory is looked into. */
async function findFiles(directory: string, [segment, ...below]: readonly RegExp[]): Promise<FoundFile[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const found: FoundFile[] = [];
  for (const entry of entries) {
    if (!segment!.test(entry.name)) continue;
    const path = join(directory, entry.name);
    if (below.length > 0) {
      if (entry.isDirectory()) found.push(...(await findFiles(path, below)));
    } else if (entry.isFile()) {
      found.push({ path, writtenMs: (await stat(path)).mtimeMs });
    }
  }
  return found;
}

/** Removes a directory and those above it while they are empty, `levels` of them at most. */
async function removeEmpty(directory: string, levels: number): Promise<void> {
  for (let level = 0; level < levels; level++, directory = dirname(directory)) {
    const removed = await rmdir(directory).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}
