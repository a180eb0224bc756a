import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { describeMarket, MarketBreadth } from '../../src/cross-section/market-context.ts';
import { COLUMN, type ColumnName, ROW_WIDTH } from '../../src/features.ts';
import type { FeatureRow } from '../../src/types.ts';

type Columns = Readonly<Partial<Record<ColumnName, number>>>;

const UP = { close: 110, sma_50: 100, sma_200: 80, realized_vol_20: 0.2, realized_vol_60: 0.2 };
const DOWN = { ...UP, close: 90, sma_200: 125 };

const rowOf = (columns: Columns): FeatureRow => {
  const row = new Float64Array(ROW_WIDTH).fill(Number.NaN);
  for (const [name, value] of Object.entries(columns)) row[COLUMN[name as ColumnName]] = value;
  return row;
};
const ofBenchmark = (columns: Columns) => describeMarket({ benchmark: rowOf(columns), rows: [] });
const ofSymbols = (...rows: Columns[]) => describeMarket({ benchmark: undefined, rows: rows.map(rowOf) });

describe('describeMarket', () => {
  it('describes the benchmark and the symbols as computed by hand', () => {
    const rows = [
      { ...UP, ret_1d: 0.01, pct_from_high_252: 0, pct_from_low_252: 60 },
      { ...UP, ret_1d: 0, pct_from_high_252: -0.01, pct_from_low_252: 0.01 },
      { ...DOWN, ret_1d: -0.02, pct_from_high_252: -40, pct_from_low_252: 0 },
      { ...UP, sma_200: Number.NaN, ret_1d: 0.03 },
      { close: 5 },
    ].map(rowOf);
    const context = describeMarket({ benchmark: rowOf({ ...UP, realized_vol_20: 0.3 }), rows });
    expect(context).toEqual({
      basis: 'SPY',
      trend: 'up',
      volatility: 'high',
      close_to_sma_50: expect.closeTo(0.1, 12),
      sma_50_to_sma_200: 0.25,
      vol_ratio: expect.closeTo(1.5, 12),
      breadth: {
        symbols: 5,
        above_sma_50: 0.75,
        above_sma_200: 2 / 3,
        advancers: 2,
        decliners: 1,
        unchanged: 1,
        new_highs_252: 1,
        new_lows_252: 1,
      },
    });
  });

  it('names the benchmark that it is given', () => {
    expect(describeMarket({ benchmark: rowOf(UP), symbol: 'QQQ', rows: [] }).basis).toBe('QQQ');
  });

  it.each([
    ['up', UP],
    ['down', DOWN],
    ['sideways', { ...UP, close: 100 }],
    ['sideways', { ...UP, close: 99 }],
    ['sideways', { ...UP, sma_200: 100 }],
    ['sideways', { ...DOWN, close: 101 }],
    ['sideways', { ...DOWN, sma_200: 100 }],
    ['sideways', { ...DOWN, close: 100 }],
    // The smallest difference that doubles have.
    ['up', { close: 100 + 2 ** -46, sma_50: 100, sma_200: 100 - 2 ** -46 }],
    [null, { ...UP, sma_200: Number.NaN }],
    [null, { ...UP, sma_50: Number.NaN }],
  ])('calls the trend %s', (trend, columns) => {
    expect(ofBenchmark(columns).trend).toBe(trend);
  });

  it.each([
    ['high', 1.26],
    ['normal', 1.25],
    ['normal', 0.8],
    ['low', 0.79],
    [null, Number.NaN],
  ])('calls the volatility %s at a ratio of %d', (volatility, realized_vol_20) => {
    expect(ofBenchmark({ realized_vol_20, realized_vol_60: 1 }).volatility).toBe(volatility);
  });

  it('has no volatility of prices that stand still', () => {
    const still = { ...UP, realized_vol_20: 0, realized_vol_60: 0 };
    expect(ofBenchmark(still)).toMatchObject({ trend: 'up', volatility: null, vol_ratio: null });
    expect(ofSymbols(still, UP)).toMatchObject({ volatility: 'normal', vol_ratio: 1 });
  });

  it('takes the mean of the symbols where there is no benchmark', () => {
    const rows = [
      { close: 150, sma_50: 100, sma_200: 80, realized_vol_20: 0.1, realized_vol_60: 0.2 },
      { close: 75, sma_50: 100, sma_200: 80, realized_vol_20: 0.2, realized_vol_60: 0.2 },
      { close: 100, sma_50: 100 },
    ];
    expect(ofSymbols(...rows)).toMatchObject({
      basis: 'equal-weight',
      trend: 'up',
      volatility: 'low',
      close_to_sma_50: expect.closeTo(0.25 / 3, 9),
      sma_50_to_sma_200: 0.25,
      vol_ratio: 0.75,
    });
  });

  it('survives as JSON where nothing is available', () => {
    const context = ofSymbols();
    expect(JSON.parse(JSON.stringify(context))).toEqual(context);
    expect(context).toEqual({
      basis: 'equal-weight',
      trend: null,
      volatility: null,
      close_to_sma_50: null,
      sma_50_to_sma_200: null,
      vol_ratio: null,
      breadth: {
        symbols: 0,
        above_sma_50: null,
        above_sma_200: null,
        advancers: 0,
        decliners: 0,
        unchanged: 0,
        new_highs_252: 0,
        new_lows_252: 0,
      },
    });
  });
});

