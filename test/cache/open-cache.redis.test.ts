import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readBlockHeader } from '../../src/block.ts';
import { openCache } from '../../src/cache/open-cache.ts';
import { ConfigError } from '../../src/errors.ts';
import { blockOf } from '../support/blocks.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { seriesOf } from '../support/series.ts';
import { contentOf } from '../support/store-suite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const never = () => {
  throw new Error('Expected no trouble');
};
const until = (to: number) => seriesOf({ bars: 2, from: 0, to });

describeWithRedis('the cache of a scan', (url) => {
  const settings = () => ({ noCache: false, cacheDir: temporaryFolder(), cacheSize: 2 ** 30 });
  const unusable = () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    return { ...settings(), cacheDir: file };
  };

  it('is the disk, with a server behind it where there is one, or nothing', async () => {
    const stores = [
      openCache(settings(), never),
      openCache({ ...settings(), cacheRedis: url }, never),
      openCache({ ...settings(), cacheRedis: url, noCache: true }, never),
    ];
    expect(stores.map(({ name }) => name)).toEqual(['disk', 'disk + redis', 'none']);
    for (const store of stores) await store.close();
  });

  it('goes on without a folder that cannot be used', async () => {
    const troubles: string[] = [];
    const stores = [
      openCache(unusable(), (_error, doing) => troubles.push(doing)),
      openCache({ ...unusable(), cacheRedis: url }, (_error, doing) => troubles.push(doing)),
    ];
    expect(stores.map(({ name }) => name)).toEqual(['none', 'redis']);
    expect(troubles).toEqual(['open', 'open']);
    for (const store of stores) await store.close();
  });

  it('refuses an address that is none, and leaves nothing open', () => {
    expect(() => openCache({ ...settings(), cacheRedis: 'nonsense' }, never)).toThrow(ConfigError);
  });

  it('asks the server for what this machine has not late enough', async () => {
    const shared = { cacheRedis: `${url}/6` };
    const suffices = ({ to }: { readonly to: number }) => to >= 9;
    const here = openCache({ ...settings(), ...shared }, never, { suffices });
    const there = openCache({ ...settings(), ...shared }, never, { suffices });
    await here.write([{ key: 'a', series: until(5) }]);
    await there.write([{ key: 'a', series: until(9) }]);
    expect((await here.coverage(['a']))[0]?.to).toBe(9);
    await here.close();
    await there.close();
  });

  it('keeps series in memory where it is asked to, and days of the market on disk alone', async () => {
    const cacheDir = temporaryFolder();
    const store = openCache({ ...settings(), cacheDir }, never, { memoryBytes: 2 ** 20 });
    expect(store.name).toBe('memory + disk');
    await store.write([
      { key: 'a', series: until(5) },
      { key: 'day', series: blockOf('market-day', 24) },
    ]);
    const [first, day] = await store.read(['a', 'day']);
    const [again, sameDay] = await store.read(['a', 'day']);
    expect(again).toBe(first);
    expect([sameDay === day, contentOf(sameDay)]).toEqual([false, contentOf(day)]);
    await store.close();
  });

  it('looks for what another process has stored once memory is behind, and not before', async () => {
    let asOf = 5;
    const suffices = ({ to }: { readonly to: number }) => to >= asOf;
    const shared = { ...settings(), cacheDir: temporaryFolder() };
    const here = openCache(shared, never, { suffices, memoryBytes: 2 ** 20 });
    const there = openCache(shared, never, { suffices });
    await here.write([{ key: 'a', series: until(5) }]);
    await there.write([{ key: 'a', series: until(6) }]);
    const ends = async () => [
      (await here.coverage(['a']))[0]?.to,
      (await here.read(['a'])).map((bytes) => bytes && readBlockHeader(bytes)?.to)[0],
    ];
    expect(await ends()).toEqual([5, 5]);
    asOf = 6;
    expect(await ends()).toEqual([6, 6]);
    await here.close();
    await there.close();
  });

  it('has memory alone where the folder cannot be used', async () => {
    const store = openCache(unusable(), () => {}, { memoryBytes: 2 ** 20 });
    expect(store.name).toBe('memory');
    await store.close();
  });
});
