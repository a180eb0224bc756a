import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/cache/memory.ts';
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
});
