import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DiskStoreOptions, openDiskStore } from '../../src/cache/disk.ts';
import type { StoreEntry } from '../../src/types.ts';
import { isWhole, versionOf } from '../support/cache-process.ts';
import { seriesOf } from '../support/series.ts';
import { contentOf, storeSuite } from '../support/store-suite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DYING = new URL('../support/dying-writer.worker.ts', import.meta.url);
const MISSING = new URL('../support/no-such.worker.ts', import.meta.url);
const NO_MODULE = new URL('https://example.invalid/writer.ts');
/** More than may be on its way to the thread. */
const WRITES = 30;
const KEYS = Array.from({ length: 300 }, (_, index) => `S${index}`);

const open = (dir: string, options: Partial<DiskStoreOptions> = {}) =>
  openDiskStore({ dir, threadFromBytes: 0, ...options });
const entriesOf = (version: number): StoreEntry[] =>
  KEYS.map((key, index) => ({ key, series: versionOf(index, version) }));

async function versionsIn(dir: string): Promise<ReadonlySet<number | undefined>> {
  const store = openDiskStore({ dir });
  const found = await store.read(KEYS);
  expect(store.damaged).toBe(0);
  await store.close();
  return new Set(
    found.map((bytes, index) =>
      bytes && isWhole(bytes, index)
        ? new DataView(bytes.buffer, bytes.byteOffset).getFloat64(32, true)
        : undefined,
    ),
  );
}

/** Threads that this process starts from now on. */
function threadsFromNow(): readonly Worker[] {
  const threads: Worker[] = [];
  const note = (thread: Worker) => threads.push(thread);
  process.on('worker', note);
  onTestFinished(() => {
    process.off('worker', note);
  });
  return threads;
}

describe('disk store with a thread that writes', () => {
  storeSuite(() => open(temporaryFolder()));

  it('waits at its end for what it has accepted, and the thread is gone then', async () => {
    const dir = temporaryFolder();
    const threads = threadsFromNow();
    const store = open(dir);
    const writes = Array.from({ length: WRITES }, (_, version) => store.write(entriesOf(version)));
    await store.close();
    expect(threads.map(({ threadId }) => threadId)).toEqual([-1]);
    // Of one key, the last write counts.
    expect(await versionsIn(dir)).toEqual(new Set([WRITES - 1]));
    await Promise.all(writes);
  });

  it('starts no thread for what is read, nor for little that is written', async () => {
    const dir = temporaryFolder();
    const threads = threadsFromNow();
    const store = openDiskStore({ dir });
    await store.write(entriesOf(1));
    await store.read(KEYS);
    await store.coverage(KEYS);
    expect(threads).toEqual([]);
    await store.write([{ key: 'large', series: seriesOf({ bars: 100_000 }) }]);
    expect(threads.length).toBe(1);
    await store.close();
  });

  it.each([
    ['dies', DYING],
    ['has no module', MISSING],
    ['cannot be started', NO_MODULE],
  ])('writes in place where the thread %s', async (_what, entry) => {
    const dir = temporaryFolder();
    const store = open(dir, { entry });
    await Promise.all(Array.from({ length: WRITES }, (_, version) => store.write(entriesOf(version))));
    expect(await versionsIn(dir)).toEqual(new Set([WRITES - 1]));
    await store.write(entriesOf(WRITES));
    await store.close();
    expect(await versionsIn(dir)).toEqual(new Set([WRITES]));
  });

  it('loses nothing that it has accepted when the thread is ended from outside', async () => {
    const dir = temporaryFolder();
    const threads = threadsFromNow();
    const store = open(dir);
    await store.write(entriesOf(0));
    const writes = Array.from({ length: WRITES }, (_, version) => store.write(entriesOf(version + 1)));
    await writes[0];
    await threads[0]!.terminate();
    await Promise.all(writes);
    await store.close();
    expect(await versionsIn(dir)).toEqual(new Set([WRITES]));
  });

  it('does not keep a process alive that has nothing left to store', async () => {
    const dir = temporaryFolder();
    const program = join(dir, 'program.mjs');
    const module = new URL('../../src/cache/disk.ts', import.meta.url);
    writeFileSync(
      program,
      `
        import { openDiskStore } from '${module}';
        const store = openDiskStore({ dir: ${JSON.stringify(dir)}, threadFromBytes: 0 });
        await store.write([{ key: 'a', series: new Uint8Array(64) }]);
        process.stdout.write('stored');
      `,
    );
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const said = await text(child.stdout);
    expect(said).toBe('stored');
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(0);
  });

  it('starts its file afresh where the thread finds it damaged, and stores what was under way', async () => {
    const dir = temporaryFolder();
    const store = open(dir);
    await store.write([{ key: 'before', series: seriesOf({ bars: 3 }) }]);
    const db = new DatabaseSync(join(dir, 'cache-v2.sqlite'));
    db.exec('DROP TABLE block');
    db.close();
    await Promise.all(Array.from({ length: WRITES }, (_, version) => store.write(entriesOf(version))));
    // This store's own reads are of the fresh file too.
    expect(await store.read(['before'])).toEqual([undefined]);
    expect(store.damaged).toBe(0);
    await store.close();
    expect(await versionsIn(dir)).toEqual(new Set([WRITES - 1]));
  });

  it('stores into the fresh file what was on its way when a read found the old one damaged', async () => {
    const dir = temporaryFolder();
    const store = open(dir);
    await store.write(entriesOf(0));
    const db = new DatabaseSync(join(dir, 'cache-v2.sqlite'));
    db.exec('DROP TABLE block');
    db.close();
    const writes = Array.from({ length: WRITES }, (_, version) => store.write(entriesOf(version)));
    expect(await store.verify()).toMatchObject({ startedAfresh: true });
    await Promise.all(writes);
    await store.close();
    expect(await versionsIn(dir)).toEqual(new Set([WRITES - 1]));
  });

  it('goes on after a write that failed, of which nothing stays', async () => {
    const dir = temporaryFolder();
    const store = open(dir);
    await store.write([{ key: 'before', series: seriesOf({ bars: 3 }) }]);
    const db = new DatabaseSync(join(dir, 'cache-v2.sqlite'));
    db.exec(`
      CREATE TRIGGER refuse BEFORE INSERT ON block WHEN NEW.key = 'b' BEGIN SELECT RAISE(ABORT, 'refused'); END
    `);
    const entries = ['a', 'b'].map((key) => ({ key, series: seriesOf({ bars: 3 }) }));
    await expect(store.write(entries)).rejects.toThrow('refused');
    expect(await store.read(['a', 'b'])).toEqual([undefined, undefined]);
    db.exec('DROP TRIGGER refuse');
    db.close();
    await store.write(entries);
    expect((await store.read(['a', 'b'])).map(contentOf)).toEqual(
      entries.map(({ series }) => contentOf(series)),
    );
    await store.close();
  });

  it('stores what is in shared memory, and a view of it without the rest', async () => {
    const dir = temporaryFolder();
    const store = open(dir);
    const series = seriesOf({ bars: 7 });
    const shared = new Uint8Array(new SharedArrayBuffer(series.byteLength + 64)).fill(0xff);
    const view = shared.subarray(32, 32 + series.byteLength);
    view.set(series);
    await store.write([
      { key: 'shared', series: view },
      { key: 'own', series },
    ]);
    const found = await store.read(['shared', 'own']);
    expect(found.map(contentOf)).toEqual([contentOf(series), contentOf(series)]);
    await store.close();
  });
});
