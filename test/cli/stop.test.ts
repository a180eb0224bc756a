import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RankedRow, Summary } from '../../src/types.ts';
import {
  BIN,
  type Ended,
  jsonLines,
  runCli,
  type SimulatorProcess,
  startCli,
  startSimulatorCli,
} from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SYMBOLS = 80;

interface Receipt {
  readonly symbol: string;
  readonly outcome: string;
  readonly reason?: string;
}

let list: readonly string[];
let slow: SimulatorProcess;

beforeAll(async () => {
  const { stdout } = await runCli(['simulate', '--list', '--symbols', `${SYMBOLS}`]);
  list = stdout.trimEnd().split('\n');
  slow = await startSimulatorCli(['--symbols', `${SYMBOLS}`, '--latency', '100']);
});
afterAll(async () => {
  expect(await slow.stop()).toMatchObject({ code: 0, signal: null });
});

/** A scan of the slow provider: 80 symbols, 8 at a time, 100 ms each. */
function slowScan(folder: string, args: readonly string[] = [], limitMs = 20_000) {
  const outputs = ['--out', 'ranked.ndjson', '--receipts', 'receipts.ndjson', '--summary', 'summary.json'];
  return startCli(
    [
      ...['scan', '--polygon-url', slow.url, '--concurrency', '8', '--cache-dir', 'cache'],
      ...['--rule', 'warrant-right-unit=off', ...outputs, ...args],
    ],
    { cwd: folder, limitMs },
  );
}

/** A condition that holds when the provider was asked so many times more. */
async function callsFromNow(count: number): Promise<() => Promise<boolean>> {
  const { total } = await slow.calls();
  return async () => (await slow.calls()).total >= total + count;
}

function outputsOf(folder: string) {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return {
    rows: jsonLines<RankedRow>(read('ranked.ndjson')),
    receipts: jsonLines<Receipt>(read('receipts.ndjson')),
    summary: JSON.parse(read('summary.json')) as Summary,
  };
}

/** What holds of every scan that was stopped: nobody is lost, the finished are ranked, the others say why not. */
function expectStopped(folder: string, { stderr }: Ended, symbols: readonly string[]): void {
  const { rows, receipts, summary } = outputsOf(folder);
  expect(stderr).toBe('');
  expect(receipts.map(({ symbol }) => symbol).sort()).toEqual([...symbols].sort());
  const ranked = receipts.filter(({ outcome }) => outcome === 'ranked').map(({ symbol }) => symbol);
  expect(rows.map(({ symbol }) => symbol).sort()).toEqual(ranked.sort());
  expect(ranked.length).toBeGreaterThan(0);
  const skipped = receipts.filter(({ outcome }) => outcome === 'skipped');
  expect(skipped.length).toBeGreaterThan(0);
  expect(new Set(skipped.map(({ reason }) => reason))).toEqual(new Set(['interrupted']));
  expect(receipts.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  expect(summary).toMatchObject({ in: symbols.length, stopped: 'interrupted', conserved: true });
  expect(leftovers(folder)).toEqual([]);
}

const leftovers = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.tmp'));

describe('a scan in its middle', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends in order on %s: the finished are ranked, the rest skipped', async (signal, code) => {
    const folder = temporaryFolder();
    const enough = await callsFromNow(32);
    const scan = slowScan(folder);
    scan.stdin.end(list.join('\n'));
    await scan.until(enough);
    scan.kill(signal);
    const ended = await scan.ended;
    expect(ended).toMatchObject({ code, signal: null });
    expectStopped(folder, ended, list);
  });

  it('accounts for the rest of a file that it had not read yet', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'symbols.txt'), list.join('\n'));
    const enough = await callsFromNow(32);
    const scan = slowScan(folder, ['--universe', 'symbols.txt', '--window', '8']);
    await scan.until(enough);
    scan.kill('SIGINT');
    const ended = await scan.ended;
    expect(ended.code).toBe(130);
    expectStopped(folder, ended, list);
  });

  it('ends on SIGTERM although its standard input is never closed', async () => {
    const folder = temporaryFolder();
    const enough = await callsFromNow(16);
    const scan = slowScan(folder);
    scan.stdin.write(`${list.slice(0, 24).join('\n')}\n`);
    await scan.until(enough);
    scan.kill('SIGTERM');
    const ended = await scan.ended;
    expect(ended.code).toBe(143);
    expectStopped(folder, ended, list.slice(0, 24));
  });

  it('ends on SIGTERM before anything has come in, and leaves the ranking of before', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'ranked.csv'), 'of yesterday');
    const outputs = ['--out', '-', '--out', 'ranked.csv'];
    const scan = startCli(
      ['scan', '--polygon-url', slow.url, '--no-cache', '--log-level', 'info', ...outputs],
      { cwd },
    );
    await scan.until(() => scan.stderr.includes('Scan started'));
    scan.kill('SIGTERM');
    expect(await scan.ended).toMatchObject({ code: 143, signal: null, stdout: '' });
    expect(readdirSync(cwd)).toEqual(['ranked.csv']);
    expect(readFileSync(join(cwd, 'ranked.csv'), 'utf8')).toBe('of yesterday');
  });

  it('ends on SIGINT while a provider never answers', async () => {
    const hanging = await startSimulatorCli(['--symbols', `${SYMBOLS}`, '--fault', 'hang=1']);
    try {
      const scan = startCli([
        ...['scan', '--polygon-url', hanging.url, '--no-cache', '--format', 'json'],
        ...['--rule', 'warrant-right-unit=off'],
      ]);
      scan.stdin.end(list.join('\n'));
      await scan.until(async () => (await hanging.calls()).total >= 8);
      scan.kill('SIGINT');
      const { code, stdout } = await scan.ended;
      expect(code).toBe(130);
      expect(JSON.parse(stdout)).toMatchObject({ rows: [], summary: { skipped: { interrupted: SYMBOLS } } });
    } finally {
      await hanging.stop();
    }
  });
});

