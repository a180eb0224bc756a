import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { openDiskStore } from '../../src/cache/disk.ts';
import type { ManagedStore } from '../../src/cache/managed-store.ts';
import { blockOf } from '../support/blocks.ts';
import { managedStoreSuite } from '../support/managed-store-suite.ts';
import { seriesOf } from '../support/series.ts';
import { contentOf, storeSuite } from '../support/store-suite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const key = (index: number) => `source|S${index}`;
const keysOf = (count: number) => Array.from({ length: count }, (_, index) => key(index));
const fileIn = (dir: string) => join(dir, 'cache-v2.sqlite');

/** A store whose file is sound at its front, which says what is in the rest, and nonsense there. */
async function openDamaged(): Promise<ManagedStore> {
  const dir = temporaryFolder();
  const store = openDiskStore({ dir });
  await store.write(keysOf(50).map((name) => ({ key: name, series: seriesOf({ bars: 30 }) })));
  await store.close();
  writeFileSync(fileIn(dir), readFileSync(fileIn(dir)).fill(0xa5, 8192));
  return openDiskStore({ dir });
}

describe('disk store', () => {
  storeSuite(() => openDiskStore({ dir: temporaryFolder() }));

  let dir = '';
  managedStoreSuite({
    open() {
      dir = temporaryFolder();
      return openDiskStore({ dir });
    },
    async damage(name, change) {
      const db = new DatabaseSync(fileIn(dir));
      const { bytes } = db.prepare('SELECT bytes FROM block WHERE key = ?').get(name) as {
        bytes: Uint8Array;
      };
      const changed = change(bytes);
      db.prepare('UPDATE block SET header = ?, bytes = ? WHERE key = ?').run(
        changed.slice(0, 32),
        changed,
        name,
      );
      db.close();
    },
  });

  it('still has after reopening what it was given', async () => {
    const dir = temporaryFolder();
    const first = openDiskStore({ dir });
    await first.write([{ key: 'a', series: seriesOf({ bars: 20 }) }]);
    await first.close();
    const second = openDiskStore({ dir });
    const [bytes] = await second.read(['a']);
    expect(contentOf(bytes)).toEqual(contentOf(seriesOf({ bars: 20 })));
    await second.close();
  });

  it('reads the entry of another key as absent', async () => {
    const dir = temporaryFolder();
    const store = openDiskStore({ dir });
    await store.write([{ key: 'a', series: seriesOf({ bars: 4 }) }]);
    const db = new DatabaseSync(fileIn(dir));
    db.prepare("UPDATE block SET key = 'b'").run();
    db.close();
    expect(await store.read(['a', 'b'])).toEqual([undefined, undefined]);
    expect(await store.coverage(['a', 'b'])).toEqual([undefined, undefined]);
    await store.close();
  });

  it.each(['NULL', '12', '9223372036854775807', "'text'", '1e300'])(
    'reads %s where bytes are expected as absent',
    async (value) => {
      const dir = temporaryFolder();
      const store = openDiskStore({ dir });
      await store.write([{ key: 'a', series: seriesOf({ bars: 4 }) }]);
      const db = new DatabaseSync(fileIn(dir));
      db.exec(`
        CREATE TABLE other AS SELECT key, stored, ${value} AS header, ${value} AS bytes FROM block;
        DROP TABLE block;
        ALTER TABLE other RENAME TO block;
        CREATE UNIQUE INDEX block_key ON block (key);
      `);
      db.close();
      expect(await store.read(['a'])).toEqual([undefined]);
      expect(await store.coverage(['a'])).toEqual([undefined]);
      expect(store.damaged).toBe(2);
      expect(await store.verify()).toEqual({ entries: 1, damaged: ['a'], startedAfresh: false });
      await store.close();
    },
  );

  it.each([
    ['no database', (file: string) => writeFileSync(file, 'x'.repeat(100_000))],
    [
      'a database of another layout',
      (file: string) => {
        const db = new DatabaseSync(file);
        db.exec('CREATE TABLE block (name TEXT)');
        db.close();
      },
    ],
  ])('starts afresh where the file is %s', async (_what, make) => {
    const dir = temporaryFolder();
    make(fileIn(dir));
    const store = openDiskStore({ dir });
    await store.write([{ key: 'a', series: seriesOf({ bars: 4 }) }]);
    const [bytes] = await store.read(['a']);
    expect(bytes).toBeDefined();
    await store.close();
  });

  it('reads as empty where all but the front of its file is damaged', async () => {
    const store = await openDamaged();
    expect(await store.coverage([key(1)])).toEqual([undefined]);
    expect(await store.read([key(1), key(2)])).toEqual([undefined, undefined]);
    expect(store.damaged).toBeGreaterThan(0);
    await store.close();
  });

  it('starts afresh when it is written and cannot be', async () => {
    const store = await openDamaged();
    await store.write([{ key: key(1), series: seriesOf({ bars: 4 }) }]);
    expect((await store.read([key(1)])).map(contentOf)).toEqual([contentOf(seriesOf({ bars: 4 }))]);
    await store.close();
  });

  it('goes on after a write that failed, of which nothing stays', async () => {
    const dir = temporaryFolder();
    const store = openDiskStore({ dir });
    const db = new DatabaseSync(fileIn(dir));
    db.exec(`
      CREATE TRIGGER refuse BEFORE INSERT ON block WHEN NEW.key = 'b' BEGIN SELECT RAISE(ABORT, 'refused'); END
    `);
    const entries = ['a', 'b'].map((name) => ({ key: name, series: seriesOf({ bars: 3 }) }));
    await expect(store.write(entries)).rejects.toThrow('refused');
    db.exec('DROP TRIGGER refuse');
    db.close();
    expect(await store.read(['a', 'b'])).toEqual([undefined, undefined]);
    await store.write(entries);
    expect((await store.read(['a', 'b'])).includes(undefined)).toBe(false);
    await store.close();
  });

  it.each(['verify', 'clear'] as const)(
    'starts afresh when it is asked to %s a file without sense',
    async (task) => {
      const store = await openDamaged();
      const result = await store[task]();
      expect(result).toEqual(task === 'clear' ? 0 : { entries: 0, damaged: [], startedAfresh: true });
      expect(await store.stats()).toMatchObject({ entries: 0 });
      await store.close();
    },
  );

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
    // One block that takes the room of many.
    await store.write([{ key: 'day', series: blockOf('market-day', 1_000_000) }]);
    expect((await store.coverage(['day']))[0]?.count).toBe(1_000_000);
    await store.close();
    expect(statSync(fileIn(dir)).size).toBeLessThan(maxBytes * 1.1 + 1_000_000);
  });

  it('gives the space back that it does not need any more', async () => {
    const dir = temporaryFolder();
    const store = openDiskStore({ dir });
    await store.write(
      Array.from({ length: 300 }, (_, index) => ({ key: key(index), series: seriesOf({ bars: 260 }) })),
    );
    expect(await store.clear()).toBe(300);
    await store.close();
    expect(statSync(fileIn(dir)).size).toBeLessThan(100_000);
  });
});

