import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FLAG_FORMING, symbolAt, viewMarketDay } from '../../../src/market-day.ts';
import { parseSession } from '../../../src/session.ts';
import { decodePolygonSnapshot } from '../../../src/workers/decoders/polygon-snapshot.ts';

const SESSION = parseSession('2026-07-17');
const RECORDED = fileURLToPath(
  new URL(
    '../../../../shared/data/provider-fixtures/polygon/snapshot-v2_snapshot_locale_us_markets_stocks_tickers.json',
    import.meta.url,
  ),
);

const encode = (value: object) => new TextEncoder().encode(JSON.stringify(value));
const at = (time: string) => Date.parse(time) * 1e6;
const ticker = (symbol: unknown, extra: object = {}) => ({
  ticker: symbol,
  todaysChange: -0.124,
  updated: at('2026-07-17T15:30:00Z'),
  day: { o: 10, h: 12, l: 9, c: 11, v: 500.5, vw: 10.5 },
  lastTrade: { c: [14, 41], p: 20.5 },
  prevDay: { o: 1, h: 2, l: 3, c: 4, v: 5 },
  ...extra,
});

function decode(body: Uint8Array, session = SESSION) {
  const { bytes, unusable, doubled } = decodePolygonSnapshot([body], session);
  const day = viewMarketDay(bytes);
  const rows = Array.from({ length: day.rows }, (_, row) => [
    symbolAt(day, row),
    day.open[row],
    day.high[row],
    day.low[row],
    day.close[row],
    day.volume[row],
  ]);
  return { rows, unusable, doubled, flags: day.flags, session: day.session };
}

const namesOf = (...tickers: object[]) =>
  decode(encode({ status: 'OK', tickers })).rows.map(([name]) => name);

describe('decodePolygonSnapshot', () => {
  it('has the bar of today so far, flagged as forming', () => {
    expect(decode(encode({ tickers: [ticker('B'), ticker('A')], status: 'DELAYED', count: 2 }))).toEqual({
      rows: [
        ['A', 10, 12, 9, 11, 500.5],
        ['B', 10, 12, 9, 11, 500.5],
      ],
      unusable: 0,
      doubled: 0,
      flags: FLAG_FORMING,
      session: SESSION,
    });
  });

  it('has no row for a symbol that was not traded yet', () => {
    expect(namesOf(ticker('A', { day: { o: 0, h: 0, l: 0, c: 0, v: 0 }, updated: 0 }), ticker('B'))).toEqual([
      'B',
    ]);
    expect(namesOf(ticker('A', { day: { o: 0, h: 0, l: 0, c: 0, v: 0 } }))).toEqual([]);
  });

  it.each([
    ['2026-07-17T08:00:00Z', true],
    ['2026-07-17T23:59:59Z', true],
    ['2026-07-16T23:59:59Z', false],
    ['2026-07-18T08:00:00Z', false],
  ])('takes an update at %s for one of that day in New York: %s', (time, isOfToday) => {
    expect(namesOf(ticker('A', { updated: at(time) }))).toEqual(isOfToday ? ['A'] : []);
  });

  it.each([
    ['2026-01-15T09:00:00Z', true],
    ['2026-01-16T00:59:59Z', true],
    ['2026-01-15T00:59:59Z', false],
  ])('takes an update at %s for one of that day in winter: %s', (time, isOfToday) => {
    const body = encode({ status: 'OK', tickers: [ticker('A', { updated: at(time) })] });
    expect(decode(body, parseSession('2026-01-15')).rows).toHaveLength(isOfToday ? 1 : 0);
  });

  it('leaves out what is no bar, and counts it', () => {
    const tickers = [
      ticker('A'),
      ticker('B', { day: null }),
      ticker('C', { day: undefined }),
      ticker('D', { day: { o: 1, h: 1, l: 1, c: null, v: 1 } }),
      ticker('E', { updated: null }),
      ticker(undefined),
      {},
    ];
    const { rows, unusable } = decode(encode({ status: 'OK', tickers }));
    expect([rows.map(([name]) => name), unusable]).toEqual([['A'], 6]);
  });

  it('takes values from `day` only, wherever it stands', () => {
    const { day, ...rest } = ticker('A');
    const strange = { ...rest, min: { o: 99, T: 'X' }, day: { ...day, T: 'Y', t: 5 }, o: 77, T: 'Z' };
    expect(decode(encode({ status: 'OK', tickers: [strange] })).rows).toEqual([['A', 10, 12, 9, 11, 500.5]]);
  });

  it.each([{}, { tickers: null }, { tickers: [] }])('takes %j for a day without rows', (body) => {
    expect(decode(encode({ status: 'OK', ...body })).rows).toEqual([]);
  });

  it('fails on an error with status 200', () => {
    expect(() => decode(encode({ status: 'ERROR', error: 'no' }))).toThrow('The provider answered ERROR: no');
  });

  it.skipIf(!existsSync(RECORDED))('reads the recorded answer of the real service', () => {
    const { response } = JSON.parse(readFileSync(RECORDED, 'utf8')) as { response: { body: object } };
    expect(decode(encode(response.body), parseSession('2020-11-12'))).toMatchObject({
      rows: [['BCAT', 20.64, 20.64, 20.506, 20.506, 37_216]],
      unusable: 0,
    });
    expect(decode(encode(response.body), parseSession('2020-11-13')).rows).toEqual([]);
  });
});
