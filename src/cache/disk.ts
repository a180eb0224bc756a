import { mkdirSync, rmSync } from 'node:fs';
import { extname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isHeaderIntact, isSealIntact, readBlockHeader } from '../block.ts';
import type { StoreEntry } from '../types.ts';
import { BlockTable, isDamage } from './block-table.ts';
import { DiskWriter } from './disk-writer.ts';
import type { ManagedStore } from './managed-store.ts';
import { seal } from './seal.ts';
import { Tally } from './tally.ts';

/** A store that knows what it has. */
export interface DiskStore extends ManagedStore {
  /** Keys that end so. Looks at every key. */
  keysEndingIn(text: string): Promise<readonly string[]>;
}

export interface DiskStoreOptions {
  /** The folder, made where it is not there. */
  readonly dir: string;
  /** Bytes that the file may take; beyond it the entries stored longest ago go. @default 4 GiB */
  readonly maxBytes?: number;
  /**
   * Bytes from which on writing has a thread of its own. It takes 30 ms of processor time to start: less is written sooner
   * without. @default 4 MiB
   */
  readonly threadFromBytes?: number;
  /** The module of that thread. @default the one beside this file, as source or as built */
  readonly entry?: URL;
}

const WRITER = new URL(`./disk.worker${extname(import.meta.url)}`, import.meta.url);
/** Moves with the layout of the file or of a block: another version's file is left alone. */
const FILE_NAME = 'cache-v2.sqlite';
/** Entries that `verify` reads before it lets others have a turn. */
const VERIFY_BATCH = 256;

/**
 * Blocks on the local disk: one SQLite file, shared by processes.
 *
 * A write is one transaction in a write-ahead log: the death of the process loses none that resolved, and leaves none
 * half-written. It does not wait for the disk itself, so a power cut may cost the cache, and nothing else: every entry
 * is sealed with a checksum over its key and bytes, what is damaged or foreign reads as absent, and a file that SQLite
 * cannot open or write any more is started afresh.
 *
 * Much is written on a thread, and in place where that cannot start or dies; `close` waits for what was accepted.
 *
 * Failure: an error of the file system, or a lock held for more than five seconds, rejects.
 * Holds: SQLite's page cache, 4 MB, and as much again for the thread; while it verifies, all keys.
 */
export function openDiskStore({
  dir,
  maxBytes = 4 * 2 ** 30,
  threadFromBytes = 4 * 2 ** 20,
  entry = WRITER,
}: DiskStoreOptions): DiskStore {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, FILE_NAME);
  let damaged = 0;
  let table = openTable(file);
  let generation = 0;
  let written = 0;
  let writer: DiskWriter | undefined;

  const startAfresh = () => {
    generation++;
    table.close();
    removeFile(file);
    table = openTable(file);
  };
  const writeHere = (entries: readonly StoreEntry[]) => {
    seal(entries);
    try {
      table.put(entries, maxBytes);
    } catch (error) {
      if (!isDamage(error)) throw error;
      startAfresh();
      table.put(entries, maxBytes);
    }
  };

  const lookUp = (
    key: string,
    find: (key: string) => unknown,
    isIntact: (bytes: Uint8Array, key: string) => boolean,
  ): Uint8Array | undefined => {
    try {
      const found = find(key);
      if (found === undefined) return undefined;
      if (found instanceof Uint8Array && isIntact(found, key)) return found;
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
    damaged++;
    return undefined;
  };
  /** The answers as one; none where damage keeps SQLite from looking at all. */
  const lookUpAll = <T>(keys: readonly string[], find: (key: string) => T | undefined) => {
    try {
      return table.together(() => keys.map(find));
    } catch (error) {
      if (!isDamage(error)) throw error;
      startAfresh();
      damaged += keys.length;
      return keys.map(() => undefined);
    }
  };
  const findBytes = (key: string) => lookUp(key, (name) => table.bytes(name), isSealIntact);
  const findHeader = (key: string) => {
    const header = lookUp(key, (name) => table.header(name), isHeaderIntact);
    return header && readBlockHeader(header);
  };
  const isDamaged = (key: string) => {
    const before = damaged;
    findBytes(key);
    return damaged > before;
  };

  return {
    name: 'disk',
    get damaged() {
      return damaged;
    },
    async read(keys) {
      return lookUpAll(keys, findBytes);
    },
    async coverage(keys) {
      return lookUpAll(keys, findHeader);
    },
    async write(entries) {
      if (writer === undefined) {
        for (const { series } of entries) written += series.byteLength;
        if (written < threadFromBytes) return writeHere(entries);
        writer = new DiskWriter({
          ...{ file, maxBytes, entry, writeHere, startAfresh },
          generation: () => generation,
        });
      }
      await writer.write(entries);
    },
    async keysEndingIn(text) {
      return table.keys().filter((key) => key.endsWith(text));
    },
    async stats() {
      const tally = new Tally();
      for (const { header, length, stored } of table.sizes()) tally.add(header, length, stored);
      return tally.stats(damaged);
    },
    async verify() {
      const broken: string[] = [];
      let entries = 0;
      try {
        const keys = table.keys();
        entries = keys.length;
        for (let at = 0; at < keys.length; at += VERIFY_BATCH) {
          const batch = keys.slice(at, at + VERIFY_BATCH);
          const bad = table.together(() => batch.filter(isDamaged));
          // At once: another process may store a sound one next.
          if (bad.length > 0) table.remove(bad);
          broken.push(...bad);
          await nextTurn();
        }
      } catch (error) {
        if (!isDamage(error)) throw error;
        startAfresh();
        return { entries, damaged: broken, startedAfresh: true };
      }
      return { entries, damaged: broken, startedAfresh: false };
    },
    async clear(options = {}) {
      try {
        return table.clear(options);
      } catch (error) {
        if (!isDamage(error)) throw error;
        startAfresh();
        return 0;
      }
    },
    async close() {
      await writer?.close();
      table.close();
    },
  };
}

function openTable(file: string): BlockTable {
  try {
    return new BlockTable(file);
  } catch (error) {
    if (!isDamage(error)) throw error;
    removeFile(file);
    return new BlockTable(file);
  }
}

/** The log first: it must not be found beside another file, whose log it is not. */
function removeFile(file: string): void {
  for (const suffix of ['-wal', '-shm', '']) rmSync(file + suffix, { force: true });
}
