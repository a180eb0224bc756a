import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/types.ts';
import { entriesOf, type ReadUniverseOptions, readUniverse } from '../../src/universe/read-universe.ts';

async function* chunked(...chunks: readonly (string | Uint8Array)[]) {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

async function flat(batches: AsyncIterable<readonly Entry[]>): Promise<Entry[]> {
  const all: Entry[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

const read = (chunks: AsyncIterable<Uint8Array>, options?: ReadUniverseOptions) =>
  flat(readUniverse(chunks, options));

describe('readUniverse', () => {
  it('makes one entry of every occurrence, with its line and its defect', async () => {
    expect(await read(chunked('AAPL\n# none\nbrk-b BRK.B,%%\n\nAAPL\n'))).toEqual([
      { symbol: 'AAPL', text: 'AAPL', line: 1 },
      { symbol: 'BRK.B', text: 'brk-b', line: 3 },
      { symbol: 'BRK.B', text: 'BRK.B', line: 3, defect: 'duplicate' },
      { symbol: '%%', text: '%%', line: 3, defect: 'malformed' },
      { symbol: 'AAPL', text: 'AAPL', line: 5, defect: 'duplicate' },
    ]);
  });

  it('has what a list says of a symbol with the first that is fine', async () => {
    expect(await read(chunked('symbol,name\naapl,Apple\nAAPL,Other\n%%,Bad\nT,\n'))).toEqual([
      { symbol: 'AAPL', text: 'aapl', line: 2, listing: { name: 'Apple' } },
      { symbol: 'AAPL', text: 'AAPL', line: 3, defect: 'duplicate' },
      { symbol: '%%', text: '%%', line: 4, defect: 'malformed' },
      { symbol: 'T', text: 'T', line: 5 },
    ]);
  });

  it('reports a line that is too long once, and shows it printable', async () => {
    expect(await read(chunked(`\u001b${'x'.repeat(200)}\nAAPL`), { maxLineBytes: 100 })).toEqual([
      { symbol: `�${'x'.repeat(31)}`, text: `�${'x'.repeat(31)}`, line: 1, defect: 'line-too-long' },
      { symbol: 'AAPL', text: 'AAPL', line: 2 },
    ]);
  });

  it('shortens what is malformed, however long', async () => {
    const [entry] = await read(chunked('x'.repeat(100_000)));
    expect(entry).toEqual({
      symbol: `${'x'.repeat(63)}…`,
      text: `${'x'.repeat(63)}…`,
      line: 1,
      defect: 'malformed',
    });
  });

  it('reads the same list in UTF-8 and UTF-16, with a mark and without', async () => {
    const list = 'symbol,name\r\nAAPL,Ä\r\nT,€\r\n';
    const expected = await read(chunked(list));
    expect(expected.map(({ symbol }) => symbol)).toEqual(['AAPL', 'T']);
    const utf16 = Buffer.from(`\uFEFF${list}`, 'utf16le');
    for (const bytes of [Buffer.from(`\uFEFF${list}`), utf16, Buffer.from(utf16).swap16()]) {
      expect(await read(chunked(bytes))).toEqual(expected);
    }
  });

  it('yields full batches, and what is left at the end of each chunk', async () => {
    const sizes: number[] = [];
    for await (const batch of readUniverse(chunked('A B C D E\n', 'F\n', '', 'G'), { batch: 2 }))
      sizes.push(batch.length);
    expect(sizes).toEqual([2, 2, 1, 1, 1]);
  });

  it('gives a symbol while the pipe it came through is still open', async () => {
    const never = new Promise<never>(() => {});
    const reader = readUniverse(
      (async function* () {
        yield Buffer.from('AAPL\nMSF');
        await never;
      })(),
    );
    expect((await reader.next()).value).toEqual([{ symbol: 'AAPL', text: 'AAPL', line: 1 }]);
  });

  it('reads no chunk before it is asked for', async () => {
    let given = 0;
    const endless = (async function* () {
      for (;;) yield Buffer.from(`S${given++}\n`);
    })();
    const reader = readUniverse(endless);
    expect(given).toBe(0);
    await reader.next();
    await reader.next();
    expect(given).toBe(2);
    await reader.return();
  });

  it('passes on that its bytes cannot be read', async () => {
    const broken = (async function* () {
      yield Buffer.from('AAPL\n');
      throw new Error('gone');
    })();
    await expect(read(broken)).rejects.toThrow('gone');
  });

  const token = fc.constantFrom(
    'AAPL',
    'aapl',
    'BRK.B',
    'BRK/B',
    'T',
    'NA',
    '%%',
    '9X',
    'ABR^D',
    'ABRpD',
    'x'.repeat(20),
  );

  test.prop([
    fc.array(fc.array(token, { maxLength: 4 }), { maxLength: 60, size: 'max' }),
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1, max: 50 }),
  ])('has every occurrence exactly once, and each symbol fine exactly once', async (rows, batch, step) => {
    const bytes = Buffer.from(rows.map((row) => row.join(' ')).join('\n'));
    const chunks = Array.from({ length: Math.ceil(bytes.length / step) }, (_, index) =>
      bytes.subarray(index * step, (index + 1) * step),
    );
    const entries = await read(chunked(...chunks), { batch });
    expect(entries.map(({ text, line }) => [text, line])).toEqual(
      rows.flatMap((row, index) => row.map((text) => [text, index + 1])),
    );
    const fine = entries.filter(({ defect }) => defect === undefined).map(({ symbol }) => symbol);
    const sound = entries.filter(({ defect }) => defect !== 'malformed').map(({ symbol }) => symbol);
    expect(fine).toEqual([...new Set(sound)]);
  });

  test.prop([fc.uint8Array({ maxLength: 2_000, size: 'max' })])(
    'makes something printable of any bytes',
    async (bytes) => {
      for (const { symbol, text, line } of await read(chunked(bytes))) {
        expect(`${symbol}${text}`).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]{0,128}$/u);
        expect(line).toBeGreaterThan(0);
      }
    },
  );
});

