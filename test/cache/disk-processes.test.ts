import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDiskStore } from '../../src/cache/disk.ts';
import { isWhole, versionOf } from '../support/cache-process.ts';
import type { OpenAtOnce } from '../support/open-at-once.worker.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PROGRAM = join(import.meta.dirname, '../support/cache-process.ts');

function start(dir: string, keys: number, rounds: number): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, dir, `${keys}`, `${rounds}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function readAll(dir: string, keys: number) {
  const store = openDiskStore({ dir });
  const found = await store.read(Array.from({ length: keys }, (_, index) => `S${index}`));
  const { damaged } = store;
  await store.close();
  return { found, damaged };
}

describe('a cache folder of several processes', () => {
  it.each([
    ['in place', 200, 8],
    ['on a thread', 2000, 6],
  ])('holds whole entries only, at whatever moment a writer %s is killed', async (_where, keys, kills) => {
    const dir = temporaryFolder();
    for (let round = 0; round < kills; round++) {
      const child = start(dir, keys, 1_000_000);
      // From the first transaction on, sooner or later in one of those that follow.
      await once(child.stdout!, 'data');
      await sleep(Math.random() * 60);
      child.kill('SIGKILL');
      await once(child, 'close');
      expect(child.signalCode).toBe('SIGKILL');
      const { found, damaged } = await readAll(dir, keys);
      expect(damaged).toBe(0);
      const versions = new Set(found.map((bytes, index) => bytes && isWhole(bytes, index) && bytes[40]));
      expect(versions.has(undefined)).toBe(false);
      expect(versions.has(false)).toBe(false);
      // A transaction is there or not: all keys are of the same one.
      expect(versions.size).toBe(1);
    }
  });

  it('serves eight of them at once', async () => {
    const dir = temporaryFolder();
    const children = Array.from({ length: 8 }, () => start(dir, 40, 6));
    const ended = await Promise.all(
      children.map(async (child) => {
        child.stdout!.resume();
        await once(child, 'close');
        return child.exitCode;
      }),
    );
    expect(ended).toEqual(children.map(() => 0));
    const { found, damaged } = await readAll(dir, 40);
    expect(damaged).toBe(0);
    expect(found.every((bytes, index) => bytes !== undefined && isWhole(bytes, index))).toBe(true);
  });

  it('is made by whoever comes first, while others come at the same moment', async () => {
    const threads = 6;
    const folders = Array.from({ length: 60 }, temporaryFolder);
    const arrived = new Int32Array(new SharedArrayBuffer(4 * folders.length));
    await Promise.all(
      Array.from({ length: threads }, async (_, index) => {
        const workerData: OpenAtOnce = { folders, threads, key: `S${index}`, arrived };
        const worker = new Worker(new URL('../support/open-at-once.worker.ts', import.meta.url), {
          workerData,
        });
        onTestFinished(async () => {
          await worker.terminate();
        });
        // Rejects with what the thread threw.
        await once(worker, 'message');
      }),
    );
    for (const dir of folders) {
      const { found } = await readAll(dir, threads);
      expect(found.filter((bytes) => bytes === undefined)).toEqual([]);
    }
  });

  it('is one cache for two stores that are open at once', async () => {
    const dir = temporaryFolder();
    const [one, two] = [openDiskStore({ dir }), openDiskStore({ dir })];
    const keys = Array.from({ length: 40 }, (_, index) => `S${index}`);
    await Promise.all(
      keys.map((key, index) => (index % 2 ? one : two).write([{ key, series: versionOf(index, 1) }])),
    );
    const found = await one.read(keys);
    expect(found.every((bytes, index) => bytes !== undefined && isWhole(bytes, index))).toBe(true);
    await one.close();
    await two.close();
  });
});
