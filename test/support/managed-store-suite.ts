import { expect, it } from 'vitest';
import type { ManagedStore } from '../../src/cache/managed-store.ts';
import { blockOf } from './blocks.ts';
import { seriesOf } from './series.ts';

export interface ManagedStoreSuite {
  /** An empty store. */
  open(): ManagedStore | Promise<ManagedStore>;
  /** Changes the stored bytes of a key behind the store's back. */
  damage(key: string, change: (bytes: Uint8Array) => Uint8Array): Promise<void>;
}

/** What every store that is looked after must do beside keeping blocks. */
export function managedStoreSuite({ open, damage }: ManagedStoreSuite): void {
  const flip = (at: number) => (bytes: Uint8Array) => {
    bytes[at]! ^= 1 << (at % 8);
    return bytes;
  };

  it('counts what it holds', async () => {
    const store = await open();
    const before = Date.now();
    await store.write([
      { key: 'a', series: seriesOf({ bars: 4 }) },
      { key: 'b', series: seriesOf({ bars: 6 }) },
      { key: 'day', series: blockOf('market-day', 68) },
    ]);
    const { oldest, newest, ...counts } = await store.stats();
    expect(counts).toEqual({
      entries: 3,
      bytes: 2 * 32 + 10 * 44 + 100,
      kinds: {
        series: { entries: 2, bytes: 2 * 32 + 10 * 44 },
        'market-day': { entries: 1, bytes: 100 },
        splits: { entries: 0, bytes: 0 },
        rows: { entries: 0, bytes: 0 },
      },
      damaged: 0,
    });
    // Redis counts lifetimes from a clock of its own, in whole milliseconds.
    expect(oldest).toBeGreaterThanOrEqual(before - 5);
    expect(newest).toBeGreaterThanOrEqual(oldest!);
    expect(newest).toBeLessThanOrEqual(Date.now() + 5);
    await store.close();
  });

  it('counts nothing where there is nothing', async () => {
    const store = await open();
    expect(await store.stats()).toMatchObject({ entries: 0, bytes: 0, oldest: undefined, newest: undefined });
    expect(await store.verify()).toEqual({ entries: 0, damaged: [], startedAfresh: false });
    expect(await store.clear()).toBe(0);
    await store.close();
  });

  it('reads any damaged entry as absent, and counts it', async () => {
    const store = await open();
    const { byteLength } = seriesOf({ bars: 4 });
    for (let at = 0; at < byteLength; at++) {
      await store.write([{ key: 'a', series: seriesOf({ bars: 4 }) }]);
      await damage('a', flip(at));
      expect(await store.read(['a']), `byte ${at}`).toEqual([undefined]);
    }
    for (const wrong of [(bytes: Uint8Array) => bytes.subarray(0, 50), () => Buffer.from('something else')]) {
      await store.write([{ key: 'a', series: seriesOf({ bars: 4 }) }]);
      await damage('a', wrong);
      expect(await store.read(['a'])).toEqual([undefined]);
    }
    expect(store.damaged).toBe(byteLength + 2);
    await store.close();
  });

  it('covers nothing with a damaged header', async () => {
    const store = await open();
    for (let at = 0; at < 28; at++) {
      await store.write([{ key: 'a', series: seriesOf({ bars: 4 }) }]);
      await damage('a', flip(at));
      expect(await store.coverage(['a']), `byte ${at}`).toEqual([undefined]);
    }
    expect(store.damaged).toBe(28);
    await store.close();
  });

  it('removes what is damaged when it verifies, and nothing else', async () => {
    const store = await open();
    const keys = Array.from({ length: 600 }, (_, index) => `S${index}`);
    await store.write(keys.map((key) => ({ key, series: seriesOf({ bars: 3 }) })));
    for (const key of ['S7', 'S399']) await damage(key, flip(100));
    const { damaged, ...report } = await store.verify();
    expect({ ...report, damaged: damaged.toSorted() }).toEqual({
      ...{ entries: 600, damaged: ['S399', 'S7'], startedAfresh: false },
    });
    expect(await store.verify()).toEqual({ entries: 598, damaged: [], startedAfresh: false });
    const found = await store.read(keys);
    expect(keys.filter((_, index) => found[index] === undefined)).toEqual(['S7', 'S399']);
    await store.close();
  });

  it('clears the keys that start so, whatever characters they have', async () => {
    const store = await open();
    const keys = ['a*|A', 'a*|B', 'ab|A', 'a[b]|A', 'a?|é', 'a\\|x'];
    const left = async () => {
      const found = await store.read(keys);
      return keys.filter((_, index) => found[index] !== undefined);
    };
    await store.write(keys.map((key) => ({ key, series: seriesOf({ bars: 1 }) })));
    expect(await store.clear({ keyPrefix: 'a*|' })).toBe(2);
    expect(await store.clear({ keyPrefix: 'a[' })).toBe(1);
    expect(await store.clear({ keyPrefix: 'a\\' })).toBe(1);
    expect(await store.clear({ keyPrefix: 'a?|é' })).toBe(1);
    expect(await left()).toEqual(['ab|A']);
    expect(await store.clear()).toBe(1);
    expect(await left()).toEqual([]);
    await store.close();
  });

  it('clears what was stored before', async () => {
    const store = await open();
    await store.write([{ key: 'a', series: seriesOf({ bars: 1 }) }]);
    expect(await store.clear({ olderThan: Date.now() - 60_000 })).toBe(0);
    expect(await store.clear({ olderThan: Date.now() + 60_000, keyPrefix: 'b' })).toBe(0);
    expect(await store.clear({ olderThan: Date.now() + 60_000 })).toBe(1);
    await store.close();
  });
}
