import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isSealIntact, readSeriesHeader, sealSeries } from '../series.ts';
import type { SeriesStore, StoreEntry } from '../types.ts';

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
 * half-written (a power cut may lose the newest). Every entry is sealed with a checksum; one that is damaged or
 * foreign reads as absent. Failure: an error of the file system or a lock held for more than five seconds rejects.
 * Holds: SQLite's page cache, 16 MB.
 */
export function openDiskStore({ dir, maxBytes = 4 * 2 ** 30 }: DiskStoreOptions): SeriesStore {
  mkdirSync(dir, { recursive: true });
  const db = new DatabaseSync(join(dir, FILE_NAME), { timeout: 5000 });
  db.exec(`
    PRAGMA page_size = ${PAGE_BYTES};
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = -16000;
    PRAGMA mmap_size = 1073741824;
    CREATE TABLE IF NOT EXISTS series (key TEXT PRIMARY KEY, stored INTEGER NOT NULL, bytes BLOB NOT NULL);
    CREATE INDEX IF NOT EXISTS series_stored ON series (stored);
  `);
  const select = db.prepare('SELECT bytes FROM series WHERE key = ?');
  const upsert = db.prepare('INSERT OR REPLACE INTO series (key, stored, bytes) VALUES (?, ?, ?)');
  const forget = db.prepare(
    'DELETE FROM series WHERE key IN (SELECT key FROM series ORDER BY stored LIMIT ?)',
  );
  const usedPages = db.prepare(
    'SELECT page_count - freelist_count AS pages FROM pragma_page_count(), pragma_freelist_count()',
  );

  const write = (entries: readonly StoreEntry[]) => {
    const now = Date.now();
    for (const { key, series } of entries) {
      sealSeries(series);
      upsert.run(key, now, series);
    }
    const { pages } = usedPages.get() as { pages: number };
    // Twice as many go as came, so that the file gets back below its bound and stays there.
    if (pages * PAGE_BYTES > maxBytes) forget.run(2 * entries.length);
  };

  return {
    name: 'disk',
    async read(keys) {
      return keys.map((key) => {
        const bytes = (select.get(key) as { bytes: Uint8Array } | undefined)?.bytes;
        return bytes !== undefined && readSeriesHeader(bytes) !== undefined && isSealIntact(bytes)
          ? bytes
          : undefined;
      });
    },
    async write(entries) {
      // The lock is taken before reading anything: a transaction that upgrades can fail at once where it could wait.
      db.exec('BEGIN IMMEDIATE');
      try {
        write(entries);
        db.exec('COMMIT');
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
    async close() {
      db.close();
    },
  };
}
