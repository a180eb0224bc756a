import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSession } from '../../src/session.ts';
import { loadMarket } from '../../src/simulator/bars-file.ts';

const REAL_BARS = new URL('../../../shared/data/ohlcv/findata-2017-2018.csv.gz', import.meta.url).pathname;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bars-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(content: string | Buffer, name = 'bars.csv') {
  const path = join(folder, name);
  await writeFile(path, content);
  return loadMarket(path);
}

const HEADER = 'symbol,date,open,high,low,close,volume';
const AB = `${HEADER}
B,2018-07-02,1,2,0.5,1.5,100
A,2018-07-03,10.25,11,9,10,0
B,2018-06-29,3,3,3,3,7
A,2018-07-02,0.1,0.3,1e-3,123456789.12345678,1e9
`;

describe('loadMarket', () => {
  it('serves rows in any order by symbol and session', async () => {
    const market = await load(AB);
    expect(market.size).toBe(2);
    expect([...market.sessions]).toEqual(['2018-06-29', '2018-07-02', '2018-07-03'].map(parseSession));
    expect(Array.from(market.tickers(), ({ ticker }) => ticker)).toEqual(['A', 'B']);
    expect(Array.from(market.tickers('A'), ({ ticker }) => ticker)).toEqual(['B']);
    expect(market.bars('A')).toEqual({
      session: Int32Array.of(parseSession('2018-07-02'), parseSession('2018-07-03')),
      open: Float64Array.of(0.1, 10.25),
      high: Float64Array.of(0.3, 11),
      low: Float64Array.of(0.001, 9),
      close: Float64Array.of(123456789.12345678, 10),
      volume: Float64Array.of(1e9, 0),
      splits: [],
    });
    expect([...market.bars('B')!.close]).toEqual([3, 1.5]);
    expect(market.bars('C')).toBeUndefined();
  });

  it.each([
    ['compressed', 'bars.csv.gz', gzipSync(AB)],
    ['with another line end', 'crlf.csv', AB.replaceAll('\n', '\r\n')],
    ['with a byte order mark', 'bom.csv', `\uFEFF${AB}`],
    ['without a last line end', 'short.csv', AB.trimEnd()],
  ])('reads a file %s', async (_, name, content) => {
    const plain = await load(AB);
    const market = await load(content, name);
    expect([market.bars('A'), market.bars('B')]).toEqual([plain.bars('A'), plain.bars('B')]);
  });

  it('finds columns by their names', async () => {
    const market = await load('Close, Volume,note,LOW,High,open,Date,Symbol\n4,5,x,1,3,2,2018-07-02,A\n');
    const { open, high, low, close, volume } = market.bars('A')!;
    expect([open[0], high[0], low[0], close[0], volume[0]]).toEqual([2, 3, 1, 4, 5]);
  });

  it('reads a file longer than its chunks and growth steps', async () => {
    const rows = Array.from(
      { length: 100_000 },
      (_, row) => `S${row % 1000},${dateOf(row)},1,2,0.5,${row / 8},${row}`,
    );
    const market = await load(gzipSync(`${HEADER}\n${rows.join('\n')}`), 'long.csv.gz');
    expect(market.size).toBe(1000);
    for (const number of [0, 1, 999]) {
      const { close, volume } = market.bars(`S${number}`)!;
      const expected = Array.from({ length: 100 }, (_, index) => index * 1000 + number);
      expect([...volume]).toEqual(expected);
      expect([...close]).toEqual(expected.map((row) => row / 8));
    }
  });

  it.each([
    ['an empty file', '', ': no header line'],
    ['a header without columns', 'symbol,date,open,high,low,volume\n', ':1: no column `close`'],
    ['a short row', `${HEADER}\nA,2018-07-02,1,2\n`, ':2: expected 7 columns, got 4'],
    ['a long row', `${HEADER}\nA,2018-07-02,1,2,3,4,5,6\n`, ':2: expected 7 columns, got 8'],
    [
      'a row without symbol',
      `${HEADER}\n,2018-07-02,1,2,3,4,5\n`,
      ':2: expected a symbol in column `symbol`, got ""',
    ],
    [
      'a date that does not exist',
      `${HEADER}\nA,2018-07-02,1,2,3,4,5\nA,2018-02-30,1,2,3,4,5\n`,
      ':3: expected a date (YYYY-MM-DD) in column `date`, got "2018-02-30"',
    ],
    [
      'another form of date',
      `${HEADER}\nA,20180702,1,2,3,4,5\n`,
      ':2: expected a date (YYYY-MM-DD) in column `date`, got "20180702"',
    ],
    [
      'an empty price',
      `${HEADER}\nA,2018-07-02,1,,3,4,5\n`,
      ':2: expected a number in column `high`, got ""',
    ],
    [
      'a word',
      `${HEADER}\nA,2018-07-02,1,2,3,4,n/a\n`,
      ':2: expected a number in column `volume`, got "n/a"',
    ],
    [
      'infinity',
      `${HEADER}\nA,2018-07-02,1,2,3,1e999,5\n`,
      ':2: expected a number in column `close`, got "1e999"',
    ],
    [
      'two bars for a session',
      `${HEADER}\nA,2018-07-02,1,2,3,4,5\nB,2018-07-02,1,2,3,4,5\nA,2018-07-02,1,2,3,4,5\n`,
      ':4: second bar of A for the same date',
    ],
  ])('refuses %s, with file, line and column', async (_, content, problem) => {
    const path = join(folder, 'bad.csv');
    await expect(load(content, 'bad.csv')).rejects.toThrow(
      expect.objectContaining({ name: 'ConfigError', problems: [path + problem] }),
    );
  });

  it('refuses a file that is absent, broken off, or no table at all', async () => {
    await expect(loadMarket(join(folder, 'absent.csv'))).rejects.toThrow(/Cannot read .*absent\.csv: ENOENT/);
    await expect(load(gzipSync(AB).subarray(0, 60), 'cut.csv.gz')).rejects.toThrow(
      /Cannot read .*cut\.csv\.gz: unexpected end of file/,
    );
    await expect(load(Buffer.alloc(3 << 20), 'zeros.csv')).rejects.toThrow(
      /zeros\.csv:1: expected a line of at most 1048576 bytes/,
    );
  });

  it.skipIf(!existsSync(REAL_BARS))('loads a real archive of 1.8 million bars', async () => {
    const market = await loadMarket(REAL_BARS);
    expect([market.size, market.sessions.length]).toEqual([5852, 326]);
    const { session, open, high, low, close, volume } = market.bars('A')!;
    expect([session[0], open[0], high[0], low[0], close[0], volume[0]]).toEqual([
      parseSession('2017-04-03'),
      52.9,
      53.21,
      52.73,
      53.2,
      1_550_200,
    ]);
    let bars = 0;
    for (const { ticker } of market.tickers()) bars += market.bars(ticker)!.session.length;
    expect(bars).toBe(1_783_998);
  });
});

/** A date of its own for each thousand rows. */
function dateOf(row: number): string {
  return new Date(Date.UTC(2018, 0, 1 + Math.floor(row / 1000))).toISOString().slice(0, 10);
}
