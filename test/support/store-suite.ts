import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import type { SeriesStore } from '../../src/types.ts';
import { seriesOf } from './series.ts';

/** What every store of series must do. */
export function storeSuite(open: () => SeriesStore | Promise<SeriesStore>): void {
  it('answers every key, in order, with what was written last', async () => {
    const store = await open();
    await store.write([
      { key: 'a', series: seriesOf({ bars: 5 }) },
      { key: 'b', series: seriesOf({ bars: 0 }) },
      { key: 'c', series: seriesOf({ bars: 9 }) },
    ]);
    await store.write([{ key: 'c', series: seriesOf({ bars: 300 }) }]);
    const found = await store.read(['c', 'nobody', 'a', 'b', 'a']);
    expect(found.map((bytes) => bytes?.subarray(24))).toEqual([
      seriesOf({ bars: 300 }).subarray(24),
      undefined,
      seriesOf({ bars: 5 }).subarray(24),
      seriesOf({ bars: 0 }).subarray(24),
      seriesOf({ bars: 5 }).subarray(24),
    ]);
    await store.close();
  });

  it('hands out bytes that can be viewed as columns', async () => {
    const store = await open();
    await store.write([{ key: 'a', series: seriesOf({ bars: 7 }) }]);
    const [bytes] = await store.read(['a']);
    expect(bytes!.byteOffset % 8).toBe(0);
    await store.close();
  });

  it('stores a view without the block that it stands on', async () => {
    const store = await open();
    const series = seriesOf({ bars: 3 });
    const block = new Uint8Array(series.byteLength + 64);
    block.set(series, 32);
    const view = block.subarray(32, 32 + series.byteLength);
    await store.write([{ key: 'a', series: view }]);
    block.fill(0xff);
    const [bytes] = await store.read(['a']);
    expect(bytes?.subarray(24)).toEqual(series.subarray(24));
    await store.close();
  });

  test.prop(
    [
      fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.integer({ min: 0, max: 40 })), {
        maxLength: 60,
        size: 'max',
      }),
    ],
    { numRuns: 30 },
  )('is a map from keys to series', async (writes) => {
    const store = await open();
    const expected = new Map<string, number>();
    for (const [key, bars] of writes) {
      expected.set(key, bars);
      await store.write([{ key, series: seriesOf({ bars }) }]);
    }
    const keys = [...expected.keys()];
    const found = await store.read(keys);
    expect(found.map((bytes) => bytes?.subarray(24))).toEqual(
      keys.map((key) => seriesOf({ bars: expected.get(key)! }).subarray(24)),
    );
    await store.close();
  });
}
