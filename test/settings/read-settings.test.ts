import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommandName } from '../../src/command-names.ts';
import type { Environment } from '../../src/config.ts';
import { ConfigError } from '../../src/errors.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SIMULATED = ['--source', 'simulator'];

/** The problems that are found. */
async function problemsOf(argv: readonly string[], env: Environment = {}, command: CommandName = 'scan') {
  const error = await readSettings(command, argv, env).then(
    () => new ConfigError([]),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).problems;
}

function fileOf(yaml: string): string {
  const path = join(temporaryFolder(), 'c.yaml');
  writeFileSync(path, yaml);
  return path;
}

describe('readSettings', () => {
  it('takes an option in each of its forms, and of several the last', async () => {
    const argv = [
      ...SIMULATED,
      '--top=3',
      '--top',
      '5',
      '--no-cache',
      '--out=-',
      '--out',
      'a b.csv',
      '--scan-id=--x',
    ];
    const { settings, origins } = await readSettings('scan', argv, {});
    expect(settings).toMatchObject({
      top: 5,
      noCache: true,
      out: ['-', 'a b.csv'],
      scanId: '--x',
      lookback: 260,
    });
    expect(origins).toMatchObject({ top: 'option', out: 'option', lookback: 'default' });
  });

  it('takes the values of a file as they are written', async () => {
    const config = fileOf(
      'scan-id: 007\nno-cache: yes\nas-of: 2026-11-02\nout:\n  - a.csv # first\n  - "b,c.csv"\nmin-close: 1e-7\n',
    );
    const { settings } = await readSettings('scan', [...SIMULATED, '--config', config], {});
    expect(settings).toMatchObject({
      scanId: '007',
      noCache: true,
      asOf: 20_759,
      out: ['a.csv', 'b,c.csv'],
      minClose: 1e-7,
    });
  });

  it('takes an empty file, and an empty variable, for nothing said', async () => {
    const env = { TAPESCAN_TOP: '', TAPESCAN_CONFIG: fileOf('# nothing yet\n') };
    const { origins } = await readSettings('scan', SIMULATED, env);
    expect(origins.top).toBe('default');
    await expect(readSettings('scan', SIMULATED, { TAPESCAN_CONFIG: '' })).resolves.toBeDefined();
  });

  it('takes the key from its own variable before the one that others use', async () => {
    const env = { TAPESCAN_POLYGON_KEY: 'ours', POLYGON_API_KEY: 'theirs' };
    expect((await readSettings('scan', [], env)).settings.polygonKey).toBe('ours');
    expect((await readSettings('scan', [], { ...env, TAPESCAN_POLYGON_KEY: '' })).settings.polygonKey).toBe(
      'theirs',
    );
  });

  it('needs no key over plain http, nor to serve a market', async () => {
    await expect(readSettings('scan', ['--polygon-url', 'http://127.0.0.1:1'], {})).resolves.toBeDefined();
    await expect(readSettings('simulate', [], {})).resolves.toBeDefined();
    expect(await problemsOf([])).toEqual([
      expect.stringContaining('TAPESCAN_POLYGON_KEY: expected an API key'),
    ]);
  });

  it.each([
    [['--wat'], 'Unknown option `--wat`'],
    [['--tops', '3'], 'Unknown option `--tops`; did you mean `--top`?'],
    [['--cachedir=x'], 'Unknown option `--cachedir`; did you mean `--cache-dir`?'],
    [['-x'], 'Unknown option `-x`'],
    [['--port', '80'], 'Unknown option `--port`'],
    [['--top'], '--top: expected a value'],
    [['--out', '--no-cache'], '--out: expected a value'],
    [['--out='], '--out: expected a file, - or redis://host/0/stream, got ``'],
    [['--no-cache=perhaps'], '--no-cache: expected true or false, got `perhaps`'],
    [['--no-cache', 'true'], 'Unexpected `true`: symbols come from standard input or --universe FILE'],
    [['--top', '-5'], '--top: expected an integer from 1 to 10,000,000, got `-5`'],
  ])('refuses %j', async (argv, problem) => {
    expect(await problemsOf([...SIMULATED, ...argv])).toEqual([problem]);
  });

  it('says of a command without input that it takes options only', async () => {
    expect(await problemsOf(['AAPL'], {}, 'simulate')).toEqual([
      'Unexpected `AAPL`: this command takes options only',
    ]);
  });

  it.each([
    ['- top', ': expected `setting: value` lines'],
    ['top: {is: 3}', ': top: expected plain values, got something nested'],
    ['out: [[a]]', ': out: expected plain values, got something nested'],
    ['top:', ': top: expected an integer from 1 to 10,000,000, got ``'],
    ['topp: 3', ': unknown setting `topp`; did you mean `top`?'],
    ['top: 3\ntop: 4', ': cannot be read as YAML: Map keys must be unique at line 2, column 1:'],
  ])('refuses a file that says %j', async (yaml, problem) => {
    const config = fileOf(`${yaml}\n`);
    expect(await problemsOf([...SIMULATED, '--config', config])).toEqual([`${config}${problem}`]);
  });

  it('refuses a symbol’s time below that of one of its calls', async () => {
    expect(await problemsOf([...SIMULATED, '--timeout', '2m'])).toEqual([
      expect.stringMatching(/^--symbol-timeout: expected at least --timeout/),
    ]);
  });

  it('watches a file only', async () => {
    const args = [...SIMULATED, '--watch'];
    for (const [universe, got] of [
      [[], '-'],
      [['--universe', 'us-stocks'], 'us-stocks'],
    ] as const) {
      expect(await problemsOf([...args, ...universe], {}, 'daemon')).toEqual([
        `--universe: expected a file for --watch, got ${got}: only a file can be watched`,
      ]);
    }
    const { settings } = await readSettings('daemon', [...args, '--universe', 'list.txt'], {});
    expect(settings.watch).toBe(true);
    expect((await problemsOf(args)).join()).toMatch(/--watch/);
  });
});
