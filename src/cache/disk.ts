import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isSealIntact, readSeriesHeader, sealSeries } from '../series.ts';
import type { SeriesBytes, SeriesStore, StoreEntry } from '../types.ts';

export interface DiskStoreOptions {
  /** The folder, made where it is not there. */
  readonly dir: string;
  /** Bytes that the file may take; beyond it the entries stored longest ago go. @default 4 GiB */
  readonly maxBytes?: number;
}

/** Moves with the layout of the file or of a series: another version's file is left alone. */
const FILE_NAME = 'series-v1.sqlite';
const PAGE_BYTES = 8192;

/**
 * Series on the local disk: one SQLite file, one blob a symbol, shared by processes.
 *
 * A write is one transaction in a write-ahead log: the death of the process loses none that resolved, and leaves none
 * half-written. It does not wait for the disk itself, so a power cut may cost the cache, and nothing else: every entry
 * is sealed with a checksum over its key and bytes, what is damaged or foreign reads as absent, and a file that SQLite
 * cannot read any more is started afresh.
 *
 * Failure: an error of the file system, or a lock held for more than five seconds, rejects.
 * Holds: SQLite's page cache, 16 MB.
 */
export function openDiskStore({ dir, maxBytes = 4 * 2 ** 30 }: DiskStoreOptions): SeriesStore {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, FILE_NAME);
  let isBroken = false;
  let db: SeriesTable;
  try {
    db = openTable(file);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    remove(file);
    db = openTable(file);
  }

  const read = (key: string): SeriesBytes | undefined => {
    const bytes = db.get(key);
    return bytes !== undefined && readSeriesHeader(bytes) !== undefined && isSealIntact(bytes, key)
      ? bytes
      : undefined;
  };

  return {
    name: 'disk',
    async read(keys) {
      try {
        return keys.map(read);
      } catch (error) {
        if (!isCorruption(error)) throw error;
        isBroken = true;
        return keys.map(() => undefined);
      }
    },
    async write(entries) {
      if (isBroken) return;
      for (const { key, series } of entries) sealSeries(series, key);
      try {
        db.put(entries, maxBytes);
      } catch (error) {
        isBroken = isCorruption(error);
        throw error;
      }
    },
    async close() {
      db.close();
      if (isBroken) remove(file);
    },
  };
}

interface SeriesTable {
  get(key: string): SeriesBytes | undefined;
  put(entries: readonly StoreEntry[], maxBytes: number): void;
  close(): void;
}

function openTable(file: string): SeriesTable {
  const db = new DatabaseSync(file, { timeout: 5000 });
  try {
    db.exec(`
      PRAGMA page_size = ${PAGE_BYTES};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = OFF;
      PRAGMA cache_size = -16000;
      PRAGMA mmap_size = 1073741824;
      CREATE TABLE IF NOT EXISTS series (key TEXT PRIMARY KEY, stored INTEGER NOT NULL, bytes BLOB NOT NULL);
      CREATE INDEX IF NOT EXISTS series_stored ON series (stored);
    `);
  } catch (error) {
    db.close();
    throw error;
  }
  const select = db.prepare('SELECT bytes FROM series WHERE key = ?');
  const upsert = db.prepare('INSERT OR REPLACE INTO series (key, stored, bytes) VALUES (?, ?, ?)');
  const forget = db.prepare(
    'DELETE FROM series WHERE key IN (SELECT key FROM series ORDER BY stored LIMIT ?)',
  );
  const usedPages = db.prepare(
    'SELECT page_count - freelist_count AS pages FROM pragma_page_count(), pragma_freelist_count()',
  );

  return {
    get(key) {
      return (select.get(key) as { bytes: SeriesBytes } | undefined)?.bytes;
    },
    put(entries, maxBytes) {
      const now = Date.now();
      // The lock is taken before reading anything: a transaction that upgrades can fail at once where it could wait.
      db.exec('BEGIN IMMEDIATE');
      try {
        for (const { key, series } of entries) upsert.run(key, now, series);
        const { pages } = usedPages.get() as { pages: number };
        // Twice as many go as came, so that the file gets back below its bound and stays there.
        if (pages * PAGE_BYTES > maxBytes) forget.run(2 * entries.length);
        db.exec('COMMIT');
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
    close() {
      db.close();
    },
  };
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
function isCorruption(error: unknown): boolean {
  const { errcode } = error as { errcode?: number };
  return errcode !== undefined && [11, 26].includes(errcode & 0xff);
}

function remove(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}
