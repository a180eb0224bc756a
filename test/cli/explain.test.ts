import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RankedRow } from '../../src/types.ts';
import { jsonLines, runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'tapescan-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const SCAN = [
  'scan',
  '--source',
  'simulator',
  '--symbols',
  '150',
  '--no-cache',
  '--receipts',
  'receipts.ndjson',
];
const { stdout: LIST } = await runCli(['simulate', '--list', '--symbols', '150']);
const { stdout: RANKED } = await runCli([...SCAN, '--out', 'ranked.csv', '--out', '-'], {
  input: `${LIST}not/a/ticker\n`,
  cwd: folder,
});
const rows = jsonLines<RankedRow>(RANKED);

describe('tapescan explain', () => {
  it('explains a symbol of a ranking from standard input', async () => {
    const { symbol, rank, rating } = rows[4]!;
    const ended = await runCli(['explain', symbol.toLowerCase(), '--from', '-'], { input: RANKED });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain(`${symbol}  rank ${rank} of ${rows.length}  rating ${rating!.toFixed(2)}`);
    expect(ended.stdout).toMatch(/sum of the points = /);
  });

  it('gives the same as JSON, from a file of CSV', async () => {
    const { symbol, rating } = rows[0]!;
    const ended = await runCli(['explain', symbol, '--from', 'ranked.csv', '--format', 'json'], {
      cwd: folder,
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const explanation = JSON.parse(ended.stdout) as { sum: number; rating: number };
    expect(explanation.rating).toBe(rating);
    expect(Math.abs(explanation.sum - rating!)).toBeLessThan(1e-9);
  });

  it('tells from the receipts why a symbol is absent, and ends with 1 where nothing knows it', async () => {
    const ask = (symbol: string) =>
      runCli(['explain', symbol, '--from', 'ranked.csv', '--receipts', 'receipts.ndjson'], { cwd: folder });
    const malformed = await ask('not/a/ticker');
    expect(malformed).toMatchObject({ code: 0, stderr: '' });
    expect(malformed.stdout).toContain('  ✗ malformed: its text is not a ticker\n');
    const unknown = await ask('ZZZZZ');
    expect(unknown).toMatchObject({ code: 1, stderr: '' });
    expect(unknown.stdout).toContain('  ✗ not-in-list: it was not in the list of the scan\n');
  });

  it('ends with 78 for a file that is not a ranking', async () => {
    const ended = await runCli(['explain', 'AAPL', '--from', 'receipts.ndjson'], { cwd: folder });
    expect(ended).toMatchObject({ code: 78, stdout: '' });
    expect(ended.stderr).toContain('receipts.ndjson, line 1: type: expected "ranked", got "receipt"');
  });

  it('takes the weights of the scan', async () => {
    const weight = ['--weight', 'trend=4'];
    const { stdout } = await runCli([...SCAN, ...weight], { input: LIST, cwd: folder });
    const [best] = jsonLines<RankedRow>(stdout);
    const ask = (args: readonly string[]) =>
      runCli(['explain', best!.symbol, '--from', '-', ...args], { input: stdout });
    expect(await ask(weight)).toMatchObject({ code: 0, stderr: '' });
    expect((await ask([])).stderr).toContain('give --weight as the scan had it');
  });
});