describe('a stop that does not come to its end', () => {
  /** A scan whose ranking nobody takes off the pipe. */
  async function blocked(args: readonly string[]) {
    const scan = startCli(
      ['scan', '--source', 'simulator', '--symbols', '600', '--no-cache', '--log-level', 'info', ...args],
      { readsStdout: false },
    );
    const { stdout } = await runCli(['simulate', '--list', '--symbols', '600']);
    scan.stdin.end(stdout);
    await scan.until(() => scan.child.stdout!.readableLength > 0);
    return scan;
  }

  it('ends at once on a second signal', async () => {
    const scan = await blocked(['--shutdown-timeout', '10m']);
    scan.kill('SIGINT');
    scan.kill('SIGINT');
    // Signals of one kind that are pending together are one.
    const again = setInterval(() => scan.kill('SIGINT'), 50);
    const [code] = await scan.exited;
    clearInterval(again);
    expect(code).toBe(130);
  });

  it('ends after --shutdown-timeout, and says what that means', async () => {
    const scan = await blocked(['--shutdown-timeout', '300ms']);
    scan.kill('SIGTERM');
    const [code] = await scan.exited;
    expect(code).toBe(143);
    expect(scan.stderr).toContain(
      'tapescan: the stop took longer than --shutdown-timeout (300 ms); what was not written is lost\n',
    );
  });
});

describe('a reader that goes away', () => {
  it.each([
    ['a scan', ['scan', '--source', 'simulator', '--symbols', '600', '--no-cache']],
    ['a list of symbols', ['simulate', '--list', '--symbols', '600000']],
  ])('ends %s quietly', async (_what, args) => {
    const running = startCli(args, { readsStdout: false });
    running.stdin.end((await runCli(['simulate', '--list', '--symbols', '600'])).stdout);
    await running.until(() => running.child.stdout!.readableLength > 0);
    running.child.stdout!.destroy();
    expect(await running.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  it.each(['simulate --list', 'help scan', 'validate --source simulator'])(
    'ends `%s | head -1` quietly',
    async (args) => {
      const { code, stdout, stderr } = await runCli(['-c', `"$0" ${args} | head -1`, BIN], { command: 'sh' });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    },
  );
});

describe('a scan that was killed', () => {
  it('leaves nothing half-written, and its cache to the next one', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'ranked.ndjson'), 'of yesterday\n');
    const enough = await callsFromNow(32);
    const killed = slowScan(folder);
    killed.stdin.end(list.join('\n'));
    await killed.until(enough);
    killed.kill('SIGKILL');
    expect(await killed.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(readFileSync(join(folder, 'ranked.ndjson'), 'utf8')).toBe('of yesterday\n');
    expect(existsSync(join(folder, 'receipts.ndjson'))).toBe(false);
    expect(leftovers(folder)).toHaveLength(3);
    const cached = storedSeries(folder);
    expect(cached).toBeGreaterThan(0);
    expect(cached).toBeLessThan(SYMBOLS);

    const second = await countedScan(folder);
    // The splits are kept, or asked for once.
    expect(second.calls - (SYMBOLS - cached)).toBeOneOf([0, 1]);
    expect(second.summary).toMatchObject({
      cache: { hits: cached, misses: SYMBOLS - cached },
      calls: second.calls,
    });
    expect(leftovers(folder)).toEqual([]);

    const third = await countedScan(folder);
    expect(third.calls).toBe(0);
    expect(third.rows).toEqual(second.rows);
    expect(third.rows.length).toBeGreaterThan(SYMBOLS / 2);
  });
});

/** A whole scan, and the calls that the provider counted meanwhile. */
async function countedScan(folder: string) {
  const before = await slow.calls();
  const scan = slowScan(folder, ['--scan-id', 'same']);
  scan.stdin.end(list.join('\n'));
  expect(await scan.ended).toMatchObject({ code: 0, stderr: '' });
  const { total } = await slow.calls();
  return { ...outputsOf(folder), calls: total - before.total };
}

/** The table of splits has a key that ends so. */
const SERIES = "SELECT count(*) AS count FROM block WHERE key NOT LIKE '%|splits|'";

function storedSeries(folder: string): number {
  const [file] = readdirSync(join(folder, 'cache')).filter((name) => name.endsWith('.sqlite'));
  const db = new DatabaseSync(join(folder, 'cache', file!));
  try {
    return (db.prepare(SERIES).get() as { count: number }).count;
  } finally {
    db.close();
  }
}
