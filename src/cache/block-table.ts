import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { BLOCK_HEADER_BYTES } from '../block.ts';
import type { StoreEntry } from '../types.ts';
import type { ClearOptions } from './managed-store.ts';

const PAGE_BYTES = 8192;
const LOCK_MS = 5000;
/** Entries forgotten at a time while the file is over its bound. */
const FORGET = 32;
/** SQLITE_ERROR (a table or column that is not there any more), _CORRUPT, _FORMAT, _NOTADB. */
const DAMAGE: readonly number[] = [1, 11, 24, 26];
const SQLITE_BUSY = 5;

/**
 * One SQLite table of blocks by key, in write-ahead logging. All calls are synchronous; what they answer is as it lies in
 * the file, which may be anything where the file is damaged.
 *
 * The header lies in a column of its own in front of the bytes, as SQLite would fetch all of a block to cut its start off,
 * and beside the key in an index: thousands of them are read from a few pages.
 */
export class BlockTable {
  readonly #db: DatabaseSync;
  readonly #bytes: StatementSync;
  readonly #header: StatementSync;
  readonly #upsert: StatementSync;
  readonly #forget: StatementSync;
  readonly #remove: StatementSync;
  readonly #pages: StatementSync;

  /** Failure: an error of SQLite; `isDamage` says whether the file is the reason. */
  constructor(file: string) {
    const db = openWaiting(file);
    this.#db = db;
    const prepare = (sql: string): StatementSync => {
      const statement = db.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    };
    try {
      this.#bytes = prepare('SELECT bytes FROM block WHERE key = ?');
      this.#header = prepare('SELECT header FROM block INDEXED BY block_header WHERE key = ?');
      this.#upsert = prepare('INSERT OR REPLACE INTO block (key, stored, header, bytes) VALUES (?, ?, ?, ?)');
      this.#forget = prepare(
        'DELETE FROM block WHERE key IN (SELECT key FROM block ORDER BY stored LIMIT ?)',
      );
      this.#remove = prepare('DELETE FROM block WHERE key = ?');
      this.#pages = prepare(
        'SELECT page_count, freelist_count FROM pragma_page_count(), pragma_freelist_count()',
      );
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Runs look-ups as one: each alone would take and give back the lock of the file, which costs more than the look-up. */
  together<T>(lookUps: () => T): T {
    return this.#transaction('BEGIN', lookUps);
  }

  bytes(key: string): unknown {
    return (this.#bytes.get(key) as readonly unknown[] | undefined)?.[0];
  }

  header(key: string): unknown {
    return (this.#header.get(key) as readonly unknown[] | undefined)?.[0];
  }

  /** All of them or none. Forgets what was stored longest ago while the file takes more than `maxBytes`. */
  put(entries: readonly StoreEntry[], maxBytes: number): void {
    const now = Date.now();
    this.#change(() => {
      for (const { key, series } of entries) {
        this.#upsert.run(key, now, series.subarray(0, BLOCK_HEADER_BYTES), series);
      }
      while (this.#countPages().used * PAGE_BYTES > maxBytes) {
        if (this.#forget.run(FORGET).changes === 0) break;
      }
    });
  }

  keys(): string[] {
    const statement = this.#db.prepare('SELECT key FROM block');
    return statement.all().map((row) => String(row.key));
  }

  /** Header, length and time of storing (epoch milliseconds) of each entry. */
  *sizes(): Generator<{ readonly header: Uint8Array; readonly length: number; readonly stored: number }> {
    const statement = this.#db.prepare('SELECT header, length(bytes) AS length, stored FROM block');
    for (const { header, length, stored } of statement.iterate()) {
      yield {
        header: header instanceof Uint8Array ? header : new Uint8Array(),
        length: Number(length),
        stored: Number(stored),
      };
    }
  }

  remove(keys: readonly string[]): void {
    this.#change(() => {
      for (const key of keys) this.#remove.run(key);
    });
  }

  /** Resolves with how many. Gives the space back to the file system where most of the file would be empty. */
  clear({ olderThan = Number.MAX_SAFE_INTEGER, keyPrefix = '' }: ClearOptions): number {
    // No character sorts behind the last one: the range holds all keys that start so, and the index finds it.
    const statement = this.#db.prepare(
      'DELETE FROM block WHERE stored < ?1 AND key >= ?2 AND key < ?2 || char(1114111)',
    );
    const { changes } = this.#change(() => statement.run(olderThan, keyPrefix));
    const { used, free } = this.#countPages();
    if (free > used) this.#shrink();
    return Number(changes);
  }

  close(): void {
    this.#db.close();
  }

  #countPages(): { used: number; free: number } {
    const [all, free] = this.#pages.get() as unknown as [number, number];
    return { used: all - free, free };
  }

  #shrink(): void {
    try {
      this.#db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Another process is at work, or the disk has no room for the copy: the space is used again all the same.
    }
  }

  #change<T>(work: () => T): T {
    // The lock is taken before reading anything: a transaction that upgrades can fail at once where it could wait.
    return this.#transaction('BEGIN IMMEDIATE', work);
  }

  #transaction<T>(begin: string, work: () => T): T {
    this.#db.exec(begin);
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}

/** Whether an error says that the file is damaged, rather than busy, full or out of reach. */
export function isDamage(error: unknown): boolean {
  const { errcode, code } = error as { errcode?: number; code?: string };
  // A damaged value may read as an integer beyond what JavaScript can hold.
  return errcode === undefined ? code === 'ERR_OUT_OF_RANGE' : DAMAGE.includes(errcode & 0xff);
}

/** Several processes may meet at a fresh file, where SQLite does not wait for its locks on its own. */
function openWaiting(file: string): DatabaseSync {
  const end = performance.now() + LOCK_MS;
  for (;;) {
    try {
      return open(file);
    } catch (error) {
      const { errcode = 0 } = error as { errcode?: number };
      if ((errcode & 0xff) !== SQLITE_BUSY || performance.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/**
 * Pages are read through the map of the file: the cache needs to hold no more than a transaction changes. The log may take
 * 32 MB before it goes into the file, as the pages of the indexes are in it once for each transaction.
 */
function open(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: LOCK_MS });
  try {
    db.exec(`
      PRAGMA page_size = ${PAGE_BYTES};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = OFF;
      PRAGMA cache_size = -4000;
      PRAGMA wal_autocheckpoint = 4000;
      PRAGMA mmap_size = 1073741824;
      CREATE TABLE IF NOT EXISTS block (
        key TEXT PRIMARY KEY, stored INTEGER NOT NULL, header BLOB NOT NULL, bytes BLOB NOT NULL
      );
      CREATE INDEX IF NOT EXISTS block_stored ON block (stored);
      CREATE INDEX IF NOT EXISTS block_header ON block (key, header);
    `);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
