import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { blockOf } from '../support/blocks.ts';
import { seriesOf } from '../support/series.ts';
import { storeSuite } from '../support/store-suite.ts';

describe('memory store', () => {
  storeSuite(() => createMemoryStore());

  it('keeps at most its bytes, and drops what was used longest ago', async () => {
    const { byteLength } = seriesOf({ bars: 100 });
    const store = createMemoryStore({ maxBytes: 3 * (byteLength + 200) });
    for (const key of ['a', 'b', 'c']) await store.write([{ key, series: seriesOf({ bars: 100 }) }]);
    await store.read(['a']);
    await store.write([{ key: 'd', series: seriesOf({ bars: 100 }) }]);
    const found = await store.read(['a', 'b', 'c', 'd']);
    expect(found.map((bytes) => bytes !== undefined)).toEqual([true, false, true, true]);
  });

  it('keeps no more of a block than what was written, whatever kind of view that was', async () => {
    const store = createMemoryStore();
    const series = seriesOf({ bars: 5 });
    const block = Buffer.alloc(1000 + series.byteLength);
    block.set(series, 500);
    const written = block.subarray(500, 500 + series.byteLength);
    await store.write([
      { key: 'a', series: new Uint8Array(block.buffer, written.byteOffset, written.byteLength) },
      { key: 'b', series: written },
    ]);
    const kept = await store.read(['a', 'b']);
    expect(kept.map((bytes) => bytes?.buffer.byteLength)).toEqual([series.byteLength, series.byteLength]);
  });

  it('keeps the kinds that it is asked to keep', async () => {
    const store = createMemoryStore({ kinds: ['series'] });
    await store.write([
      { key: 'a', series: seriesOf({ bars: 5 }) },
      { key: 'day', series: blockOf('market-day', 24) },
    ]);
    const headers = await store.coverage(['a', 'day']);
    expect(headers.map((header) => header?.kind)).toEqual(['series', undefined]);
    expect((await store.read(['day']))[0]).toBeUndefined();
  });

  it('forgets what another kind has replaced', async () => {
    const store = createMemoryStore({ kinds: ['series'] });
    await store.write([{ key: 'a', series: seriesOf({ bars: 5 }) }]);
    await store.write([{ key: 'a', series: blockOf('market-day', 24) }]);
    expect(await store.read(['a'])).toEqual([undefined]);
  });

  it('hands out the same object until something else is written', async () => {
    const store = createMemoryStore();
    await store.write([{ key: 'a', series: seriesOf({ bars: 5 }) }]);
    const [first] = await store.read(['a']);
    const [again] = await store.read(['a']);
    expect(again).toBe(first);
    await store.write([{ key: 'a', series: seriesOf({ bars: 5 }) }]);
    const [other] = await store.read(['a']);
    expect(other).not.toBe(first);
  });
});
