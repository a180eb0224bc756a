import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RankedRow } from '../../src/types.ts';
import { jsonLines, runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SCAN = ['scan', '--source', 'simulator', '--symbols', '150', '--no-cache', '--scan-id', 'same'];
const { stdout: LIST } = await runCli(['simulate', '--list', '--symbols', '150']);
const SYMBOLS = LIST.trim().split('\n');

async function scan(args: readonly string[], input = LIST, cwd = temporaryFolder()) {
  const { code, stdout, stderr } = await runCli(
    [...SCAN, ...args, '--receipts', 'receipts.ndjson', '--summary', 'summary.json'],
    { input, cwd },
  );
  return { code, rows: jsonLines<RankedRow>(stdout), stderr, cwd };
}

describe('conditions', () => {
  it('leave the rows that meet them, with the same numbers', async () => {
    const all = await scan([]);
    const { rows } = await scan(['--where', 'rsi_14 < 50 and close > 20']);
    const expected = all.rows.filter(({ features, close }) => features.rsi_14! < 50 && close > 20);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ rank: _, ...row }) => row)).toEqual(expected.map(({ rank: _, ...row }) => row));
  });

  it('may ask for the place among all, and explain says what they took out', async () => {
    const all = await scan([]);
    const leaders = all.rows.filter(({ factors }) => factors.momentum! >= 80).map(({ symbol }) => symbol);
    const { rows, cwd } = await scan(['--define', 'leaders=factors.momentum >= 80', '--screen', 'leaders']);
    expect(rows.map(({ symbol }) => symbol)).toEqual(leaders);
    const out = all.rows.find(({ symbol }) => !leaders.includes(symbol))!;
    writeFileSync(join(cwd, 'ranked.ndjson'), `${JSON.stringify(rows[0])}\n`);
    const { stdout } = await runCli(
      ['explain', out.symbol, '--from', 'ranked.ndjson', '--receipts', 'receipts.ndjson'],
      { cwd },
    );
    expect(stdout).toContain('screen:leaders: it does not meet the screen leaders');
  });

  it('are read from a file by name', async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, 'tapescan.yaml'),
      'define:\n  cheap: close < 20\n  calm: atr_pct_14 < 0.03\nscreen: [cheap, calm]\n',
    );
    const { rows } = await scan(['--config', 'tapescan.yaml'], LIST, cwd);
    expect(rows.length).toBeGreaterThan(0);
    for (const { close, features } of rows) expect(close < 20 && features.atr_pct_14! < 0.03).toBe(true);
  });

  it('that are wrong end before anything starts, each with its place', async () => {
    const { code, stderr } = await scan([
      ...['--where', 'rsi14 < 30 and sector > 5', '--define', 'odd=close +', '--screen', 'golden-cros'],
      ...['--format', 'xml'],
    ]);
    expect(code).toBe(78);
    expect(stderr).toContain('--format: expected one of');
    const more = await scan(['--where', 'rsi14 < 30', '--define', 'odd=close +', '--screen', 'golden-cros']);
    expect(more.stderr).toContain(
      '--where: unknown column `rsi14` at 1; did you mean `rsi_14`?\n  rsi14 < 30\n  ^^^^^\n',
    );
    expect(more.stderr).toContain('screen odd:');
    expect(more.stderr).toContain('did you mean `golden-cross`?');
  });
});

describe('what lists say of symbols', () => {
  const csv = (extra = '') =>
    `Symbol,Name,Sector,Market Cap\n${SYMBOLS.map(
      (symbol, index) =>
        `${symbol},"Company ${index}, Inc.",${index % 3 === 0 ? 'Energy' : 'Finance'},${index}e6`,
    ).join('\n')}\n${extra}`;

  it('is selected by, asked for and written, whether it comes with the list or beside it', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'screener.csv'), csv());
    const own = await scan(['--sectors', 'energy', '--min-market-cap', '30000000'], csv());
    const beside = await scan(
      ['--listings', 'screener.csv', '--where', 'sector == "Energy" and market_cap >= 30000000'],
      LIST,
      cwd,
    );
    expect(own.rows.length).toBeGreaterThan(10);
    // A selection leaves fewer to compare with: ties of the rating may fall otherwise.
    const bySymbol = (rows: readonly RankedRow[]) =>
      new Map(rows.map(({ symbol, listing }) => [symbol, listing] as const).sort());
    expect(bySymbol(own.rows)).toEqual(bySymbol(beside.rows));
    expect(own.rows[0]!.listing).toMatchObject({ sector: 'Energy' });
  });

  it('filters by rules that have names and can be switched', async () => {
    const rules = async (args: readonly string[]) => {
      const { cwd } = await scan([...args, '--out', 'ranked.ndjson'], 'F\nAAM.WS\nTQQQ\nABCDEF\n');
      const { stdout } = await runCli(['-c', 'cat receipts.ndjson'], { command: 'sh', cwd });
      return Object.fromEntries(
        jsonLines<{ symbol: string; rule?: string }>(stdout).map(({ symbol, rule }) => [symbol, rule]),
      );
    };
    expect(await rules([])).toEqual({
      F: undefined,
      'AAM.WS': 'warrant-right-unit',
      TQQQ: 'leveraged-product',
      ABCDEF: 'no-data',
    });
    expect(await rules(['--profile', 'classic'])).toMatchObject({ F: 'one-letter', ABCDEF: 'long-ticker' });
    expect(
      await rules(['--profile', 'classic', '--rule', 'one-letter=off', '--rule', 'leveraged-product=off']),
    ).toMatchObject({ F: undefined, TQQQ: 'no-data', ABCDEF: 'long-ticker' });
  });

  it('that nobody has is told, with what there is', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'screener.csv'), csv());
    const { code, stderr } = await scan(['--listings', 'screener.csv', '--sectors', 'Enrgy'], LIST, cwd);
    expect(code).toBe(78);
    expect(stderr).toContain('`Enrgy`');
    expect(stderr).toContain('`Energy`, `Finance`');
  });
});
