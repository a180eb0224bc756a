import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Summary } from '../../src/types.ts';
import { BIN, jsonLines, runCli } from '../support/run-cli.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SYMBOLS = 60;
const ALL = ['--rule', 'warrant-right-unit=off'];
const SIMULATED = ['--source', 'simulator', '--symbols', `${SYMBOLS}`, '--no-cache', ...ALL];
const { stdout: LIST } = await runCli(['simulate', '--list', '--symbols', `${SYMBOLS}`]);

/** Runs a scan of all symbols, with its summary. */
async function scan(args: readonly string[], folder = temporaryFolder()) {
  const file = join(folder, 'summary.json');
  const ended = await runCli(['scan', '--summary', file, ...args], { input: LIST });
  const summary = readdirSync(folder).includes('summary.json')
    ? (JSON.parse(readFileSync(file, 'utf8')) as Summary)
    : undefined;
  return { ...ended, summary };
}

const rowsOf = (text: string) =>
  text.split('\n').filter((line) => line.startsWith('{"type":"ranked"')).length;

describe('exit code 0', () => {
  it('is for a scan in which nothing failed, with the ranking and nothing else said', async () => {
    const { code, stdout, stderr, summary } = await scan(SIMULATED);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(summary).toMatchObject({ in: SYMBOLS, stopped: null, conserved: true });
    // One more for the splits of all of them.
    expect(summary!.calls).toBe(SYMBOLS + 1);
    expect(summary!.outcomes.ranked).toBeGreaterThan(SYMBOLS / 2);
    expect(rowsOf(stdout)).toBe(summary!.outcomes.ranked);
  });

  it('is for an empty list: the ranking is empty, and a warning says why', async () => {
    const { code: empty, stdout: nothing, stderr } = await runCli(['scan', ...SIMULATED]);
    expect({ empty, nothing }).toEqual({ empty: 0, nothing: '' });
    expect(jsonLines(stderr)).toMatchObject([
      { level: 'warn', universe: 'standard input', msg: 'No symbol came in: the ranking is empty' },
    ]);
    const { code, stdout } = await runCli(['scan', ...SIMULATED, '--format', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: [], summary: { in: 0, conserved: true } });
  });
});

