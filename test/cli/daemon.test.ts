import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RankedRow, Summary } from '../../src/types.ts';
import { jsonLines, runCli, startCli, startSimulatorCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SIMULATED = ['--source', 'simulator', '--symbols', '60', '--no-cache', '--lookback', '60'];
const ALL = [
  '--rule',
  'warrant-right-unit=off',
  '--min-close',
  '0',
  '--min-dollar-volume',
  '0',
  '--max-close-cv',
  '9',
];
const DAEMON = ['daemon', ...SIMULATED, ...ALL];
const { stdout } = await runCli(['simulate', '--list', '--symbols', '60']);
const LIST = stdout.trim().split('\n');

/** Rows by scan, in the order in which the scans were published. */
function scansOf(text: string): [string, RankedRow[]][] {
  return [...Map.groupBy(jsonLines<RankedRow>(text), ({ scan }) => scan)];
}

describe('lists on standard input', () => {
  it('are scanned one after the other, as a scan of each would', async () => {
    const lists = [LIST.slice(0, 20), LIST.slice(20, 40)];
    const daemon = await runCli(DAEMON, { input: lists.map((list) => `${list.join('\n')}\n`).join('\n') });
    expect(daemon).toMatchObject({ code: 0, stderr: '' });
    const scans = scansOf(daemon.stdout);
    expect(scans).toHaveLength(2);
    for (const [index, [id, rows]] of scans.entries()) {
      const alone = await runCli(['scan', ...SIMULATED, ...ALL, '--scan-id', id], {
        input: lists[index]!.join('\n'),
      });
      expect(rows).toEqual(jsonLines(alone.stdout));
    }
  });

  it('are scanned as they come, while the pipe stays open', async () => {
    const running = startCli([...DAEMON, '--list-idle', '100ms']);
    running.stdin.write(`${LIST.slice(0, 5).join('\n')}\n`);
    await running.until(() => scansOf(running.stdout).length === 1);
    running.stdin.write(`{"id":"second","symbols":${JSON.stringify(LIST.slice(5, 10))},"top":2}\n`);
    await running.until(() => scansOf(running.stdout).length === 2);
    expect(scansOf(running.stdout)[1]![0]).toBe('second');
    expect(scansOf(running.stdout)[1]![1]).toHaveLength(2);
    running.stdin.end();
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('of which a provider that is down brings nothing leave the ranking of before', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'ranked.ndjson'), 'of yesterday');
    const args = ['daemon', '--source', 'tiingo', '--tiingo-url', 'http://127.0.0.1:9', '--no-cache'];
    const { code, stderr } = await runCli([...args, '--out', 'ranked.ndjson'], {
      ...{ cwd, input: 'AAPL\nMSFT\n' },
      env: { TAPESCAN_TIINGO_TOKEN: 'a-token-of-a-test' },
    });
    expect(code).toBe(0);
    expect(stderr).toContain('tiingo refused every call');
    expect(readFileSync(join(cwd, 'ranked.ndjson'), 'utf8')).toBe('of yesterday');
  });

  it('that are no requests are told, and the next one goes on', async () => {
    const input = [
      '{"id":"odd","symbolz":["A"]}',
      `{"id":"where","symbols":${JSON.stringify(LIST.slice(0, 5))},"where":"rsi14 > 0"}`,
      `{"id":"good","symbols":${JSON.stringify(LIST.slice(0, 5))}}`,
    ];
    const { code, stdout, stderr } = await runCli(DAEMON, { input: `${input.join('\n')}\n` });
    expect(code).toBe(0);
    expect(scansOf(stdout).map(([id]) => id)).toEqual(['good']);
    const told = jsonLines<{ request?: string; problems: string[] }>(stderr);
    expect(told.map(({ problems }) => problems.join(' '))).toEqual([
      expect.stringContaining('did you mean `symbols`?'),
      expect.stringContaining('unknown column `rsi14`'),
    ]);
  });
});