describe('entriesOf', () => {
  const listed = ['AAPL', 'brk-b', 'AAPL', 'MSFT T', ''];
  const expected: Entry[] = [
    { symbol: 'AAPL', text: 'AAPL', line: 1 },
    { symbol: 'BRK.B', text: 'brk-b', line: 2 },
    { symbol: 'AAPL', text: 'AAPL', line: 3, defect: 'duplicate' },
    { symbol: 'MSFT T', text: 'MSFT T', line: 4, defect: 'malformed' },
    { symbol: '', text: '', line: 5, defect: 'malformed' },
  ];

  it('takes each text of a list for one symbol, in batches', async () => {
    expect(await flat(entriesOf(listed))).toEqual(expected);
    const sizes: number[] = [];
    for await (const batch of entriesOf(new Set(['A', 'B', 'C']), { batch: 2 })) sizes.push(batch.length);
    expect(sizes).toEqual([2, 1]);
  });

  it('gives each symbol of an asynchronous list as it comes', async () => {
    async function* slow() {
      yield* listed;
    }
    expect(await flat(entriesOf(slow()))).toEqual(expected);
    const never = new Promise<never>(() => {});
    const reader = entriesOf(
      (async function* () {
        yield 'AAPL';
        await never;
      })(),
    );
    expect((await reader.next()).value).toEqual([{ symbol: 'AAPL', text: 'AAPL', line: 1 }]);
  });
});

const data = new URL('../../../shared/data/universe/', import.meta.url);

describe.skipIf(!existsSync(data))('real lists', () => {
  const open = (name: string) => readFileSync(new URL(name, data));

  async function count(bytes: Uint8Array) {
    const entries = await read(chunked(bytes));
    const texts = (defect: Entry['defect']) =>
      entries.filter((entry) => entry.defect === defect).map(({ text }) => text);
    return {
      entries,
      fine: texts(undefined).length,
      malformed: texts('malformed'),
      duplicate: texts('duplicate').length,
    };
  }

  it("reads every row of Nasdaq's screener", async () => {
    const { entries, ...counts } = await count(open('nasdaq-screener-2026-08-22.csv'));
    expect(counts).toEqual({ fine: 7_182, malformed: [], duplicate: 0 });
    const symbols = new Set(entries.map(({ symbol }) => symbol));
    for (const symbol of ['NA', 'ON', 'E', 'T', 'BF.B', 'BRK.A', 'ABRpD', 'RAC.WS'])
      expect(symbols).toContain(symbol);
  });

  it("reads every row of Nasdaq's older list", async () => {
    const { entries, ...counts } = await count(open('nasdaq-companylist-2018-07.csv'));
    expect(entries).toHaveLength(6_869);
    expect(counts).toEqual({
      fine: 6_853,
      malformed: ['GIG~', 'LTN~', 'NTG~', 'SNV^C.CL', 'SOV^C.CL'],
      duplicate: 11,
    });
  });

  it('reads every row of the Nasdaq Trader directory, without its last line', async () => {
    const { entries, ...counts } = await count(gunzipSync(open('nasdaqtraded-2025-12-05.txt.gz')));
    expect(counts).toEqual({ fine: 12_097, malformed: [], duplicate: 0 });
    expect(entries.at(-1)).toEqual({
      symbol: 'ZYXI',
      text: 'ZYXI',
      line: 12_098,
      listing: {
        name: 'Zynex, Inc. - Common Stock',
        exchange: 'NASDAQ',
        instrument: 'common',
        isTest: false,
      },
    });
  });

  it('spells the directory as its CQS column does', async () => {
    const rows = gunzipSync(open('nasdaqtraded-2025-12-05.txt.gz'))
      .toString()
      .trimEnd()
      .split('\n')
      .slice(1, -1);
    const { entries } = await count(gunzipSync(open('nasdaqtraded-2025-12-05.txt.gz')));
    const different = rows.flatMap((row, index) => {
      const cqs = row.split('|')[9];
      const { symbol } = entries[index]!;
      return cqs === '' || cqs === symbol ? [] : [`${symbol} for ${cqs}`];
    });
    // Its other columns write this warrant as they write a class.
    expect(different).toEqual(['NE.A for NE.WS.A']);
  });

  it('reads every line of a plain list', async () => {
    const { entries, ...counts } = await count(open('all-tickers-2026-08-22.txt'));
    expect(counts).toEqual({ fine: 6_813, malformed: [], duplicate: 0 });
    expect(entries.at(-1)).toEqual({ symbol: 'ZYME', text: 'ZYME', line: 6_813 });
  });
});
