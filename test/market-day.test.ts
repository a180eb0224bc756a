import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { readBlockHeader } from '../src/block.ts';
import {
  createSymbolList,
  type DayBar,
  encodeMarketDay,
  FLAG_FORMING,
  findRows,
  symbolAt,
  viewMarketDay,
} from '../src/market-day.ts';

const SESSION = 20_000;
const bar = (symbol: string, close = 1): DayBar => ({
  symbol,
  open: close - 1,
  high: close + 2,
  low: close - 2,
  close,
  volume: 100 * close,
});

/** The rows of an encoded day, as plain values. */
function rowsOf(bytes: Uint8Array): DayBar[] {
  const day = viewMarketDay(bytes);
  return Array.from({ length: day.rows }, (_, row) => ({
    symbol: symbolAt(day, row),
    open: day.open[row]!,
    high: day.high[row]!,
    low: day.low[row]!,
    close: day.close[row]!,
    volume: day.volume[row]!,
  }));
}

/** Few letters and no common length: many names are beginnings of others. */
const symbol = fc.string({
  unit: fc.constantFrom('A', 'B', 'p', '.', 'é', '丈', '😀'),
  minLength: 1,
  maxLength: 6,
});
const symbols = fc.array(symbol, { maxLength: 60, size: 'max' });

describe('a market day', () => {
  test.prop([symbols])('has one row a symbol, ascending by bytes, the last bar of each', (names) => {
    const bars = names.map((name, index) => bar(name, index));
    const expected = [...new Map(bars.map((one) => [one.symbol, one])).values()].sort((a, b) =>
      Buffer.compare(Buffer.from(a.symbol), Buffer.from(b.symbol)),
    );
    expect(rowsOf(encodeMarketDay(SESSION, bars))).toEqual(expected);
  });

  it('has the header of a stored block', () => {
    const bytes = encodeMarketDay(SESSION, [bar('A'), bar('B')], FLAG_FORMING);
    expect(readBlockHeader(bytes)).toEqual({
      kind: 'market-day',
      count: 2,
      from: SESSION,
      to: SESSION,
      flags: FLAG_FORMING,
      oldest: undefined,
      newest: undefined,
      seal: 0,
    });
    expect(viewMarketDay(bytes)).toMatchObject({ rows: 2, session: SESSION, flags: FLAG_FORMING });
  });

  it('may have no rows', () => {
    expect(rowsOf(encodeMarketDay(SESSION, []))).toEqual([]);
  });

  it('is read from the middle of a larger block', () => {
    const bytes = encodeMarketDay(SESSION, [bar('A', 7), bar('BRK.B', 8)]);
    const block = new Uint8Array(bytes.length + 48).fill(255);
    block.set(bytes, 16);
    expect(rowsOf(block.subarray(16, 16 + bytes.length))).toEqual([bar('A', 7), bar('BRK.B', 8)]);
  });

  it('is told from other bytes', () => {
    const bytes = encodeMarketDay(SESSION, [bar('A'), bar('B')]);
    const foreign = bytes.slice();
    foreign[0] = 0;
    for (const other of [
      new Uint8Array(0),
      new Uint8Array(64),
      foreign,
      bytes.slice(0, 40),
      bytes.slice(0, -1),
      Buffer.concat([bytes, Buffer.alloc(1)]),
    ]) {
      expect(() => viewMarketDay(new Uint8Array(other))).toThrow('Expected an encoded market day');
    }
  });
});

describe('findRows', () => {
  test.prop([symbols, symbols])(
    'finds each symbol of a list where it is, and only there',
    (there, wanted) => {
      const day = viewMarketDay(
        encodeMarketDay(
          SESSION,
          there.map((name) => bar(name)),
        ),
      );
      const found = findRows(day, createSymbolList(wanted));
      expect(Array.from(found, (row) => (row < 0 ? undefined : symbolAt(day, row)))).toEqual(
        wanted.map((name) => (there.includes(name) ? name : undefined)),
      );
    },
  );

  it('uses one list for many days', () => {
    const list = createSymbolList(['B', 'A', 'C', 'B']);
    const rows = (...names: string[]) =>
      Array.from(
        findRows(
          viewMarketDay(
            encodeMarketDay(
              SESSION,
              names.map((name) => bar(name)),
            ),
          ),
          list,
        ),
      );
    expect(rows('A', 'B', 'C')).toEqual([1, 0, 2, 1]);
    expect(rows('AB', 'B')).toEqual([1, -1, -1, 1]);
    expect(rows()).toEqual([-1, -1, -1, -1]);
  });
});
