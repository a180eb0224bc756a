import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { FLAG_OLDER_EXIST, FLAG_SPLIT_ADJUSTED, viewSeries } from '../../src/series.ts';
import { formatSession } from '../../src/session.ts';
import { createArchiveSource } from '../../src/sources/archive.ts';
import { type ParquetCodec, type ParquetColumn, parquetFile } from '../support/parquet.ts';
import {
  barsOf,
  day,
  failureOf,
  HISTORY,
  MARKET,
  never,
  sourceSuite,
  type TestBar,
} from '../support/source-suite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HEADER = 'symbol,date,open,high,low,close,volume';
const cells = ({ session, open, high, low, close, volume }: TestBar) =>
  [formatSession(session), open, high, low, close, volume].join(',');
const marketRows = Object.entries(MARKET).flatMap(([symbol, bars]) =>
  bars.map((bar) => `${symbol},${cells(bar)}`),
);

/** A folder with these files, by path. */
function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const openFile = (name: string, content: string | Uint8Array, options = {}) =>
  createArchiveSource({ path: join(folderOf({ [name]: content }), name), ...options });
const openFolder = (files: Readonly<Record<string, string | Uint8Array>>) =>
  createArchiveSource({ path: folderOf(files) });

/** Yahoo's columns: what is adjusted for dividends is ignored. */
const yahooCsv = (bars: readonly TestBar[]) =>
  ['Date,Open,High,Low,Close,Adj Close,Volume']
    .concat(bars.map((bar) => cells(bar).replace(/,([^,]*)$/, ',1.5,$1')))
    .join('\n');

const stooqTxt = (ticker: string, bars: readonly TestBar[]) =>
  ['<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>']
    .concat(
      bars.map(
        ({ session, open, high, low, close, volume }) =>
          `${ticker},D,${formatSession(session).replaceAll('-', '')},000000,${open},${high},${low},${close},${volume},0`,
      ),
    )
    .join('\r\n');

function parquetColumns(rows: readonly (readonly [string, TestBar])[]): ParquetColumn[] {
  const numbers = (name: 'open' | 'high' | 'low' | 'close') =>
    ({ name, kind: 'double', values: rows.map(([, bar]) => bar[name]) }) as const;
  return [
    { name: 'Ticker', kind: 'text', values: rows.map(([symbol]) => symbol) },
    { name: 'Volume', kind: 'bigint', values: rows.map(([, { volume }]) => BigInt(volume)) },
    { name: 'Date', kind: 'day', values: rows.map(([, { session }]) => session) },
    numbers('open'),
    numbers('high'),
    { name: 'Adj Close', kind: 'double', values: rows.map(() => -1) },
    numbers('low'),
    numbers('close'),
  ];
}

const marketParquet = (codec?: ParquetCodec, groupRows = 1000) =>
  parquetFile(
    parquetColumns(
      Object.entries(MARKET).flatMap(([symbol, bars]) => bars.map((bar) => [symbol, bar] as const)),
    ),
    { groupRows, ...(codec !== undefined && { codec }) },
  );

describe.each([
  ['a file of many symbols', () => openFile('all.csv', [HEADER, ...marketRows].join('\n'))],
  ['a zipped file', () => openFile('all.csv.gz', gzipSync([HEADER, ...marketRows, ''].join('\r\n')))],
  ['a Parquet file', () => openFile('all.parquet', marketParquet())],
  [
    'a folder as Yahoo names columns',
    () =>
      openFolder({
        'AAPL.csv': yahooCsv(MARKET.AAPL!),
        'b/BRK-B.csv.gz': gzipSync(yahooCsv(MARKET['BRK.B']!)),
        'QUIET.csv': yahooCsv([]),
      }),
  ],
  [
    'a folder as Stooq lays it out',
    () =>
      openFolder({
        'data/daily/us/nasdaq stocks/1/aapl.us.txt': stooqTxt('AAPL.US', MARKET.AAPL!),
        'data/daily/us/nyse stocks/1/brk-b.us.txt': stooqTxt('BRK-B.US', MARKET['BRK.B']!),
        'data/daily/us/nyse stocks/2/quiet.us.txt': '',
      }),
  ],
  [
    'a folder of Parquet files',
    () =>
      openFolder({
        'AAPL.parquet': parquetFile(parquetColumns(MARKET.AAPL!.map((bar) => ['AAPL', bar]))),
        'BRK.B.parquet': parquetFile(parquetColumns(MARKET['BRK.B']!.map((bar) => ['BRK.B', bar])).slice(1)),
        'QUIET.parquet': '',
      }),
  ],
])('archive source of %s', (_, open) => {
  sourceSuite(open);
});

