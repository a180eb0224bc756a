import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openDiskStore } from '../../src/cache/disk.ts';
import { seriesOf } from '../support/series.ts';
import { storeSuite } from '../support/store-suite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const key = (index: number) => `source|S${index}`;

describe('disk store', () => {
  storeSuite(() => openDiskStore({ dir: temporaryFolder() }));

  it('still has after reopening what it was given', async () => {
    const dir = temporaryFolder();
    const first = openDiskStore({ dir });
    await first.write([{ key: 'a', series: seriesOf({ bars: 20 }) }]);
    await first.close();
    const second = openDiskStore({ dir });
    const [bytes] = await second.read(['a']);
    expect(bytes?.subarray(24)).toEqual(seriesOf({ bars: 20 }).subarray(24));
    await second.close();
  });

  it('reads any damaged entry as absent', async () => {
    const dir = temporaryFolder();
    const store = openDiskStore({ dir });
    const length = seriesOf({ bars: 4 }).byteLength;
    for (let at = 0; at < length; at++) {
      await store.write([{ key: 'a', series: seriesOf({ bars: 4 }) }]);
      damage(dir, (bytes) => {
        bytes[at]! ^= 1 << (at % 8);
        return bytes;
      });
      expect(await store.read(['a']), `byte ${at}`).toEqual([undefined]);
    }
    await store.write([{ key: 'a', series: seriesOf({ bars: 4 }) }]);
    damage(dir, (bytes) => bytes.subarray(0, 50));
    expect(await store.read(['a'])).toEqual([undefined]);
    damage(dir, () => new TextEncoder().encode('something else entirely'));
    expect(await store.read(['a'])).toEqual([undefined]);
    await store.close();
  });

  it('reads the entry of another key as absent', async () => {
    const dir = temporaryFolder();
    const store = openDiskStore({ dir });
    await store.write([{ key: 'a', series: seriesOf({ bars: 4 }) }]);
    const db = new DatabaseSync(join(dir, 'series-v1.sqlite'));
    db.prepare("UPDATE series SET key = 'b'").run();
    db.close();
    expect(await store.read(['a', 'b'])).toEqual([undefined, undefined]);
    await store.close();
  });

  it('starts afresh where the file is no database', async () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'series-v1.sqlite'), 'x'.repeat(100_000));
    const store = openDiskStore({ dir });
    await store.write([{ key: 'a', series: seriesOf({ bars: 4 }) }]);
    const [bytes] = await store.read(['a']);
    expect(bytes).toBeDefined();
    await store.close();
  });

  it('survives damage anywhere in its file, and never hands out anything wrong', async () => {
    const dir = temporaryFolder();
    const keys = Array.from({ length: 60 }, (_, index) => key(index));
    for (let round = 0; round < 40; round++) {
      const store = openDiskStore({ dir });
      await store.write(keys.map((name, index) => ({ key: name, series: seriesOf({ bars: index }) })));
      await store.close();
      const file = join(dir, 'series-v1.sqlite');
      const bytes = readFileSync(file);
      // Whole stretches, at places that differ from round to round, the header included.
      const at = round === 0 ? 0 : Math.floor((bytes.length * ((round * 7919) % 1000)) / 1000);
      bytes.fill(round % 2 ? 0 : 0xa5, at, at + 3000);
      writeFileSync(file, bytes);
      const damaged = openDiskStore({ dir });
      const found = await damaged.read(keys);
      for (const [index, series] of found.entries()) {
        if (series) expect(series.subarray(24)).toEqual(seriesOf({ bars: index }).subarray(24));
      }
      await damaged.close();
    }
  });

  it('forgets what was stored longest ago when it grows over its bound', async () => {
    const dir = temporaryFolder();
    const maxBytes = 2 * 2 ** 20;
    const store = openDiskStore({ dir, maxBytes });
    for (let index = 0; index < 400; index++) {
      await store.write([{ key: key(index), series: seriesOf({ bars: 260 }) }]);
    }
    const [oldest, newest] = await store.read([key(0), key(399)]);
    expect(oldest).toBeUndefined();
    expect(newest).toBeDefined();
    const pages = new DatabaseSync(join(dir, 'series-v1.sqlite')).prepare('PRAGMA page_count').get();
    expect((pages as { page_count: number }).page_count * 8192).toBeLessThan(maxBytes * 1.1);
    await store.close();
  });

  it('keeps what a killed process had written', async () => {
    const dir = temporaryFolder();
    const program = `
      import { openDiskStore } from ${JSON.stringify(new URL('../../src/cache/disk.ts', import.meta.url).href)};
      import { seriesOf } from ${JSON.stringify(new URL('../support/series.ts', import.meta.url).href)};
      const store = openDiskStore({ dir: ${JSON.stringify(dir)} });
      for (let index = 0; index < 50; index++) await store.write([{ key: 'source|S' + index, series: seriesOf({ bars: 30 }) }]);
      process.kill(process.pid, 'SIGKILL');
    `;
    const child = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      timeout: 20_000,
    });
    expect(child.signal).toBe('SIGKILL');
    const store = openDiskStore({ dir });
    const found = await store.read(Array.from({ length: 50 }, (_, index) => key(index)));
    expect(found.every((bytes) => bytes !== undefined)).toBe(true);
    await store.close();
  });

  it('serves two processes of one folder at once', async () => {
    const dir = temporaryFolder();
    const [one, two] = [openDiskStore({ dir }), openDiskStore({ dir })];
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 ? one : two).write([{ key: key(index), series: seriesOf({ bars: 10 }) }]),
      ),
    );
    const found = await one.read(Array.from({ length: 40 }, (_, index) => key(index)));
    expect(found.every((bytes) => bytes !== undefined)).toBe(true);
    await one.close();
    await two.close();
  });
});

/** Rewrites the blob of the only entry, behind the store's back. */
function damage(dir: string, change: (bytes: Uint8Array) => Uint8Array): void {
  const db = new DatabaseSync(join(dir, 'series-v1.sqlite'));
  const { bytes } = db.prepare('SELECT bytes FROM series').get() as { bytes: Uint8Array };
  db.prepare('UPDATE series SET bytes = ?').run(change(bytes));
  db.close();
}
