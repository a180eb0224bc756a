import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { jsonLines, runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Receipt {
  readonly symbol: string;
  readonly line: number;
  readonly outcome: string;
  readonly rule?: string;
  readonly reason?: string;
}

/** Line, symbol and fate of an occurrence. */
type Fate = readonly [
  line: number,
  symbol: string,
  fate: 'scanned' | 'malformed' | 'duplicate' | 'line-too-long',
];

function fateOf({ line, symbol, outcome, rule, reason }: Receipt): Fate {
  if (outcome === 'filtered' && rule === 'malformed') return [line, symbol, 'malformed'];
  if (outcome === 'skipped') return [line, symbol, reason as 'duplicate' | 'line-too-long'];
  expect(['ranked', 'filtered', 'stale'], symbol).toContain(outcome);
  return [line, symbol, 'scanned'];
}

const bom = (text: string) => `\uFEFF${text}`;

const FORMS: readonly (readonly [what: string, input: string | Uint8Array, fates: readonly Fate[]])[] = [
  [
    'a plain list with byte order mark, CRLF, comments and words that are symbols',
    bom('# my list\r\nSPY\r\n\r\nNA, TRUE; nan\r\nBRK/B\r\n$E # cash\r\nspy\r\nBRK-B\r\n12x\r\nON'),
    [
      [2, 'SPY', 'scanned'],
      [4, 'NA', 'scanned'],
      [4, 'TRUE', 'scanned'],
      [4, 'NAN', 'scanned'],
      [5, 'BRK.B', 'scanned'],
      [6, 'E', 'scanned'],
      [7, 'SPY', 'duplicate'],
      [8, 'BRK.B', 'duplicate'],
      [9, '12x', 'malformed'],
      [10, 'ON', 'scanned'],
    ],
  ],
  [
    'CSV with a header',
    bom(
      'Name,Symbol,Price\r\n"Berkshire, Inc",BRK/B,1\r\nNational,NA,2\r\nTrue,"TRUE",3\r\n,,\r\nbroken\r\nagain,na,4\r\n',
    ),
    [
      [2, 'BRK.B', 'scanned'],
      [3, 'NA', 'scanned'],
      [4, 'TRUE', 'scanned'],
      [6, 'broken', 'malformed'],
      [7, 'NA', 'duplicate'],
    ],
  ],
  [
    'JSON lines',
    '{"symbol":"SPY"}\n{"ticker":"NA","x":1}\n["TRUE","BRK/B"]\n\n{"name":"x"}\n{"symbol":\n{"symbol":"SPY"}\n',
    [
      [1, 'SPY', 'scanned'],
      [2, 'NA', 'scanned'],
      [3, 'TRUE', 'scanned'],
      [3, 'BRK.B', 'scanned'],
      [5, '{"name":"x"}', 'malformed'],
      [6, '{"symbol":', 'malformed'],
      [7, 'SPY', 'duplicate'],
    ],
  ],
  [
    'UTF-16',
    Buffer.from(bom('SPY\r\nNA\r\nSPY\r\n'), 'utf16le'),
    [
      [1, 'SPY', 'scanned'],
      [2, 'NA', 'scanned'],
      [3, 'SPY', 'duplicate'],
    ],
  ],
  [
    'bytes that are no text',
    Buffer.concat([
      Buffer.from('SPY\n'),
      Buffer.from([0x41, 0x80, 0xc3, 0x28, 0x00, 0x1b]),
      Buffer.from('\nNA\n'),
    ]),
    [
      [1, 'SPY', 'scanned'],
      [2, 'A\uFFFD\uFFFD(\uFFFD\uFFFD', 'malformed'],
      [3, 'NA', 'scanned'],
    ],
  ],
  [
    'a line of three megabytes',
    `SPY\n${'LONG '.repeat(600_000)}\nNA\n`,
    [
      [1, 'SPY', 'scanned'],
      [2, 'LONG LONG LONG LONG LONG LONG LO', 'line-too-long'],
      [3, 'NA', 'scanned'],
    ],
  ],
  ['nothing but blanks and comments', ' \r\n# nothing\n\n', []],
];

describe('what comes in by a pipe', () => {
  it.each(FORMS)('leaves a receipt for every occurrence: %s', async (_what, input, fates) => {
    const receipts = join(temporaryFolder(), 'receipts.ndjson');
    const args = ['--source', 'simulator', '--symbols', '40', '--no-cache', '--receipts', receipts];
    const { code, stderr } = await runCli(['scan', ...args], { input });
    expect(code).toBe(0);
    if (fates.length > 0) expect(stderr).toBe('');
    const left = jsonLines<Receipt>(readFileSync(receipts, 'utf8')).map(fateOf);
    expect(left.sort(byPlace)).toEqual([...fates].sort(byPlace));
  });
});

function byPlace(a: Fate, b: Fate): number {
  return a[0] - b[0] || (a[1] < b[1] ? -1 : 1);
}

describe('a list that is packed', () => {
  it('is refused with its name and what helps, and nothing is made of it', async () => {
    const cwd = temporaryFolder();
    const packed = gzipSync('AAPL\nMSFT\n');
    writeFileSync(join(cwd, 'list.gz'), packed);
    writeFileSync(join(cwd, 'ranked.ndjson'), 'of yesterday');
    const args = ['scan', '--source', 'simulator', '--no-cache', '--out', 'ranked.ndjson'];
    const problem = 'it is gzip and no text; unpack it first (gzip -dc)';
    expect(await runCli([...args, '--universe', 'list.gz'], { cwd })).toMatchObject({
      ...{ code: 1, stdout: '' },
      stderr: `tapescan: Cannot read list.gz: ${problem}\n`,
    });
    const { code, stderr } = await runCli(args, { cwd, input: packed });
    expect({ code, stderr }).toEqual({
      ...{ code: 1, stderr: `tapescan: Cannot read standard input: ${problem}\n` },
    });
    expect(readFileSync(join(cwd, 'ranked.ndjson'), 'utf8')).toBe('of yesterday');
  });
});