describe('MarketBreadth', () => {
  it('describes what has been added so far', () => {
    const market = new MarketBreadth();
    market.add(rowOf({ ...UP, ret_1d: 0.1 }));
    expect(market.describe(undefined)).toMatchObject({ trend: 'up', breadth: { symbols: 1, advancers: 1 } });
    market.add(rowOf({ ...DOWN, close: 10, sma_200: 1e4, ret_1d: -0.1 }));
    expect(market.describe(undefined)).toMatchObject({ breadth: { symbols: 2, decliners: 1 } });
  });

  const value = fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: 0.1, max: 1000, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
  );
  const row = fc
    .record({
      close: value,
      sma_50: value,
      sma_200: value,
      realized_vol_20: value,
      realized_vol_60: value,
      ret_1d: fc.constantFrom(-0.01, 0, 0.01, Number.NaN),
      pct_from_high_252: fc.constantFrom(-5, 0, Number.NaN),
      pct_from_low_252: fc.constantFrom(5, 0, Number.NaN),
    })
    .map(rowOf);
  const shuffled = fc
    .array(row, { maxLength: 60, size: 'max' })
    .chain((rows) =>
      fc.tuple(
        fc.constant(rows),
        fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length }),
      ),
    );

  test.prop([shuffled])('gives the same to the last digit, in whatever order', ([rows, others]) => {
    expect(describeMarket({ benchmark: undefined, rows: others })).toEqual(
      describeMarket({ benchmark: undefined, rows }),
    );
  });

  test.prop([fc.array(row, { maxLength: 60, size: 'max' })])('equals the plain means and counts', (rows) => {
    const available = (of: (get: (name: ColumnName) => number) => number) =>
      rows.map((each) => of((name) => each[COLUMN[name]]!)).filter((number) => !Number.isNaN(number));
    const mean = (numbers: number[]) =>
      numbers.length === 0 ? null : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    const near = (number: number | null) => (number === null ? null : expect.closeTo(number, 7));
    const share = (name: 'sma_50' | 'sma_200') =>
      mean(available((get) => (Number.isNaN(get(name)) ? Number.NaN : Number(get('close') > get(name)))));
    expect(describeMarket({ benchmark: undefined, rows })).toMatchObject({
      close_to_sma_50: near(mean(available((get) => get('close') / get('sma_50') - 1))),
      sma_50_to_sma_200: near(mean(available((get) => get('sma_50') / get('sma_200') - 1))),
      vol_ratio: near(mean(available((get) => get('realized_vol_20') / get('realized_vol_60')))),
      breadth: {
        symbols: rows.length,
        above_sma_50: near(share('sma_50')),
        above_sma_200: near(share('sma_200')),
        advancers: available((get) => get('ret_1d')).filter((change) => change > 0).length,
        new_highs_252: available((get) => get('pct_from_high_252')).filter((percent) => percent === 0).length,
      },
    });
  });
});
