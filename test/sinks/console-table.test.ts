import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { consoleTable } from '../../src/sinks/console-table.ts';
import { createRanking } from '../support/rankings.ts';

function table(count: number, options?: { colour: boolean }): string[] {
  return [...consoleTable(options)(createRanking(count))].join('').split('\n');
}

describe('consoleTable', () => {
  it('aligns its columns and closes with the counts', () => {
    expect(table(4)).toStrictEqual([
      ' rank symbol        close  rating signal         raw   risk trd mom vol vlt osc brk  comp    $vol',
      '    1 AAPL         226.05   25.11 Strong Long     27   1.00   3   2   0   0   1   0 100.0  142.5M',
      '    2 BRK.B        113.03   24.18 Strong Long     26   0.50   3   2   1  -1   1   0  50.0   71.3M',
      '    3 ABRpD         75.35   23.25 Strong Long     25   0.33   3   2   2  -2   1   0  33.3   47.5M',
      '    4 A             56.51   22.32 Strong Long     24   0.25   3   2   3   0   1   0  25.0   35.6M',
      '1,220 in: 4 ranked, 1,200 filtered, 12 failed, 3 stale, 1 skipped',
      '',
    ]);
  });

  it('fits a terminal of 100 columns, and gives each line the same width', () => {
    const widths = table(500)
      .slice(0, -2)
      .map((line) => line.length);
    expect(new Set(widths)).toStrictEqual(new Set([97]));
  });

  it('shows what is not available as a dash', () => {
    expect(table(10).at(10)).toMatch(/ 10 ZVZZT +22\.61 +- Avoid +18 +- /);
  });

  it('colours only when told, and changes nothing else', () => {
    const plain = table(60);
    const coloured = table(60, { colour: true });
    expect(plain.map(stripVTControlCharacters)).toStrictEqual(plain);
    expect(coloured).not.toStrictEqual(plain);
    expect(coloured.map(stripVTControlCharacters)).toStrictEqual(plain);
  });

  it.each([
    [null, '-'],
    [0, '0'],
    [999.4, '999'],
    [999.96, '1.0K'],
    [999_949, '999.9K'],
    [999_950, '1.0M'],
    [142_500_000, '142.5M'],
    [3_210_000_000, '3.2B'],
    [2_000_000_000_000_000, '2000.0T'],
  ])('writes %s dollars as %s', (dollar_vol_20, text) => {
    const ranking = createRanking(1);
    const rows = [...ranking.rows].map((row) => ({ ...row, dollar_vol_20 }));
    const [, line] = [...consoleTable()({ ...ranking, rows })].join('').split('\n');
    expect(line!.split(' ').at(-1)).toBe(text);
  });

  it('says why a scan has stopped', () => {
    const ranking = createRanking(0);
    const lines = consoleTable()({ ...ranking, summary: { ...ranking.summary, stopped: 'deadline' } });
    expect([...lines].join('')).toMatch(/1 skipped; stopped: deadline\n$/);
  });
});