describe('exit code 3', () => {
  it('is for some symbols that failed: the others are ranked', async () => {
    const { code, stdout, stderr, summary } = await scan([
      ...SIMULATED,
      '--fault',
      '500=0.5',
      '--attempts',
      '1',
    ]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    const { outcomes, failed } = summary!;
    expect(failed).toEqual({ 'fetch:server-error': outcomes.failed });
    expect(outcomes.failed).toBeGreaterThan(5);
    expect(rowsOf(stdout)).toBe(outcomes.ranked);
    expect(outcomes.ranked).toBeGreaterThan(5);
  });

  it('is for calls that are never answered, cut off one by one: the others are ranked', async () => {
    const limits = ['--timeout', '200ms', '--symbol-timeout', '600ms', '--attempts', '2'];
    const { code, stdout, summary } = await scan([...SIMULATED, '--fault', 'hang=0.5', ...limits]);
    expect(code).toBe(3);
    const { outcomes, failed } = summary!;
    expect(failed).toEqual({ 'fetch:timed-out': outcomes.failed });
    expect(outcomes.failed).toBeGreaterThan(0);
    expect(rowsOf(stdout)).toBe(outcomes.ranked);
    expect(outcomes.ranked).toBeGreaterThan(outcomes.failed);
  });

  it('is for a deadline: what was finished is ranked, the rest skipped', async () => {
    const slow = ['--latency', '150', '--concurrency', '4', '--deadline', '700ms'];
    const { code, stdout, stderr, summary } = await scan([...SIMULATED, ...slow]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    const { outcomes, skipped, stopped, conserved } = summary!;
    expect({ skipped, stopped, conserved }).toEqual({
      skipped: { deadline: outcomes.skipped },
      stopped: 'deadline',
      conserved: true,
    });
    expect(outcomes.skipped).toBeGreaterThan(0);
    expect(outcomes.ranked).toBeGreaterThan(0);
    expect(rowsOf(stdout)).toBe(outcomes.ranked);
  });

  it('comes within the deadline from a provider that asks to wait for ever', async () => {
    const { code, summary } = await scan([
      ...SIMULATED,
      '--fault',
      '429-retry-after=1',
      '--deadline',
      '500ms',
    ]);
    expect(code).toBe(3);
    expect(summary).toMatchObject({ stopped: 'deadline', skipped: { deadline: SYMBOLS }, conserved: true });
  });
});

describe('exit code 1', () => {
  it('is for an output whose directory does not exist', async () => {
    const path = join(temporaryFolder(), 'absent', 'ranked.csv');
    expect(await scan([...SIMULATED, '--out', path])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `tapescan: cannot write ${path}: its directory does not exist; create it or choose another place\n`,
      summary: undefined,
    });
  });

  it.each(['--out', '--receipts', '--summary'])(
    'is for a directory as %s, before anything is fetched',
    async (option) => {
      const folder = temporaryFolder();
      mkdirSync(join(folder, 'taken'));
      const provider = await scriptedServer((response) => response.end());
      const { code, stderr } = await runCli(
        ['scan', '--polygon-url', provider.url, '--no-cache', option, join(folder, 'taken')],
        { input: LIST },
      );
      expect(code).toBe(1);
      expect(stderr).toBe(
        `tapescan: cannot write ${join(folder, 'taken')}: it is a directory; name a file in it\n`,
      );
      expect(provider.requests).toEqual([]);
      expect(readdirSync(folder)).toEqual(['taken']);
    },
  );

  it('is for a full disk under --out: the message says so, and the other outputs are written', async () => {
    const folder = temporaryFolder();
    const other = join(folder, 'ranked.ndjson');
    const { code, stderr, summary } = await scan(
      [...SIMULATED, '--out', '/dev/full', '--out', other],
      folder,
    );
    expect(code).toBe(1);
    expect(stderr).toContain('tapescan: cannot write /dev/full: no space left on the device');
    expect(rowsOf(readFileSync(other, 'utf8'))).toBe(summary!.outcomes.ranked);
  });

  it.each(['--receipts', '--summary'])(
    'is for a full disk under %s: the ranking is written',
    async (option) => {
      const { code, stdout, stderr } = await runCli(['scan', ...SIMULATED, option, '/dev/full'], {
        input: LIST,
      });
      expect(code).toBe(1);
      expect(stderr).toContain('tapescan: cannot write /dev/full: no space left on the device');
      expect(rowsOf(stdout)).toBeGreaterThan(SYMBOLS / 2);
    },
  );

  it('is for a standard output that is full', async () => {
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    const { code, stderr } = await runCli(['scan', ...SIMULATED, '--log-level', 'silent'], {
      input: LIST,
      stdout: full,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^tapescan: cannot write standard output: no space left on the device;[^\n]*\n$/);
  });

  it('is for a provider that is down', async () => {
    const { code, stdout, stderr, summary } = await scan(['--polygon-url', await closedPort(), '--no-cache']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^tapescan: polygon refused every call \(\d+ so far\)\. The last one: connection-failed, .*ECONNREFUSED.*its URL in the settings\.\n$/,
    );
    expect(summary).toMatchObject({
      in: SYMBOLS,
      stopped: 'ground-lost',
      conserved: true,
      outcomes: { ranked: 0 },
    });
  });

  it.each([
    ['many symbols', LIST],
    ['one symbol', LIST.split('\n')[0]!],
  ])('leaves the ranking of before where not one call brought anything: %s', async (_many, input) => {
    const out = join(temporaryFolder(), 'ranked.ndjson');
    writeFileSync(out, 'of yesterday');
    const args = ['scan', '--polygon-url', await closedPort(), '--no-cache', '--out', out];
    expect(await runCli(args, { input })).toMatchObject({ code: 1, stdout: '' });
    expect(readFileSync(out, 'utf8')).toBe('of yesterday');
  });

  it('is for a provider that refuses the key, and says which variable to check', async () => {
    const provider = await scriptedServer((response) => {
      response.writeHead(401).end('{"status":"ERROR","error":"Unknown API Key"}');
    });
    const { code, stderr, summary } = await scan(['--polygon-url', provider.url, '--no-cache']);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'unauthorized, Status 401: Unknown API Key. Check the key (`tapescan sources` names its variable)',
    );
    // What is refused for the key is not asked again.
    expect(summary).toMatchObject({ retries: 0, conserved: true });
  });

  it('is for a provider that answers every call with a page', async () => {
    const { code, stderr, summary } = await scan([...SIMULATED, '--fault', 'html=1']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^tapescan: simulator (refused every call|gives no splits)/);
    expect(stderr).toContain('not-json');
    expect(summary).toMatchObject({ in: SYMBOLS, stopped: 'ground-lost', conserved: true });
  });

  it('is for a provider that never answers, within the time of a few calls', async () => {
    const limits = ['--timeout', '100ms', '--symbol-timeout', '300ms', '--concurrency', '8'];
    const { code, stderr, summary } = await scan([...SIMULATED, '--fault', 'hang=1', ...limits]);
    expect(code).toBe(1);
    expect(stderr).toContain('timed-out');
    expect(summary).toMatchObject({ in: SYMBOLS, stopped: 'ground-lost', conserved: true });
    // It is known before every symbol has been asked for.
    expect(summary!.calls).toBeLessThan(SYMBOLS);
  });
});

describe('exit code 78', () => {
  it('is for wrong settings: every problem is listed, nothing is started', async () => {
    const folder = temporaryFolder();
    const config = join(folder, 'tapescan.yaml');
    writeFileSync(config, 'lookbak: 100\nwindow: 0\ntop: [1, 2]\npolygon-key: do-not-show\n');
    const args = [
      '--top=0',
      '--concurency',
      '3',
      '--lookback',
      'abc',
      '--format',
      'x',
      'AAPL',
      '--timeout',
      '5',
    ];
    const ended = await runCli(
      ['scan', '--config', config, '--receipts', join(folder, 'r'), ...args, '--out'],
      {
        env: { TAPESCAN_ATTEMPTS: '99', TAPESCAN_POLYGON_KEY: '' },
        input: LIST,
      },
    );
    expect(ended).toMatchObject({ code: 78, stdout: '' });
    expect(ended.stderr.split('\n')).toEqual([
      'tapescan: Unknown option `--concurency`; did you mean `--concurrency`?',
      'tapescan: Unexpected `AAPL`: symbols come from standard input or --universe FILE',
      'tapescan: --out: expected a value',
      `tapescan: ${config}: unknown setting \`lookbak\`; did you mean \`lookback\`?`,
      `tapescan: ${config}: top: expected one value, got a list`,
      `tapescan: ${config}: polygon-key: a secret does not belong in a file; set its variable`,
      'tapescan: --lookback: expected an integer from 2 to 5,000, got `abc`',
      'tapescan: --format: expected one of ndjson, csv, json, table, got `x`',
      'tapescan: --top: expected an integer from 1 to 10,000,000, got `0`',
      `tapescan: ${config}: window: expected an integer from 1 to 1,000,000, got \`0\``,
      'tapescan: --timeout: expected a time with its unit (500ms, 10s, 5m, 1h) from 10ms to 10m, got `5`',
      'tapescan: TAPESCAN_ATTEMPTS: expected an integer from 1 to 20, got `99`',
      '',
    ]);
    expect(readdirSync(folder)).toEqual(['tapescan.yaml']);
  });

  it.each(['scan', 'validate'])('is for what is wrong only together, in `%s` alike', async (command) => {
    const args = [
      '--as-of',
      '2199-01-02',
      '--out',
      'ftp://host/file',
      '--fault',
      'nonsense=1',
      '--source',
      'simulator',
    ];
    const { code, stdout, stderr } = await runCli([command, ...args]);
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    expect(stderr).toMatch(
      /^tapescan: --as-of 2199-01-02: expected a session that is over; the last one is /,
    );
    expect(stderr).toContain(
      'tapescan: --out: Expected an output to be -, a file or a redis:// address, got ftp://…\n',
    );
    expect(stderr).toContain('got `nonsense`\n');
  });

  it('is for a missing key where one is needed', async () => {
    const { code, stderr } = await runCli(['scan'], { input: LIST });
    expect(code).toBe(78);
    expect(stderr).toBe(
      'tapescan: TAPESCAN_POLYGON_KEY: expected an API key for --source polygon; set it, or try --source simulator, which needs none\n',
    );
  });

  it.each([
    [
      'an absent configuration file',
      ['--config', '/absent.yaml'],
      /^tapescan: \/absent\.yaml: cannot be read/,
    ],
    [
      'an absent list',
      ['--universe', '/absent.txt'],
      /^tapescan: Cannot read the symbol list \/absent\.txt: there is no such file/,
    ],
    [
      'a symbol’s time below that of one call',
      ['--symbol-timeout', '1s'],
      /^tapescan: --symbol-timeout: expected at least --timeout/,
    ],
    [
      'a format for a Redis stream alone',
      ['--out', 'redis://127.0.0.1/x/s'],
      /^tapescan: --out: Expected the database/,
    ],
    ['an absent file of bars', ['--bars', '/absent.csv'], /^tapescan: .*\/absent\.csv/],
  ])('is for %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await runCli(['scan', ...SIMULATED, ...args], { input: LIST });
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('is for a YAML file that is none, and for a standard input that is a directory', async () => {
    const folder = temporaryFolder();
    const config = join(folder, 'broken.yaml');
    writeFileSync(config, 'top: [1\n');
    const { code, stderr } = await runCli(['validate', '--source', 'simulator', '--config', config]);
    expect(code).toBe(78);
    expect(stderr).toMatch(/broken\.yaml: cannot be read as YAML: [^\n]+\n$/);
    const piped = await runCli(['-c', '"$0" scan --source simulator < .', BIN], {
      command: 'sh',
      cwd: folder,
    });
    expect(piped.code).toBe(78);
    expect(piped.stderr).toBe(
      'tapescan: Standard input is a directory; redirect a file or pipe a list of symbols into it\n',
    );
  });
});

/** An address at which nothing answers. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
