import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Alert, LeftRow, RankedRow, Receipt } from '../../src/types.ts';
import { jsonLines, runCli, startCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { stdout } = await runCli(['simulate', '--list', '--symbols', '60']);
const LIST = stdout.trim().split('\n');
const MARKET = ['--source', 'simulator', '--symbols', '60', '--lookback', '60'];
const ALL = ['--rule', 'warrant-right-unit=off', '--min-close', '0', '--min-dollar-volume', '0'];
const DAEMON = ['daemon', ...MARKET, ...ALL, '--max-close-cv', '9', '--cache-dir', 'cache'];
/** The market as it was some sessions before its last one. */
const EARLIER = '2026-11-06';
const LATER = '2026-11-13';
const END = ['--end', LATER, '--as-of', LATER];

type Line = RankedRow | LeftRow | Receipt;
const request = (id: string, fields: object) => `${JSON.stringify({ id, symbols: LIST, ...fields })}\n`;

describe('what changed since the last ranking', () => {
  const scan = (cwd: string, args: readonly string[], input: string) =>
    runCli([...DAEMON, ...END, '--state-dir', 'state', ...args], { cwd, input });
  /** The same list and the same choice: the first five, which are others on another day. */
  const day = (cwd: string, asOf: string, args: readonly string[] = []) =>
    scan(cwd, [...args, '--as-of', asOf, '--top', '5'], LIST.join('\n'));

  it('goes with each ranking but the first, also of a daemon that is started again', async () => {
    const cwd = temporaryFolder();
    const first = jsonLines<Line>((await day(cwd, EARLIER)).stdout);
    expect(first.every((row) => row.type === 'ranked' && row.change === undefined)).toBe(true);
    const second = jsonLines<Line>((await day(cwd, LATER)).stdout);
    const ranked = second.filter((row) => row.type === 'ranked') as RankedRow[];
    const before = new Map((first as RankedRow[]).map((row) => [row.symbol, row]));
    for (const row of ranked) {
      const previous = before.get(row.symbol);
      expect(row.previous).toEqual(
        previous === undefined
          ? null
          : {
              rank: previous.rank,
              rating: previous.rating,
              signal: previous.signal,
              session: previous.session,
            },
      );
    }
    const left = second.filter((row) => row.type === 'left').map(({ symbol }) => symbol);
    const stayed = ranked.map(({ symbol }) => symbol);
    expect(left.toSorted()).toEqual([...before.keys()].filter((symbol) => !stayed.includes(symbol)).sort());
    expect(left.length).toBeGreaterThan(0);
  });

  it('is not that a symbol left which could not be had, and goes on where it was when it is back', async () => {
    const cwd = temporaryFolder();
    const all = (args: readonly string[]) =>
      scan(cwd, ['--no-cache', '--with-receipts', ...args], LIST.join('\n'));
    const first = jsonLines<Line>((await all([])).stdout);
    const second = jsonLines<Line>((await all(['--fault', '500=0.4', '--attempts', '1'])).stdout);
    const ranked = new Set(first.filter(({ type }) => type === 'ranked').map(({ symbol }) => symbol));
    const failed = second.filter((row) => row.type === 'receipt' && row.outcome === 'failed');
    expect(failed.filter(({ symbol }) => ranked.has(symbol)).length).toBeGreaterThan(5);
    expect(second.filter(({ type }) => type === 'left')).toEqual([]);
    const third = jsonLines<Line>((await all([])).stdout);
    expect(third.filter((row) => row.type === 'ranked' && row.change === 'entered')).toEqual([]);
  });

  it('is all that is published where nothing else is asked for', async () => {
    const cwd = temporaryFolder();
    await day(cwd, EARLIER);
    expect((await day(cwd, EARLIER, ['--only-changes'])).stdout).toBe('');
    const changed = jsonLines<Line>((await day(cwd, LATER, ['--only-changes'])).stdout);
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.every((row) => row.type === 'left' || (row as RankedRow).change !== 'same')).toBe(true);
  });
});