describe('the outputs of a daemon', () => {
  const two = `${LIST.slice(0, 9).join('\n')}\n\n${LIST.slice(9, 18).join('\n')}\n`;

  it('are a file for each ranking and one for all, beside each other', async () => {
    const cwd = temporaryFolder();
    const { code, stdout } = await runCli([...DAEMON, '--out-dir', 'rankings', '--append', 'all.ndjson'], {
      cwd,
      input: two,
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const all = jsonLines<RankedRow | Summary>(readFileSync(join(cwd, 'all.ndjson'), 'utf8'));
    const closing = all.filter(({ type }) => type === 'summary') as Summary[];
    expect(closing.map(({ in: count }) => count)).toEqual([9, 9]);
    for (const { scan, as_of } of closing) {
      const own = readFileSync(join(cwd, 'rankings', as_of, `${scan}.ndjson`), 'utf8');
      expect(jsonLines(own)).toEqual(all.filter((line) => line.type === 'ranked' && line.scan === scan));
    }
    const latest = readFileSync(join(cwd, 'rankings', 'latest.ndjson'), 'utf8');
    expect(scansOf(latest).map(([scan]) => scan)).toEqual([closing[1]!.scan]);
  });

  it('that do not work keep nobody waiting: what they miss waits on disk for the next run', async () => {
    const cwd = temporaryFolder();
    const spilling = ['--out', 'later/ranked.json', '--spill-dir', 'spill'];
    const first = await runCli([...DAEMON, ...spilling, '--out', 'now.json'], { cwd, input: two });
    expect(first.code).toBe(0);
    expect(first.stderr).toContain('later/ranked.json');
    expect(JSON.parse(readFileSync(join(cwd, 'now.json'), 'utf8'))).toMatchObject({ summary: { in: 9 } });
    mkdirSync(join(cwd, 'later'));
    const running = startCli([...DAEMON, ...spilling], { cwd });
    const scanIn = (name: string) =>
      (JSON.parse(readFileSync(join(cwd, name), 'utf8')) as { summary: Summary }).summary.scan;
    const published = () => existsSync(join(cwd, 'later/ranked.json')) && scanIn('later/ranked.json');
    await running.until(() => published() === scanIn('now.json'));
    running.stdin.end();
    expect((await running.ended).code).toBe(0);
  });
});

describe('a schedule', () => {
  it('scans its list again and again, and the file as it is then', async () => {
    const cwd = temporaryFolder();
    const file = join(cwd, 'symbols.txt');
    writeFileSync(file, LIST.slice(0, 3).join('\n'));
    const running = startCli([...DAEMON, '--universe', 'symbols.txt', '--every', '1s'], { cwd });
    await running.until(() => scansOf(running.stdout).length === 1);
    writeFileSync(file, LIST.slice(0, 6).join('\n'));
    await running.until(() => scansOf(running.stdout).some(([, rows]) => rows.length > 3));
    running.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
  });

  it('needs a list of its own', async () => {
    expect(await runCli([...DAEMON, '--every', '1s'])).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('--universe: expected a file or us-stocks for --every or --cron'),
    });
  });
});

describe('the daemon over HTTP', () => {
  it('says how it is, and what it has ranked', async () => {
    const running = startCli([...DAEMON, '--http', '0', '--log-level', 'info']);
    await running.until(() => running.stderr.includes('Listening'));
    const { address } = jsonLines<{ address?: string }>(running.stderr).find((line) => line.address)!;
    const get = (path: string) => fetch(`http://${address}${path}`);
    expect((await get('/readyz')).status).toBe(200);
    expect((await get('/api/latest')).status).toBe(404);
    running.stdin.write(`{"id":"one","symbols":${JSON.stringify(LIST.slice(0, 9))}}\n`);
    await running.until(() => running.stderr.includes('Published'));
    const latest = (await (await get('/api/latest')).json()) as { rows: RankedRow[]; summary: Summary };
    expect(latest.summary).toMatchObject({ scan: 'one', in: 9 });
    expect(latest.rows).toEqual(jsonLines(running.stdout));
    expect(await (await get('/api/scans/one')).json()).toMatchObject({ scan: 'one', in: 9 });
    expect(await (await get('/metrics')).text()).toMatch(/^tapescan_scans_total\{result="complete"\} 1$/m);
    running.stdin.end();
    expect((await running.ended).code).toBe(0);
  });

  it('goes on to have the newest ranking where a provider that went down brings nothing for the next', async () => {
    const provider = await startSimulatorCli(['--symbols', '60']);
    const calls = ['--polygon-url', provider.url, '--no-cache', '--lookback', '60', '--attempts', '1'];
    const running = startCli(['daemon', ...calls, ...ALL, '--http', '0', '--log-level', 'info']);
    await running.until(() => running.stderr.includes('Listening'));
    const { address } = jsonLines<{ address?: string }>(running.stderr).find((line) => line.address)!;
    const latest = async () =>
      (await (await fetch(`http://${address}/api/latest`)).json()) as { rows: RankedRow[]; summary: Summary };
    running.stdin.write(`{"id":"up","symbols":${JSON.stringify(LIST.slice(0, 9))}}\n`);
    await running.until(() => running.stderr.includes('Published'));
    const before = await latest();
    expect(before.rows.length).toBeGreaterThan(0);
    await provider.stop();
    running.stdin.write(`{"id":"down","symbols":${JSON.stringify(LIST.slice(0, 9))}}\n`);
    await running.until(() => running.stderr.includes('The last'));
    expect(await latest()).toEqual(before);
    running.stdin.end();
    expect((await running.ended).code).toBe(0);
  });

  it('is not open to other machines without a token', async () => {
    const { code, stderr } = await runCli([...DAEMON, '--http', '0', '--http-host', '0.0.0.0']);
    expect(code).toBe(78);
    expect(stderr).toContain('TAPESCAN_HTTP_TOKEN');
  });
});