describe('a damaged cache file', () => {
  const keys = keysOf(60);
  const pristine = (() => {
    let bytes: Buffer | undefined;
    return async () => {
      if (bytes === undefined) {
        const dir = mkdtempSync(join(tmpdir(), 'tapescan-test-'));
        const store = openDiskStore({ dir });
        await store.write(keys.map((name, index) => ({ key: name, series: seriesOf({ bars: index }) })));
        await store.close();
        bytes = readFileSync(fileIn(dir));
        rmSync(dir, { recursive: true });
      }
      return Buffer.from(bytes);
    };
  })();

  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const flips = fc.record({
    kind: fc.constant('flips' as const),
    // Near the front lies what says how to read all the rest.
    at: fc.array(fc.tuple(fc.boolean(), place, fc.nat({ max: 7 })), {
      minLength: 1,
      maxLength: 60,
      size: 'max',
    }),
  });
  const stretch = fc.record({
    kind: fc.constant('stretch' as const),
    ...{ at: place, value: fc.nat({ max: 255 }), length: fc.integer({ min: 1, max: 20_000 }) },
  });
  const cut = fc.record({ kind: fc.constant('cut' as const), at: place });

  test.prop([fc.oneof(flips, stretch, cut), fc.boolean()], {
    numRuns: 100,
    // Damage that lets SQLite begin, and not go on once it has removed something.
    examples: [[{ kind: 'stretch', at: 0.06243896484375, value: 0, length: 9 }, true]],
  })('never hands out anything wrong, and takes new entries', async (damage, isVerified) => {
    let bytes = await pristine();
    const { length } = bytes;
    if (damage.kind === 'cut') bytes = bytes.subarray(0, Math.floor(damage.at * length));
    else if (damage.kind === 'stretch') {
      const start = Math.floor(damage.at * length);
      bytes.fill(damage.value, start, Math.min(length, start + damage.length));
    } else {
      for (const [isFront, at, bit] of damage.at) {
        bytes[Math.floor(at * (isFront ? 200 : length))]! ^= 1 << bit;
      }
    }
    const dir = mkdtempSync(join(tmpdir(), 'tapescan-test-'));
    try {
      writeFileSync(fileIn(dir), bytes);
      const store = openDiskStore({ dir });
      const expectTruth = async () => {
        const found = await store.read(keys);
        const headers = await store.coverage(keys);
        for (const [index, series] of found.entries()) {
          if (series) expect(contentOf(series)).toEqual(contentOf(seriesOf({ bars: index })));
          if (headers[index]) expect(headers[index]).toMatchObject({ count: index, from: 17_000 });
        }
        return found;
      };
      await expectTruth();
      if (isVerified) await store.verify();
      await expectTruth();
      await store.write(keys.map((name, index) => ({ key: name, series: seriesOf({ bars: index }) })));
      const found = await expectTruth();
      expect(found.filter((series) => series === undefined)).toEqual([]);
      await store.close();
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
