import { describe, expect, it } from 'vitest';
import { SETTING_ROWS } from '../../src/config.ts';
import { decidingSettings, withDecidingSettings } from '../../src/journal/deciding-settings.ts';
import { keyName } from '../../src/settings/names.ts';
import { readSettings } from '../../src/settings/read-settings.ts';

const read = async (args: readonly string[], env = {}) =>
  (await readSettings('scan', ['--source', 'simulator', ...args], env)).settings;
const ARGS = [
  ...['--lookback', '120', '--slack', '9', '--top', '7', '--rank-by', 'composite', '--weight', 'trend=2.5'],
  ...[
    '--profile',
    'classic',
    '--rule',
    'price-jump=on',
    '--rule',
    'one-letter=off',
    '--min-close',
    '0.000001',
  ],
  ...['--exclude-instruments', 'etf', '--sectors', 'Energy, oil', '--where', 'close > 2', '--shorts'],
  ...['--define', 'calm=atr_pct_14 < 0.03', '--screen', 'calm', '--account', '25000.5'],
];

describe('the settings that a ranking follows from', () => {
  it('come back from their texts, whatever this run was given', async () => {
    const asked = await read(ARGS);
    const texts = JSON.parse(JSON.stringify(decidingSettings(asked)));
    const own = await read([
      '--cache-dir',
      'own',
      '--where',
      'close > 9',
      '--screen',
      'breakout',
      '--min-bars',
      '3',
    ]);
    const expected = await read([...ARGS, '--cache-dir', 'own']);
    expect(withDecidingSettings(own, texts)).toEqual(expected);
  });

  it('are those by default where the texts say nothing', async () => {
    const own = await read(ARGS);
    expect(withDecidingSettings(own, {})).toEqual(await read([]));
  });

  it('hold neither a secret nor an address', async () => {
    const keys = Object.keys(decidingSettings(await read(ARGS)));
    const hidden = SETTING_ROWS.filter(
      ([name, { secret, value }]) => secret || value === 'URL' || /url/i.test(name),
    );
    expect(hidden.length).toBeGreaterThan(8);
    expect(hidden.filter(([name]) => keys.includes(keyName(name)))).toEqual([]);
  });

  it('are refused where this version does not understand them', async () => {
    const own = await read([]);
    expect(() => withDecidingSettings(own, { lookback: 'long', phase: 'moon' })).toThrow(
      /lookback: expected an integer from 2 to 5,?000, got `long`\n.*phase: this version has no such setting/,
    );
  });
});