describe('archive source', () => {
  it('reads columns in any order, in quotes, behind a byte order mark, others ignored', async () => {
    const text =
      '\uFEFF"Volume",HIGH, low ,"Close",Note,Open,DateTime,Ticker\n' +
      '"100","4","1","3",x,"2","2024-01-02 00:00:00-05:00","brk-b"\n';
    const bar = { session: day('2024-01-02'), open: 2, high: 4, low: 1, close: 3, volume: 100 };
    expect(await barsOf(openFile('x.csv', text), 'BRK.B')).toEqual([bar]);
  });

  it('sorts rows, takes the last of a session, and counts the others', async () => {
    const [one, two, three] = MARKET.AAPL as [TestBar, TestBar, TestBar];
    const rows = [three, { ...one, close: 1 }, two, { ...one, close: 2 }, one].map(
      (bar) => `A,${cells(bar)}`,
    );
    const source = openFile('x.csv', [HEADER, ...rows].join('\n'));
    expect(await barsOf(source, 'A')).toEqual([one, two, three]);
    expect(source.duplicates).toBe(2);
  });

  it('leaves rows without a number out', async () => {
    const bar = MARKET.AAPL![0]!;
    const rows = ['null', '', 'NaN', ' ', 'N/A'].map((blank, index) =>
      `A,${cells({ ...bar, session: bar.session + 1 + index })}`.replace(/[^,]*$/, blank),
    );
    expect(await barsOf(openFile('x.csv', [HEADER, `A,${cells(bar)}`, ...rows, ''].join('\n')), 'A')).toEqual(
      [bar],
    );
  });

  it('says what is adjusted and what is as traded', async () => {
    const text = [HEADER, ...marketRows].join('\n');
    const path = join(folderOf({ 'x.csv': text }), 'x.csv');
    const flags = async (adjusted: boolean | undefined) => {
      const source = createArchiveSource({ path, ...(adjusted !== undefined && { adjusted }) });
      const { pages } = await source.fetchBars('AAPL', HISTORY, never);
      return [viewSeries(pages[0]!).flags, source.dataset.replace(/.* /, '')];
    };
    expect(await flags(undefined)).toEqual([FLAG_SPLIT_ADJUSTED, 'split-adjusted']);
    expect(await flags(true)).toEqual([FLAG_SPLIT_ADJUSTED, 'split-adjusted']);
    expect(await flags(false)).toEqual([0, 'traded']);
  });

  it('says whether there are older bars', async () => {
    const source = openFile('x.csv', [HEADER, ...marketRows].join('\n'));
    const flags = async (from: string, bars: number) => {
      const { pages } = await source.fetchBars('AAPL', { from: day(from), to: HISTORY.to, bars }, never);
      return viewSeries(pages[0]!).flags & FLAG_OLDER_EXIST;
    };
    expect(await flags('2024-01-02', 6)).toBe(0);
    expect(await flags('2024-01-02', 5)).toBe(FLAG_OLDER_EXIST);
    expect(await flags('2024-01-03', 6)).toBe(FLAG_OLDER_EXIST);
  });

  it('reads a file of many symbols once for all, and again for bars it has not kept', async () => {
    const source = openFile('x.csv', [HEADER, ...marketRows].join('\n'));
    const history = { ...HISTORY, bars: 3 };
    await source.prepare(history, never);
    await Promise.all(['AAPL', 'BRK.B', 'NOBODY'].map((symbol) => barsOf(source, symbol, history)));
    expect(await barsOf(source, 'AAPL', { ...history, bars: 2 })).toEqual(MARKET.AAPL!.slice(-2));
    expect(source.traffic.calls).toBe(1);
    expect(await barsOf(source, 'AAPL', { ...history, bars: 5 })).toEqual(MARKET.AAPL!.slice(-5));
    expect(source.traffic.calls).toBe(2);
    const later = { ...HISTORY, from: day('2024-01-08') };
    expect(await barsOf(source, 'AAPL', { ...later, bars: 5 })).toEqual(MARKET.AAPL!.slice(-2));
    await source.prepare({ ...later, bars: 40 }, never);
    expect(source.traffic.calls).toBe(3);
    expect(await barsOf(source, 'AAPL')).toEqual(MARKET.AAPL);
    expect(source.traffic.calls).toBe(4);
  });

  it('counts the bytes of files that are read at the same time', async () => {
    const source = openFolder({ 'A.csv': yahooCsv(MARKET.AAPL!), 'B.csv': yahooCsv(MARKET.AAPL!) });
    await Promise.all(['A', 'B', 'C'].map((symbol) => barsOf(source, symbol)));
    expect(source.traffic).toEqual({ calls: 2, bytes: 2 * yahooCsv(MARKET.AAPL!).length });
  });

  it('opens no file for what is aborted already', async () => {
    const source = openFolder({ 'A.csv': yahooCsv(MARKET.AAPL!) });
    expect(await failureOf(source.fetchBars('A', HISTORY, AbortSignal.abort()))).toMatchObject({
      code: 'timed-out',
    });
    expect(source.traffic.calls).toBe(0);
  });

  it('goes on reading for the others when one gives up', async () => {
    const source = openFile('x.csv', [HEADER, ...marketRows].join('\n'));
    const abort = new AbortController();
    const first = source.fetchBars('AAPL', HISTORY, abort.signal);
    const second = barsOf(source, 'BRK.B');
    abort.abort();
    expect(await failureOf(first)).toMatchObject({ code: 'timed-out' });
    expect(await second).toEqual(MARKET['BRK.B']);
    expect(source.traffic.calls).toBe(1);
  });

  it('stops reading when it is closed', async () => {
    const rows = Array.from({ length: 50_000 }, () => marketRows[0]!);
    const source = openFile('x.csv', [HEADER, ...rows].join('\n'));
    const fetching = failureOf(source.fetchBars('AAPL', HISTORY, never));
    await source.close();
    expect(await fetching).toMatchObject({ code: 'timed-out' });
  });

  it('refuses a file whose bars take more memory than it may', async () => {
    const source = openFile('x.csv', [HEADER, ...marketRows].join('\n'), { maxBytes: 5000 });
    expect(await failureOf(barsOf(source, 'AAPL'))).toMatchObject({ code: 'too-large', retryable: false });
  });

  it('keeps no more of a long file than was asked for', async () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, index) => `A,${cells({ ...MARKET.AAPL![0]!, session: HISTORY.to - 20_000 + index })}`,
    );
    const options = { maxBytes: 64 * 48 };
    const source = openFile('x.csv', [HEADER, ...rows].join('\n'), options);
    const found = await barsOf(source, 'A', { from: 0, to: HISTORY.to, bars: 32 });
    expect(found.map(({ session }) => HISTORY.to - session)).toEqual(
      Array.from({ length: 32 }, (_, bar) => 32 - bar),
    );
  });

  it('fails the symbol whose row is wrong, and no other', async () => {
    const good = `A,${cells(MARKET.AAPL![0]!)}`;
    const cases: readonly (readonly [string, string])[] = [
      ['B,2024-01-02,1,2,3,x4,5', 'x.csv:3: expected a number in column `close`, got "x4"'],
      ['B,2024-02-30,1,2,3,4,5', 'x.csv:3: expected a date (YYYY-MM-DD), got "2024-02-30"'],
      ['B,2024-01-02 09:31,1,2,3,4,5', 'x.csv:3: expected a date (YYYY-MM-DD), got "2024-01-02 09:31"'],
      ['B,2024-01-02,1,2,3,4', 'x.csv:3: expected 7 columns, got "6"'],
      ['B,2024-01-02,1,2,3,Infinity,5', 'x.csv:3: expected a number in column `close`, got "Infinity"'],
    ];
    for (const [row, message] of cases) {
      const source = openFile('x.csv', [HEADER, good, row, ''].join('\n'));
      expect(await failureOf(barsOf(source, 'B'))).toMatchObject({
        code: 'bad-bars',
        message,
        retryable: false,
      });
      expect(await barsOf(source, 'A')).toHaveLength(1);
    }
  });

  it('fails as a whole where a row does not say whose it is', async () => {
    const source = openFile(
      'x.csv',
      [HEADER, `A,${cells(MARKET.AAPL![0]!)}`, ',2024-01-02,1,2,3,4,5'].join('\n'),
    );
    expect(await failureOf(barsOf(source, 'A'))).toMatchObject({
      message: 'x.csv:3: expected a symbol, got ""',
    });
  });

  it.each([
    ['<!DOCTYPE html>\n<html>', 'AAPL.csv: expected a table of bars, got a web page (HTML)'],
    ['<html><body>Loading</body></html>', 'AAPL.csv: expected a table of bars, got a web page (HTML)'],
    [
      'Exceeded the daily hits limit',
      'AAPL.csv: expected a header with `date`, `open`, `high`, `low`, `close`, `volume`',
    ],
    ['Date,Open,High,Low,Volume', 'AAPL.csv: expected a header with `close`'],
    ['x'.repeat((1 << 20) + 1), 'AAPL.csv: expected lines of at most 1048576 bytes'],
  ])('refuses %.40s', async (text, message) => {
    expect(await failureOf(barsOf(openFolder({ 'AAPL.csv': text }), 'AAPL'))).toMatchObject({
      code: 'bad-bars',
      message,
    });
  });

  it('refuses a zipped file that breaks off, and what is no Parquet', async () => {
    const zipped = gzipSync([HEADER, ...marketRows].join('\n'));
    const cut = openFile('x.csv.gz', zipped.subarray(0, zipped.length - 20));
    expect(await failureOf(barsOf(cut, 'AAPL'))).toMatchObject({
      code: 'bad-bars',
      message: 'x.csv.gz: expected a file that can be read (Z_BUF_ERROR)',
    });
    const parquet = openFile('x.parquet', marketParquet().subarray(10));
    expect(await failureOf(barsOf(parquet, 'AAPL'))).toMatchObject({ code: 'bad-bars' });
    const others = parquetFile([{ name: 'Date', kind: 'day', values: [1] }]);
    expect(await failureOf(barsOf(openFile('x.parquet', others), 'AAPL'))).toMatchObject({
      message: 'x.parquet: expected columns `open`, `high`, `low`, `close`, `volume`',
    });
  });

  it('refuses bars that are not of days, and those of another symbol than the file is named after', async () => {
    const hourly = stooqTxt('AAPL.US', MARKET.AAPL!).replace(',D,', ',60,');
    const files = { 'aapl.us.txt': hourly, 'msft.us.txt': stooqTxt('AAPL.US', MARKET.AAPL!) };
    const source = openFolder(files);
    expect(await failureOf(barsOf(source, 'AAPL'))).toMatchObject({
      message: 'aapl.us.txt:2: expected daily bars (D), got "60"',
    });
    expect(await failureOf(barsOf(source, 'MSFT'))).toMatchObject({
      code: 'wrong-symbol',
      message: 'msft.us.txt: expected bars of MSFT only, got AAPL',
    });
  });

  it('finds files by symbols whose names differ in case only, and prefers the canonical name', async () => {
    const of = (close: number) => yahooCsv([{ ...MARKET.AAPL![0]!, close }]);
    const source = openFolder({
      'ABRpD.csv': of(1),
      'ABRPD.csv': of(2),
      'a/brk-b.csv': of(3),
      'b/BRK.B.csv': of(4),
      'c/BRK-B.csv': of(6),
      'a/zzz.csv': of(5),
    });
    const closes = async (symbol: string) => (await barsOf(source, symbol)).map(({ close }) => close);
    expect(await closes('ABRpD')).toEqual([1]);
    expect(await closes('ABRPD')).toEqual([2]);
    expect(await closes('BRK.B')).toEqual([4]);
    expect(await closes('ZZZ')).toEqual([5]);
  });

  it('takes a file without a column of symbols for the one it is named after', async () => {
    const source = openFile('brk-b.us.csv', yahooCsv(MARKET['BRK.B']!));
    expect(await barsOf(source, 'BRK.B')).toEqual(MARKET['BRK.B']);
    expect(await barsOf(source, 'AAPL')).toEqual([]);
  });

  it.each<ParquetCodec>(['gzip', 'brotli', 'zstd'])('reads Parquet in %s, group by group', async (codec) => {
    const source = openFile('all.parquet', marketParquet(codec, 5));
    expect(await barsOf(source, 'AAPL')).toEqual(MARKET.AAPL);
    expect(await barsOf(source, 'BRK.B')).toEqual(MARKET['BRK.B']);
  });

  it('says which row of a Parquet file is wrong', async () => {
    const rows = MARKET.AAPL!.map(
      (bar, index) => ['AAPL', index === 4 ? { ...bar, low: Infinity } : bar] as const,
    );
    const source = openFile('x.parquet', parquetFile(parquetColumns(rows), { groupRows: 2 }));
    expect(await failureOf(barsOf(source, 'AAPL'))).toMatchObject({
      message: 'x.parquet:5: expected a number in column `low`, got "Infinity"',
    });
  });

  it('names the same data the same, and other data otherwise', () => {
    const folder = folderOf({ 'AAPL.csv': yahooCsv(MARKET.AAPL!), 'MSFT.csv': '' });
    const dataset = () => createArchiveSource({ path: folder }).dataset;
    const before = dataset();
    expect(dataset()).toBe(before);
    utimesSync(join(folder, 'MSFT.csv'), 4e9, 4e9);
    const touched = dataset();
    expect(touched).not.toBe(before);
    writeFileSync(join(folder, 'MSFT.csv'), 'x');
    utimesSync(join(folder, 'MSFT.csv'), 4e9, 4e9);
    expect(dataset()).not.toBe(touched);
  });

  it.each([
    ['nothing', 'no such file or folder'],
    ['.', 'Expected .* to have files named after symbols'],
  ])('says before it starts that there is %s to read', (name, message) => {
    const folder = folderOf({ 'read me.md': '', '2024-01-02.csv': '' });
    expect(() => createArchiveSource({ path: join(folder, name) })).toThrow(ConfigError);
    expect(() => createArchiveSource({ path: join(folder, name) })).toThrow(new RegExp(message));
  });

  test.prop(
    [
      fc.array(
        fc.tuple(fc.constantFrom('A', 'B'), fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 99 })),
        {
          maxLength: 300,
          size: 'max',
        },
      ),
      fc.integer({ min: 1, max: 40 }),
    ],
    { numRuns: 40 },
  )('has the newest bars of what rows in any order say', async (rows, bars) => {
    const text = rows.map(([symbol, at, close]) => {
      const bar = { session: HISTORY.from + at, open: close, high: close, low: close, close, volume: at };
      return `${symbol},${cells(bar)}`;
    });
    const source = openFile('x.csv', [HEADER, ...text].join('\n'));
    for (const symbol of ['A', 'B']) {
      const last = new Map(rows.filter(([of]) => of === symbol).map(([, at, close]) => [at, close]));
      const expected = [...last].sort(([a], [b]) => a - b).slice(-bars);
      const found = await barsOf(source, symbol, { from: HISTORY.from, to: HISTORY.from + 60, bars });
      expect(found.map(({ session, close }) => [session - HISTORY.from, close])).toEqual(expected);
    }
  });
});
