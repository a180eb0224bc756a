import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { loadSplits } from '../../src/prefetch/load-splits.ts';
import { encodeSplits } from '../../src/split-table.ts';
import { splitsKey } from '../../src/store-keys.ts';
import type { Split } from '../../src/types.ts';

const call = <T>(request: (signal: AbortSignal) => Promise<T>) => request(new AbortController().signal);
const ALL: readonly Split[] = [
  { symbol: 'A', session: 110, ratio: 4 },
  { symbol: 'A', session: 150, ratio: 2 },
  { symbol: 'B', session: 195, ratio: 0.1 },
];

function serviceOf(splits: readonly Split[]) {
  const asked: (readonly [number, number])[] = [];
  return {
    asked,
    source: {
      dataset: 'source',
      splits: {
        async fetchSplits(from: number, to: number) {
          asked.push([from, to]);
          return splits.filter(({ session }) => session >= from && session <= to);
        },
      },
    },
  };
}

describe('loadSplits', () => {
  it('asks for the range once, and for the new days and ten more from then on', async () => {
    const { source, asked } = serviceOf(ALL);
    const store = createMemoryStore();
    const load = (from: number, to: number) => loadSplits({ source, store, history: { from, to }, call });
    expect([...(await load(100, 190))]).toEqual([['A', [110, 4, 150, 2]]]);
    await load(105, 190);
    const later = await load(106, 200);
    expect([...later].sort()).toEqual([
      ['A', [110, 4, 150, 2]],
      ['B', [195, 0.1]],
    ]);
    expect(asked).toEqual([
      [100, 190],
      [180, 200],
    ]);
  });

  it('asks for all of a history that begins before what is kept', async () => {
    const { source, asked } = serviceOf(ALL);
    const store = createMemoryStore();
    await loadSplits({ source, store, history: { from: 120, to: 200 }, call });
    const table = await loadSplits({ source, store, history: { from: 100, to: 200 }, call });
    expect(table.get('A')).toEqual([110, 4, 150, 2]);
    expect(asked).toEqual([
      [120, 200],
      [100, 200],
    ]);
  });

  it('forgets a split that was taken back within the last days', async () => {
    const store = createMemoryStore();
    const wrong = encodeSplits([...ALL, { symbol: 'C', session: 198, ratio: 3 }], 100, 200);
    await store.write([{ key: splitsKey('source'), series: wrong }]);
    const { source } = serviceOf(ALL);
    const table = await loadSplits({ source, store, history: { from: 100, to: 201 }, call });
    expect(table.has('C')).toBe(false);
    expect(table.size).toBe(2);
  });

  it('does without a store that works, and has none where bars come adjusted', async () => {
    const broken = () => Promise.reject(new Error('no space left'));
    const store = { ...createMemoryStore(), read: broken, write: broken };
    const { source } = serviceOf(ALL);
    expect((await loadSplits({ source, store, history: { from: 100, to: 200 }, call })).size).toBe(2);
    const adjusted = { dataset: 'adjusted' };
    expect((await loadSplits({ source: adjusted, store, history: { from: 100, to: 200 }, call })).size).toBe(
      0,
    );
  });
});
