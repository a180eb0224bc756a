import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RankedRow, Summary } from '../../src/types.ts';
import { jsonLines, runCli, startSimulatorCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { stdout: LIST } = await runCli(['simulate', '--list', '--symbols', '120']);
const SIMULATED = ['--source', 'simulator', '--symbols', '120', '--cache-dir', 'cache'];
const tapescan = (args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) =>
  runCli(args, { input: LIST, cwd, env });

describe('a plan', () => {
  it('says what would be fetched and asks nobody, before and after', async () => {
    const cwd = temporaryFolder();
    const plan = ['scan', ...SIMULATED, '--plan', '--rate', '5/m'];
    const before = await tapescan(plan, cwd);
    expect(before).toMatchObject({ code: 0, stderr: '' });
    expect(before.stdout).toMatch(
      /^120 in the list, \d+ to be scanned as of \d{4}-\d\d-\d\d, 260 sessions each\n/,
    );
    expect(before.stdout).toMatch(/kept +0 whole, 0 but for the last sessions, \d+ not at all\n/);
    expect(before.stdout).toMatch(/calls +1\d\d, /);
    expect(before.stdout).toMatch(/time +about \d+ min at 5\/m\n/);
    await tapescan(['scan', ...SIMULATED], cwd);
    expect((await tapescan(plan, cwd)).stdout).toMatch(/to fetch +nothing\ncalls +0, /);
  });
});

describe('the cache', () => {
  it('is warmed, shown, verified and cleared', async () => {
    const cwd = temporaryFolder();
    const warm = await tapescan(['cache', 'warm', ...SIMULATED], cwd);
    expect(warm).toMatchObject({ code: 0, stderr: '' });
    expect(warm.stdout).toMatch(
      /^120 symbols as of [\d-]+: 0 were kept, \d+ fetched together, \d+ alone, in \d+ calls; /,
    );
    const summary = [
      '--summary',
      'summary.json',
      '--out',
      'ranked.ndjson',
      '--rule',
      'warrant-right-unit=off',
    ];
    await tapescan(['scan', ...SIMULATED, ...summary], cwd);
    const { stdout } = await runCli(['-c', 'cat summary.json'], { command: 'sh', cwd });
    expect((JSON.parse(stdout) as Summary).calls).toBe(0);
    const own = ['--cache-dir', 'cache'];
    expect((await tapescan(['cache', 'stats', ...own], cwd)).stdout).toMatch(
      /^disk: \d+ entries, [\d.]+ MB\n +series +1\d\d /,
    );
    expect((await tapescan(['cache', 'verify', ...own], cwd)).stdout).toMatch(
      /^disk: \d+ entries, all whole\n$/,
    );
    expect((await tapescan(['cache', 'clear', ...own], cwd)).stdout).toMatch(/^disk: \d+ entries removed\n$/);
    expect((await tapescan(['cache', 'stats', ...own], cwd)).stdout).toMatch(/^disk: 0 entries, /);
  });

  it('refuses an action that it does not know', async () => {
    expect(await tapescan(['cache', 'burn'], temporaryFolder())).toMatchObject({
      code: 78,
      stderr: 'tapescan: Unknown action `burn`; there are: stats, verify, clear, warm\n',
    });
  });
});

describe('other sources', () => {
  it('have the same numbers where they have the same bars: Alpaca, and an archive', async () => {
    const cwd = temporaryFolder();
    const simulator = await startSimulatorCli(['--symbols', '120']);
    try {
      const list = LIST.split('\n').filter((symbol) => symbol !== '' && !/[a-z]/.test(symbol));
      const rows = async (args: readonly string[], env = {}) => {
        const { code, stdout, stderr } = await runCli(
          ['scan', '--no-cache', '--lookback', '60', '--scan-id', 'same', ...args],
          { input: list.join('\n'), cwd, env },
        );
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        return jsonLines<RankedRow>(stdout);
      };
      const polygon = await rows(['--polygon-url', simulator.url]);
      const alpaca = await rows(['--source', 'alpaca', '--alpaca-url', simulator.url], {
        TAPESCAN_ALPACA_KEY_ID: 'PKTEST0001',
        TAPESCAN_ALPACA_SECRET: 'secret0001',
      });
      expect(polygon.length).toBeGreaterThan(60);
      expect(alpaca).toEqual(polygon);
      const [first] = polygon;
      const days = Array.from({ length: 80 }, (_, day) => {
        const date = new Date(Date.parse(first!.session) - (79 - day) * 86_400_000)
          .toISOString()
          .slice(0, 10);
        return [first!.symbol, date, 10 + day, 11 + day, 9 + day, 10 + day, 1e6].join(',');
      });
      writeFileSync(join(cwd, 'bars.csv'), `symbol,date,open,high,low,close,volume\n${days.join('\n')}\n`);
      const [archived, ...none] = await rows(['--source', 'archive', '--archive', 'bars.csv']);
      expect(none).toEqual([]);
      expect(archived).toMatchObject({ symbol: first!.symbol, close: 89, trend: 2 });
    } finally {
      await simulator.stop();
    }
  });

  it('are listed, with what each needs', async () => {
    const { code, stdout } = await runCli(['sources']);
    expect(code).toBe(0);
    for (const name of ['polygon', 'alpaca', 'archive', 'tiingo', 'yahoo', 'simulator']) {
      expect(stdout).toMatch(new RegExp(`^${name} `, 'm'));
    }
  });

  it('say which variable is missing', async () => {
    expect(await runCli(['scan', '--source', 'alpaca'])).toMatchObject({
      code: 78,
      stderr: expect.stringMatching(
        /TAPESCAN_ALPACA_KEY_ID: expected an API key[^\n]*\n.*TAPESCAN_ALPACA_SECRET: /,
      ),
    });
    expect(await runCli(['scan', '--source', 'archive'])).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('--archive: expected a file or a folder'),
    });
  });
});

describe('the stocks that a provider lists', () => {
  it('are scanned, with what the provider says of them', async () => {
    const { code, stdout } = await runCli([
      ...['scan', '--source', 'simulator', '--symbols', '200', '--no-cache', '--universe', 'us-stocks'],
    ]);
    expect(code).toBe(0);
    const rows = jsonLines<RankedRow>(stdout);
    expect(rows.length).toBeGreaterThan(80);
    for (const { listing } of rows) expect(listing!.instrument).toBeOneOf(['common', 'depositary']);
  });
});
