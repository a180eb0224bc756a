import { expect, it } from 'vitest';
import { SETTING_ROWS } from '../../src/config.ts';
import { envName, flagName, keyName } from '../../src/settings/names.ts';

it.each([
  ['top', 'top', '--top', 'TAPESCAN_TOP'],
  ['cacheDir', 'cache-dir', '--cache-dir', 'TAPESCAN_CACHE_DIR'],
  ['minDollarVolume', 'min-dollar-volume', '--min-dollar-volume', 'TAPESCAN_MIN_DOLLAR_VOLUME'],
])('spells %s as key, option and variable', (name, key, flag, variable) => {
  expect([keyName(name), flagName(name), envName(name)]).toEqual([key, flag, variable]);
});

it('gives every setting names of its own', () => {
  for (const nameOf of [keyName, flagName, envName]) {
    expect(new Set(SETTING_ROWS.map(([name]) => nameOf(name))).size).toBe(SETTING_ROWS.length);
  }
});
