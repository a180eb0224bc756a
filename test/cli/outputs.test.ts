import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RankedRow, Summary } from '../../src/types.ts';
import { readCsv } from '../sinks/read-csv.ts';
import { jsonLines, runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SCAN = ['scan', '--source', 'simulator', '--symbols', '150', '--no-cache', '--scan-id', 'same'];
const { stdout: LIST } = await runCli(['simulate', '--list', '--symbols', '150']);

describe('the outputs of one scan', () => {
  it('are several at once, and agree', async () => {
    const folder = temporaryFolder();
    const outputs = ['ranked.ndjson', 'ranked.csv', 'ranked.json', 'ranked.txt', '-'];
    const args = outputs.flatMap((name) => ['--out', name]);
    const ended = await runCli([...SCAN, ...args, '--summary', 'summary.json'], { input: LIST, cwd: folder });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(folder).sort()).toEqual([...outputs.slice(0, 4), 'summary.json'].sort());
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');

    const rows = jsonLines<RankedRow>(read('ranked.ndjson'));
    expect(rows.length).toBeGreaterThan(75);
    expect(rows.map(({ rank }) => rank)).toEqual(rows.map((_row, index) => index + 1));
    expect(ended.stdout).toBe(read('ranked.ndjson'));

    const document = JSON.parse(read('ranked.json')) as { rows: RankedRow[]; summary: Summary };
    expect(document.rows).toEqual(rows);
    // The file is written last: its seconds have the writing of the others in them.
    const { seconds: _seconds, ...summary } = document.summary;
    expect(JSON.parse(read('summary.json'))).toMatchObject(summary);

    const csv = readCsv(read('ranked.csv'));
    expect(csv.map(({ rank, symbol, rating, scan }) => ({ rank, symbol, rating, scan }))).toEqual(
      rows.map(({ rank, symbol, rating, scan }) => ({
        rank: `${rank}`,
        symbol,
        rating: `${rating ?? ''}`,
        scan,
      })),
    );

    const table = read('ranked.txt').trimEnd().split('\n');
    expect(table[0]).toMatch(/^ rank symbol /);
    expect(table.slice(1, -1).map((line) => line.trim().split(/\s+/)[1])).toEqual(
      rows.map(({ symbol }) => symbol),
    );
    expect(table.at(-1)).toContain(`150 in: ${rows.length} ranked`);
    expect(read('ranked.txt')).not.toContain('\x1b');
  });

  it('are with --top the beginning of the whole ranking, whatever the order and the threads', async () => {
    const whole = await runCli([...SCAN, '--workers', '0'], { input: LIST });
    const backwards = LIST.trimEnd().split('\n').reverse().join('\n');
    const top = await runCli([...SCAN, '--top', '7', '--workers', '2', '--concurrency', '3'], {
      input: backwards,
    });
    expect(top.code).toBe(0);
    expect(top.stdout).toBe(`${whole.stdout.split('\n').slice(0, 7).join('\n')}\n`);
  });

  it('have the format that --format says, whatever the ending of the file', async () => {
    const folder = temporaryFolder();
    const args = ['--format', 'table', '--top', '3', '--out', 'ranked.csv'];
    expect(await runCli([...SCAN, ...args], { input: LIST, cwd: folder })).toMatchObject({
      code: 0,
      stdout: '',
    });
    const lines = readFileSync(join(folder, 'ranked.csv'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^ rank symbol /);
  });
});
