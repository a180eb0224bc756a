import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCache } from '../../src/cache/open-cache.ts';
import { ConfigError } from '../../src/errors.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { seriesOf } from '../support/series.ts';
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
});
