import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import type { BlockKind } from '../../src/block.ts';
import type { BlockStore } from '../../src/cache/block-store.ts';
import { blockOf } from './blocks.ts';
import { seriesOf } from './series.ts';

/** Checksums and the like are the store's; the first 20 bytes and the payload are what was stored. */
export function contentOf(bytes: Uint8Array | undefined): Uint8Array | undefined {
  if (bytes === undefined) return undefined;
  const content = bytes.slice();
  content.fill(0, 20, 32);
  return content;
}

const isSeal = (seal: number) => seal > 0 && Number.isInteger(seal);

/** What every store of blocks must do. `open` gives an empty one. */
export function storeSuite(open: () => BlockStore | Promise<BlockStore>): void {
  it('answers every key, in order, with what was written last', async () => {
    const store = await open();
    await store.write([
      { key: 'a', series: seriesOf({ bars: 5 }) },
      { key: 'b', series: seriesOf({ bars: 0 }) },
      { key: 'c', series: seriesOf({ bars: 9 }) },
    ]);
    await store.write([{ key: 'c', series: seriesOf({ bars: 300 }) }]);
    const found = await store.read(['c', 'nobody', 'a', 'b', 'a']);
    expect(found.map(contentOf)).toEqual([
      contentOf(seriesOf({ bars: 300 })),
      undefined,
      contentOf(seriesOf({ bars: 5 })),
      contentOf(seriesOf({ bars: 0 })),
      contentOf(seriesOf({ bars: 5 })),
    ]);
    expect(store.damaged).toBe(0);
    await store.close();
  });

  it('keeps a symbol without data as such', async () => {
    const store = await open();
    await store.write([{ key: 'a', series: seriesOf({ bars: 0, from: 17_000, to: 17_300 }) }]);
    expect(await store.coverage(['a', 'b'])).toEqual([
      {
        ...{ kind: 'series', count: 0, from: 17_000, to: 17_300, flags: 0 },
        ...{ oldest: undefined, newest: undefined, seal: expect.toSatisfy(isSeal) },
      },
      undefined,
    ]);
    expect((await store.read(['a'])).map(contentOf)).toEqual([
      contentOf(seriesOf({ bars: 0, from: 17_000, to: 17_300 })),
    ]);
    await store.close();
  });

  it('says what it covers without handing it out', async () => {
    const store = await open();
    const first = 17_000;
    await store.write([
      { key: 'a', series: seriesOf({ bars: 5, first, from: first - 10, to: first + 20, flags: 3 }) },
      { key: 'day', series: blockOf('market-day', 24) },
    ]);
    expect(await store.coverage(['nobody', 'day', 'a', 'a'])).toEqual([
      undefined,
      {
        ...{ kind: 'market-day', count: 24, from: 17_000, to: 17_010, flags: 0 },
        ...{ oldest: undefined, newest: undefined, seal: expect.toSatisfy(isSeal) },
      },
      ...Array.from({ length: 2 }, () => ({
        ...{ kind: 'series', count: 5, from: first - 10, to: first + 20, flags: 3 },
        ...{ oldest: first, newest: first + 4, seal: expect.toSatisfy(isSeal) },
      })),
    ]);
    expect(await store.coverage([])).toEqual([]);
    const sealOf = async (key: string) => (await store.coverage([key]))[0]?.seal;
    const seal = await sealOf('a');
    await store.write([{ key: 'a', series: seriesOf({ bars: 6, first, from: first - 10 }) }]);
    expect(await sealOf('a')).not.toBe(seal);
    await store.close();
  });

  it.each<BlockKind>(['series', 'market-day', 'splits'])('keeps a block of the kind %s', async (kind) => {
    const store = await open();
    // No series of any count of bars is as long as this: what a payload must be is for its reader to say.
    await store.write([{ key: 'a', series: blockOf(kind, 1001) }]);
    expect((await store.read(['a'])).map(contentOf)).toEqual([contentOf(blockOf(kind, 1001))]);
    await store.close();
  });

  it('hands out bytes that can be viewed as columns', async () => {
    const store = await open();
    await store.write([
      { key: 'a', series: seriesOf({ bars: 7 }) },
      { key: 'bc', series: seriesOf({ bars: 8 }) },
    ]);
    const found = await store.read(['a', 'bc']);
    expect(found.map((bytes) => bytes!.byteOffset % 8)).toEqual([0, 0]);
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
    expect(contentOf(bytes)).toEqual(contentOf(series));
    await store.close();
  });

  it('answers more keys than go into one batch', async () => {
    const store = await open();
    const bars = (index: number) => index % 7;
    const entries = Array.from({ length: 1500 }, (_, index) => ({
      key: `S${index}`,
      series: seriesOf({ bars: bars(index) }),
    }));
    await store.write(entries);
    const keys = entries.map(({ key }) => key).reverse();
    const headers = await store.coverage(keys);
    expect(headers.map((header) => header?.count)).toEqual(entries.map((_, index) => bars(index)).reverse());
    const found = await store.read(keys);
    expect(found.map(contentOf)).toEqual(
      entries.map((_, index) => contentOf(seriesOf({ bars: bars(index) }))).reverse(),
    );
    await store.close();
  });

  test.prop(
    [
      fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 3 }), fc.integer({ min: 0, max: 40 })), {
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
    expect(found.map(contentOf)).toEqual(
      keys.map((key) => contentOf(seriesOf({ bars: expected.get(key)! }))),
    );
    const headers = await store.coverage(keys);
    expect(headers.map((header) => header?.count)).toEqual(keys.map((key) => expected.get(key)));
    await store.close();
  });
}
