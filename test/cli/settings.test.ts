import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, startSimulatorCli } from '../support/run-cli.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KEY = 'Sesame+0pen/Key=';

/** Value and origin by setting, as `validate` shows them. */
async function effective(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await runCli(['validate', '--source', 'simulator', ...args], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return Object.fromEntries(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [, name, value, origin] = /^(\S+) +(.*\S) +(option|variable|file|default)$/.exec(line)!;
        return [name!, `${value} by ${origin}`];
      }),
  );
}

function configFile(text: string): string {
  const path = join(temporaryFolder(), 'tapescan.yaml');
  writeFileSync(path, text);
  return path;
}

describe('settings', () => {
  const file =
    'top: 1\nlookback: 100\ntimeout: 2s\nmin-close: 2.5\nno-cache: true\nfault: [500=0.1, reset=0.1]\nout: [f.csv]\n';
  const env = {
    TAPESCAN_TOP: '2',
    TAPESCAN_LOOKBACK: '200',
    TAPESCAN_TIMEOUT: '3s',
    TAPESCAN_FAULT: 'html=0.2,empty=0.2',
    TAPESCAN_OUT: 'v.csv,v.json',
    TAPESCAN_MIN_CLOSE: '',
  };

  it('come from an option before a variable before the file before the default', async () => {
    const config = configFile(file);
    const options = ['--top', '3', '--top', '4', '--fault', 'hang=0.3', '--out', '-', '--out', 'o.json'];
    expect(await effective(['--config', config, ...options], env)).toMatchObject({
      top: '4 by option',
      fault: 'hang=0.3 by option',
      out: '-, o.json by option',
      lookback: '200 by variable',
      timeout: '3s by variable',
      'min-close': '2.5 by file',
      'no-cache': 'true by file',
      seed: '1 by default',
      'scan-id': '(made from the session, the time and chance) by default',
    });
    expect(await effective([], { ...env, TAPESCAN_CONFIG: config })).toMatchObject({
      top: '2 by variable',
      fault: 'html=0.2, empty=0.2 by variable',
      out: 'v.csv, v.json by variable',
      'min-close': '2.5 by file',
    });
    expect(await effective(['--config', config, '--no-cache=false'])).toMatchObject({
      top: '1 by file',
      lookback: '100 by file',
      timeout: '2s by file',
      fault: '500=0.1, reset=0.1 by file',
      out: 'f.csv by file',
      'no-cache': 'false by option',
    });
    expect(await effective([], { TAPESCAN_CONFIG: '' })).toMatchObject({
      top: '(all) by default',
      lookback: '260 by default',
      timeout: '10s by default',
      fault: '(none) by default',
      out: '(standard output) by default',
      'no-cache': 'false by default',
    });
  });

  it('have their effect by that order', async () => {
    const config = configFile('symbols: 7\n');
    const count = async (args: readonly string[], variables: Readonly<Record<string, string>>) => {
      const { stdout } = await runCli(['simulate', '--list', '--config', config, ...args], {
        env: variables,
      });
      return stdout.trimEnd().split('\n').length;
    };
    expect(await count([], {})).toBe(7);
    expect(await count([], { TAPESCAN_SYMBOLS: '5' })).toBe(5);
    expect(await count(['--symbols', '3'], { TAPESCAN_SYMBOLS: '5' })).toBe(3);
  });
});

describe('secrets', () => {
  it.each([['TAPESCAN_POLYGON_KEY'], ['POLYGON_API_KEY']])(
    'are set or not: %s is never shown by validate',
    async (name) => {
      const { code, stdout, stderr } = await runCli(['validate'], { env: { [name]: KEY } });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^polygon-key +\(set\) /m);
      expect(stdout).not.toContain(KEY);
    },
  );

  it('are not shown as a part of an address', async () => {
    const out = `redis://user:${KEY}@127.0.0.1/0/rankings`;
    const { stdout } = await runCli([
      'validate',
      '--source',
      'simulator',
      '--out',
      out.replace('0pen/', '0pen%2F'),
    ]);
    expect(stdout).toMatch(/^out +redis:\/\/\[hidden\]@127\.0\.0\.1\/0\/rankings +option$/m);
    for (const url of [`https://user:${KEY}@host`, `https://host?apiKey=${KEY}`]) {
      const { code, stdout: shown, stderr } = await runCli(['scan', '--polygon-url', url, '--out', out]);
      expect(code).toBe(78);
      expect(stderr).toContain('tapescan: --polygon-url: expected a URL');
      expect(shown + stderr).not.toContain('Sesame');
    }
  });

  it.each([[['--polygon-key', KEY]], [[`--polygon-key=${KEY}`]], [['--polygn-key', KEY]]])(
    'are refused on the command line without being shown there: %j',
    async (args) => {
      const { code, stdout, stderr } = await runCli(['scan', '--source', 'simulator', ...args]);
      expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
      expect(stderr).not.toContain('Sesame');
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      if (args[0]!.startsWith('--polygon')) expect(stderr).toContain('set TAPESCAN_POLYGON_KEY');
    },
  );

  it.each(['has spaces in it', 'smart“quotes”'])(
    'that no header can carry are refused without being shown: %s',
    async (key) => {
      const { code, stderr } = await runCli(['scan'], { env: { TAPESCAN_POLYGON_KEY: key }, input: 'SPY\n' });
      expect(code).toBe(78);
      expect(stderr).toContain('TAPESCAN_POLYGON_KEY: expected printable characters');
      expect(stderr).not.toContain(key);
    },
  );

  it('appear in no output, log, receipt, summary or cache file, though the provider quotes them', async () => {
    const folder = temporaryFolder();
    const simulator = await startSimulatorCli(['--symbols', '40']);
    // Every second call is refused in the worst way; the others are answered.
    const provider = await scriptedServer((response, path, attempt) => {
      if (attempt % 2 === 0) {
        const error = `Key ${KEY} (Bearer ${KEY}) may not ask for ${path}`;
        response.writeHead(attempt % 4 === 0 ? 401 : 503).end(JSON.stringify({ status: 'ERROR', error }));
        return;
      }
      fetch(simulator.url + path)
        .then((answer) => answer.text())
        .then((body) => response.end(body))
        .catch(() => response.destroy());
    });
    try {
      const { stdout: list } = await runCli(['simulate', '--list', '--symbols', '40']);
      const outputs = [
        '--out',
        '-',
        '--out',
        'ranked.csv',
        '--receipts',
        'receipts.ndjson',
        '--summary',
        'summary.json',
      ];
      const args = [
        '--polygon-url',
        provider.url,
        '--cache-dir',
        'cache',
        '--log-level',
        'debug',
        '--attempts',
        '2',
      ];
      const { code, stdout, stderr } = await runCli(['scan', ...args, ...outputs], {
        env: { TAPESCAN_POLYGON_KEY: KEY },
        input: list,
        cwd: folder,
      });
      expect(code).toBe(3);
      expect(provider.requests.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
      expect(readFileSync(join(folder, 'receipts.ndjson'), 'utf8')).toContain(
        'Status 401: Key [key] (Bearer [key])',
      );
      expect(stderr).toContain('Asking again');
      expect(stdout + stderr).not.toContain('Sesame');
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      );
      expect(files.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'ranked.csv',
          'receipts.ndjson',
          'summary.json',
          expect.stringMatching(/\.sqlite$/),
        ]),
      );
      for (const { parentPath, name } of files) {
        expect(readFileSync(join(parentPath, name)).includes('Sesame'), name).toBe(false);
      }
    } finally {
      await simulator.stop();
    }
  });
});
