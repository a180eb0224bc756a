import { describe, expect, it } from 'vitest';
import type { BlockStore } from '../../src/cache/block-store.ts';
import { openDiskStore } from '../../src/cache/disk.ts';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { tier } from '../../src/cache/tiered.ts';
import { seriesOf } from '../support/series.ts';
import { contentOf, storeSuite } from '../support/store-suite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A store that notes which keys it is asked for. */
function observed(store: BlockStore) {
  const read: string[] = [];
  const written: string[] = [];
  const watched: BlockStore = {
    ...store,
    read(keys) {
      read.push(...keys);
      return store.read(keys);
    },
    write(entries) {
      written.push(...entries.map(({ key }) => key));
      return store.write(entries);
    },
  };
  return { read, written, store: watched };
}

const broken = async () => {
  throw new Error('out of order');
};
const brokenStore = (parts: Partial<BlockStore> = {}): BlockStore => ({
  ...createMemoryStore(),
  ...{ name: 'broken', read: broken, coverage: broken, write: broken },
  ...parts,
});
const until = (to: number) => seriesOf({ bars: 2, from: 0, to });

describe('tiered store', () => {
  storeSuite(() => tier([createMemoryStore(), openDiskStore({ dir: temporaryFolder() })]));

  it('brings up what only a slower tier has, and asks that one once', async () => {
    const slow = observed(createMemoryStore());
    const store = tier([createMemoryStore(), createMemoryStore(), slow.store]);
    await slow.store.write([{ key: 'a', series: seriesOf({ bars: 2 }) }]);
    for (let time = 0; time < 3; time++) {
      const [a, b] = await store.read(['a', 'b']);
      expect(contentOf(a)).toEqual(contentOf(seriesOf({ bars: 2 })));
      expect(b).toBeUndefined();
    }
    expect(slow.read).toEqual(['a', 'b', 'b', 'b']);
  });

  it('brings up to every faster tier, and to no slower one', async () => {
    const [fast, middle, slow] = [createMemoryStore(), createMemoryStore(), createMemoryStore()].map(
      observed,
    );
    await middle!.store.write([{ key: 'a', series: until(5) }]);
    await tier([fast!.store, middle!.store, slow!.store]).read(['a']);
    expect([fast!.written, middle!.written, slow!.written]).toEqual([['a'], ['a'], []]);
    expect(slow!.read).toEqual([]);
  });

  it('covers what any tier has, without moving it', async () => {
    const [fast, slow] = [observed(createMemoryStore()), observed(createMemoryStore())];
    await slow.store.write([{ key: 'a', series: until(5) }]);
    await fast.store.write([{ key: 'b', series: until(6) }]);
    const headers = await tier([fast.store, slow.store]).coverage(['a', 'b', 'c']);
    expect(headers.map((header) => header?.to)).toEqual([5, 6, undefined]);
    expect(fast.written).toEqual(['b']);
    expect([...fast.read, ...slow.read]).toEqual([]);
  });

  it('asks a slower tier for what does not suffice, and takes what reaches further', async () => {
    const [fast, slow] = [createMemoryStore(), observed(createMemoryStore())];
    await fast.write([
      { key: 'enough', series: until(9) },
      { key: 'later below', series: until(5) },
      { key: 'earlier below', series: until(5) },
      { key: 'not below', series: until(5) },
    ]);
    await slow.store.write([
      { key: 'enough', series: until(10) },
      { key: 'later below', series: until(8) },
      { key: 'earlier below', series: until(3) },
    ]);
    const store = tier([fast, slow.store], { suffices: ({ to }) => to >= 9 });
    const keys = ['enough', 'later below', 'earlier below', 'not below'];
    const headers = await store.coverage(keys);
    expect(headers.map((header) => header?.to)).toEqual([9, 8, 5, 5]);
    const found = await store.read(keys);
    expect(found.map(contentOf)).toEqual([until(9), until(8), until(5), until(5)].map(contentOf));
    expect(slow.read).toEqual(keys.slice(1));
    expect((await fast.coverage(keys)).map((header) => header?.to)).toEqual([9, 8, 5, 5]);
  });

  it.each([
    ['slow', (sound: BlockStore): [BlockStore, BlockStore] => [sound, brokenStore()]],
    ['fast', (sound: BlockStore): [BlockStore, BlockStore] => [brokenStore(), sound]],
  ])('answers with the rest where the %s one fails, and says so once', async (_which, stores) => {
    const sound = createMemoryStore();
    const troubles: string[] = [];
    const store = tier(stores(sound), {
      onTrouble: (error, doing) => troubles.push(`${doing}: ${(error as Error).message}`),
    });
    for (let time = 0; time < 3; time++) {
      await store.write([{ key: `a${time}`, series: until(5) }]);
      const [a, b] = await store.read([`a${time}`, 'b']);
      expect([contentOf(a), b]).toEqual([contentOf(until(5)), undefined]);
      expect((await store.coverage([`a${time}`]))[0]?.to).toBe(5);
    }
    expect(troubles.toSorted()).toEqual(['read: out of order', 'write: out of order']);
  });

  it('hands out what it cannot bring up', async () => {
    const slow = createMemoryStore();
    await slow.write([{ key: 'a', series: until(5) }]);
    const fast = brokenStore({ read: createMemoryStore().read });
    const [a] = await tier([fast, slow]).read(['a']);
    expect(contentOf(a)).toEqual(contentOf(until(5)));
  });

  it('fails where all of them fail', async () => {
    const store = tier([brokenStore(), brokenStore()]);
    await expect(store.read(['a'])).rejects.toThrow('out of order');
    await expect(store.coverage(['a'])).rejects.toThrow('out of order');
    await expect(store.write([{ key: 'a', series: until(5) }])).rejects.toThrow('out of order');
  });

  it('writes to all of them at once', async () => {
    const events: string[] = [];
    const slow = (name: string): BlockStore => ({
      ...createMemoryStore(),
      async write() {
        events.push(`${name} begins`);
        await new Promise(setImmediate);
        events.push(`${name} ends`);
      },
    });
    await tier([slow('one'), slow('two')]).write([{ key: 'a', series: until(5) }]);
    expect(events.map((event) => event.split(' ')[1])).toEqual(['begins', 'begins', 'ends', 'ends']);
  });

  it('closes all of them, even where one fails to', async () => {
    const closed: string[] = [];
    const store = tier([
      brokenStore({ close: broken }),
      { ...createMemoryStore(), close: async () => void closed.push('last') },
    ]);
    await expect(store.close()).rejects.toThrow('out of order');
    expect(closed).toEqual(['last']);
  });
});