describe('alerts', () => {
  const alertsIn = (cwd: string) =>
    existsSync(join(cwd, 'alerts.ndjson'))
      ? jsonLines<Alert>(readFileSync(join(cwd, 'alerts.ndjson'), 'utf8'))
      : [];
  const ARGS = [...END, '--state-dir', 'state', '--alerts', 'alerts.ndjson', '--out', 'ranked.ndjson'];

  it('fire once a session for what meets a rule, also of a daemon that is started again', async () => {
    const cwd = temporaryFolder();
    const rule = ['--alert', 'high=rating > 10'];
    const run = (input: string) => runCli([...DAEMON, ...ARGS, ...rule], { cwd, input });
    expect(await run(request('one', {}) + request('two', {}))).toMatchObject({ code: 0, stderr: '' });
    const fired = alertsIn(cwd);
    const worth = jsonLines<RankedRow>(readFileSync(join(cwd, 'ranked.ndjson'), 'utf8')).filter(
      ({ rating }) => rating !== null && rating > 10,
    );
    expect(fired.map(({ symbol }) => symbol)).toEqual(worth.map(({ symbol }) => symbol));
    expect(fired.length).toBeGreaterThan(0);
    await run(request('three', {}));
    expect(alertsIn(cwd)).toEqual(fired);
    // Another session: what meets the rule then fires again.
    await run(request('four', { asOf: EARLIER }));
    expect(alertsIn(cwd).length).toBeGreaterThan(fired.length);
  });

  it('need a place where they are remembered', async () => {
    expect(await runCli([...DAEMON, '--alert', 'high=rating > 10'])).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('--state-dir'),
    });
  });

  it('are told over HTTP, and counted', async () => {
    const cwd = temporaryFolder();
    const http = ['--http', '0', '--log-level', 'info'];
    const running = startCli([...DAEMON, ...ARGS, ...http, '--alert', 'any=close > 0'], { cwd });
    await running.until(() => running.stderr.includes('Listening'));
    const { address } = jsonLines<{ address?: string }>(running.stderr).find((line) => line.address)!;
    const events = await fetch(`http://${address}/api/events`);
    running.stdin.write(request('one', {}));
    let text = '';
    for await (const chunk of events.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (/event: alerts\ndata: (.*)\n\n/.test(text)) break;
    }
    const told = JSON.parse(/event: alerts\ndata: (.*)\n\n/.exec(text)![1]!) as Alert[];
    expect(told.length).toBe(alertsIn(cwd).length);
    const metrics = await (await fetch(`http://${address}/metrics`)).text();
    expect(metrics).toMatch(new RegExp(`^tapescan_alerts_total ${told.length}$`, 'm'));
    running.stdin.end();
    expect((await running.ended).code).toBe(0);
  });
});

describe('the journal of a daemon', () => {
  it('has what it takes to make each of its rankings again, byte for byte and offline', async () => {
    const cwd = temporaryFolder();
    const requests =
      request('all', {}) +
      request('dips', { where: 'rsi_14 < 60', top: 7 }) +
      request('earlier', { asOf: EARLIER, rankBy: 'composite' });
    const daemon = await runCli([...DAEMON, ...END, '--state-dir', 'state', '--out-dir', 'rankings'], {
      cwd,
      input: requests,
    });
    expect(daemon).toMatchObject({ code: 0, stderr: '' });
    for (const [scan, session] of [
      ['all', LATER],
      ['dips', LATER],
      ['earlier', EARLIER],
    ] as const) {
      const replayed = await runCli(['replay', scan, '--state-dir', 'state', '--cache-dir', 'cache'], {
        cwd,
      });
      expect(replayed).toMatchObject({ code: 0, stderr: '' });
      expect(replayed.stdout).toBe(readFileSync(join(cwd, 'rankings', session, `${scan}.ndjson`), 'utf8'));
    }
  });
});

describe('what a daemon accounts for', () => {
  it('is every symbol of a list, the ones that are not ranked with the reason', async () => {
    const cwd = temporaryFolder();
    const list = [...LIST, LIST[0]!, '??', 'NOSUCH'];
    const input = `${JSON.stringify({ id: 'one', symbols: list, top: 10 })}\n`;
    const { stdout: text } = await runCli([...DAEMON, ...END, '--with-receipts'], { cwd, input });
    const lines = jsonLines<Line>(text);
    expect(lines.filter(({ type }) => type === 'ranked')).toHaveLength(10);
    const shown = (line: Line) => String((line as Receipt).input ?? line.symbol);
    expect(lines.map(shown).toSorted()).toEqual(list.toSorted());
    const receipts = lines.filter(({ type }) => type === 'receipt') as Receipt[];
    expect(receipts.find(({ line }) => line === list.length - 2)).toMatchObject({
      outcome: 'skipped',
      reason: 'duplicate',
    });
    expect(receipts.find(({ line }) => line === list.length - 1)).toMatchObject({
      outcome: 'filtered',
      rule: 'malformed',
    });
  });
});

describe('a file that is watched', () => {
  it('is scanned when it changes, and waited for while it is not there', async () => {
    const cwd = temporaryFolder();
    const file = join(cwd, 'list.txt');
    const running = startCli([...DAEMON, '--universe', 'list.txt', '--watch'], { cwd });
    const scans = () => [
      ...Map.groupBy(
        jsonLines<Line>(running.stdout.slice(0, running.stdout.lastIndexOf('\n') + 1)),
        (row) => row.scan,
      ),
    ];
    await running.until(() => running.stderr.includes('it is waited for'));
    writeFileSync(file, LIST.slice(0, 5).join('\n'));
    await running.until(() => scans().length === 1);
    appendFileSync(file, `\n${LIST[5]}\n`);
    await running.until(() => scans().length === 2);
    expect(scans()[1]![1].filter(({ type }) => type === 'ranked')).toHaveLength(6);
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
  });

  it('has to be one', async () => {
    expect(await runCli([...DAEMON, '--watch'])).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('--universe'),
    });
  });
});
