import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScanError } from '../../src/errors.ts';
import { COLUMN, describeRow, ROW_WIDTH } from '../../src/features.ts';
import { createReceipts } from '../../src/sinks/receipts.ts';
import type { Outcome } from '../../src/types.ts';
import { createFeatureRow, tickerAt } from '../support/rankings.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tapescan-receipts-'));
  path = join(directory, 'receipts.ndjson');
});
afterEach(() => rm(directory, { recursive: true }));

const row = createFeatureRow(0);
const described = {
  bars: 200,
  dollar_vol_40: row[COLUMN.dollar_vol_40],
  close_cv_20: row[COLUMN.close_cv_20],
  max_jump: row[COLUMN.max_jump],
  max_spike: row[COLUMN.max_spike],
  bad_bars: row[COLUMN.bad_bars],
  ...describeRow(row),
};

async function written(outcomes: readonly Outcome[]): Promise<unknown[]> {
  const receipts = createReceipts({ path, scan: 's1' });
  await receipts.open();
  await receipts.write(outcomes);
  await receipts.close({ commit: true });
  const lines = (await readFile(path, 'utf8')).split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line));
}

describe('createReceipts', () => {
  it('writes a line for every outcome, with what it says', async () => {
    const entry = (symbol: string, line: number, text = symbol) => ({ symbol, text, line });
    const error = new ScanError('timed-out', 'Expected an answer', { stage: 'fetch' });
    expect(
      await written([
        { kind: 'ranked', entry: entry('BRK.B', 1, 'brk-b'), row },
        { kind: 'filtered', entry: entry('B', 2), rules: ['min-price', 'min-bars'], row },
        { kind: 'filtered', entry: entry('C', 3), rules: ['ticker-type'] },
        { kind: 'stale', entry: entry('D', 4), rules: ['last-session'], row },
        { kind: 'failed', entry: entry('E', 5), error },
        { kind: 'skipped', entry: { ...entry('F', 6), defect: 'duplicate' }, reason: 'duplicate' },
      ]),
    ).toStrictEqual([
      {
        type: 'receipt',
        scan: 's1',
        symbol: 'BRK.B',
        line: 1,
        input: 'brk-b',
        outcome: 'ranked',
        ...described,
      },
      {
        type: 'receipt',
        scan: 's1',
        symbol: 'B',
        line: 2,
        outcome: 'filtered',
        rule: 'min-price',
        rules: ['min-price', 'min-bars'],
        ...described,
      },
      {
        type: 'receipt',
        scan: 's1',
        symbol: 'C',
        line: 3,
        outcome: 'filtered',
        rule: 'ticker-type',
        rules: ['ticker-type'],
      },
      {
        type: 'receipt',
        scan: 's1',
        symbol: 'D',
        line: 4,
        outcome: 'stale',
        rule: 'last-session',
        rules: ['last-session'],
        ...described,
      },
      {
        type: 'receipt',
        scan: 's1',
        symbol: 'E',
        line: 5,
        outcome: 'failed',
        code: 'timed-out',
        stage: 'fetch',
        message: 'Expected an answer',
      },
      { type: 'receipt', scan: 's1', symbol: 'F', line: 6, outcome: 'skipped', reason: 'duplicate' },
    ]);
  });

  it('describes no row that has no bars', async () => {
    const empty = new Float64Array(ROW_WIDTH).fill(Number.NaN);
    empty[COLUMN.bars] = 0;
    expect(
      await written([
        { kind: 'filtered', entry: { symbol: 'A', text: 'A', line: 1 }, rules: ['min-bars'], row: empty },
      ]),
    ).toStrictEqual([
      {
        type: 'receipt',
        scan: 's1',
        symbol: 'A',
        line: 1,
        outcome: 'filtered',
        rule: 'min-bars',
        rules: ['min-bars'],
      },
    ]);
  });

  it('keeps text that JSON has to escape', async () => {
    const text = '"a"\n\\\u2028';
    const [line] = await written([
      { kind: 'skipped', entry: { symbol: text, text, line: 1 }, reason: 'line-too-long' },
    ]);
    expect(line).toMatchObject({ symbol: text });
  });

  it('writes every outcome of many batches in order', async () => {
    const receipts = createReceipts({ path, scan: 's1' });
    await receipts.open();
    const batch = (start: number): Outcome[] =>
      Array.from({ length: 100 }, (_, index) => ({
        kind: 'ranked',
        entry: { symbol: tickerAt(start + index), text: tickerAt(start + index), line: start + index },
        row,
      }));
    for (let start = 0; start < 20_000; start += 100) await receipts.write(batch(start));
    await receipts.close({ commit: true });
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).line)).toStrictEqual(
      Array.from({ length: 20_000 }, (_, i) => i),
    );
  });

  it('waits for a reader that is slow', async () => {
    const run = promisify(execFile);
    await run('mkfifo', [path]);
    // Lets the pipe be opened for writing, and reads nothing.
    const idle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const receipts = createReceipts({ path, scan: 's1' });
    await receipts.open();
    let done = false;
    const entry = { symbol: 'A', text: 'A', line: 1 };
    const write = receipts.write(new Array<Outcome>(5000).fill({ kind: 'ranked', entry, row })).then(() => {
      done = true;
    });
    for (let turn = 0; turn < 10; turn++) await setImmediate();
    expect(done).toBe(false);
    const reader = run('wc', ['-l', path]);
    await write;
    await receipts.close({ commit: true });
    expect((await reader).stdout).toMatch(/^ *5000 /);
    await idle.close();
  });

  it('leaves nothing where it is closed without a commit', async () => {
    const receipts = createReceipts({ path, scan: 's1' });
    await receipts.open();
    await receipts.write([
      { kind: 'skipped', entry: { symbol: 'A', text: 'A', line: 1 }, reason: 'deadline' },
    ]);
    await receipts.close({ commit: false });
    expect(await readdir(directory)).toStrictEqual([]);
  });

  it('says at opening what is wrong and what helps', async () => {
    const receipts = createReceipts({ path: directory, scan: 's1' });
    await expect(receipts.open()).rejects.toThrow(
      `cannot write ${directory}: it is a directory; name a file in it`,
    );
  });
});
