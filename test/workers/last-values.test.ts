import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { COLUMN, type ColumnName, FEATURES, ROW_WIDTH } from '../../src/features.ts';
import { layOutSeries, type Series } from '../../src/series.ts';
import { adx } from '../../src/workers/indicators/adx.ts';
import { aroon } from '../../src/workers/indicators/aroon.ts';
import { atr } from '../../src/workers/indicators/atr.ts';
import { bbands } from '../../src/workers/indicators/bbands.ts';
import { cci } from '../../src/workers/indicators/cci.ts';
import { dollarVolume } from '../../src/workers/indicators/dollar-volume.ts';
import { donchian } from '../../src/workers/indicators/donchian.ts';
import { ema } from '../../src/workers/indicators/ema.ts';
import { computeIndicator, type Indicator } from '../../src/workers/indicators/indicator.ts';
import { keltner } from '../../src/workers/indicators/keltner.ts';
import { linreg } from '../../src/workers/indicators/linreg.ts';
import { macd } from '../../src/workers/indicators/macd.ts';
import { mfi } from '../../src/workers/indicators/mfi.ts';
import { obv } from '../../src/workers/indicators/obv.ts';
import { range } from '../../src/workers/indicators/range.ts';
import { realizedVol } from '../../src/workers/indicators/realized-vol.ts';
import { rsi } from '../../src/workers/indicators/rsi.ts';
import { sma } from '../../src/workers/indicators/sma.ts';
import { stoch } from '../../src/workers/indicators/stoch.ts';
import { willr } from '../../src/workers/indicators/willr.ts';
import { writeMacd } from '../../src/workers/last-values/macd.ts';
import { writeWilder } from '../../src/workers/last-values/wilder.ts';
import { writeLastValues } from '../../src/workers/last-values.ts';

const series = fc
  .array(
    fc.tuple(
      fc.oneof(fc.double({ min: 0.5, max: 900, noNaN: true }), fc.integer({ min: 10, max: 12 })),
      // Few values often, so that highs, lows and ranges are equal to others.
      fc.oneof(fc.double({ min: 0, max: 3, noNaN: true }), fc.constantFrom(0, 1)),
      fc.oneof(fc.double({ min: 0, max: 0.4, noNaN: true }), fc.constantFrom(0, 0.25)),
      fc.oneof(fc.constant(0), fc.nat({ max: 1e9 })),
      fc.oneof(fc.double({ min: 0.5, max: 2, noNaN: true }), fc.constant(1)),
    ),
    { minLength: 1, maxLength: 300, size: 'max' },
  )
  .map((rows): Series => {
    const made = layOutSeries({ bars: rows.length, from: 0, to: 1000, flags: 0 });
    rows.forEach(([close, up, down, volume, gap], bar) => {
      made.session[bar] = bar + 1;
      made.open[bar] = (rows[bar - 1]?.[0] ?? close) * gap;
      made.high[bar] = close + up;
      made.low[bar] = close - down;
      made.close[bar] = close;
      made.volume[bar] = volume;
    });
    return made;
  });

function lastValues(bars: Series, start: number, end: number): Float64Array {
  const row = new Float64Array(ROW_WIDTH + 7).fill(-1);
  writeLastValues(bars, start, end, row, 3);
  return row.subarray(3, 3 + ROW_WIDTH);
}

/** Columns `start` … `end − 1` as a series of their own. */
function slice({ open, high, low, close, volume }: Series, start: number, end: number) {
  return {
    open: open.slice(start, end),
    high: high.slice(start, end),
    low: low.slice(start, end),
    close: close.slice(start, end),
    volume: volume.slice(start, end),
  };
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const mean = (values: readonly number[]) => total(values) / values.length;

/** Slope and share explained of the least-squares line through values one bar apart. */
function line(values: readonly number[]) {
  const center = (values.length - 1) / 2;
  const level = mean(values);
  const products = total(values.map((value, at) => (at - center) * (value - level)));
  const spread = total(values.map((_, at) => (at - center) ** 2));
  const squares = total(values.map((value) => (value - level) ** 2));
  return { slope: products / spread, r2: squares === 0 ? 0 : products ** 2 / (spread * squares) };
}

/** How the long averages move, by the averages of every bar. */
function longAverages(columns: ReturnType<typeof slice>): Partial<Record<ColumnName, number>> {
  const slow = computeIndicator(sma, columns, { period: 200 }).sma;
  const fast = computeIndicator(sma, columns, { period: 50 }).sma;
  const crossing = fast.findLastIndex((value, bar) => value > slow[bar]! && fast[bar - 1]! <= slow[bar - 1]!);
  const isAbove = fast.at(-1)! > slow.at(-1)!;
  return {
    sma_200_ret_21: slow.at(-1)! / (slow.at(-22) ?? Number.NaN) - 1,
    since_golden_cross: isAbove && crossing > 0 ? fast.length - 1 - crossing : Number.NaN,
  };
}

/** What indicators with other periods, outputs and names have of the same series. */
function byIndicators(columns: ReturnType<typeof slice>): Partial<Record<ColumnName, number>> {
  const last = <P extends string, O extends string>(
    indicator: Indicator<P, O>,
    parameters: Partial<Record<P, number>> = {},
  ) => {
    const outputs = computeIndicator(indicator, columns, parameters);
    return (output: O) => outputs[output].at(-1)!;
  };
  const averages = last(macd);
  const directed = last(adx);
  const bands = last(bbands);
  const channel = last(keltner);
  const stochastic = last(stoch);
  const line63 = last(linreg);
  const bar = last(range);
  const inside = bands('upper') < channel('upper') && bands('lower') > channel('lower');
  return {
    sma_20: last(sma)('sma'),
    sma_50: last(sma, { period: 50 })('sma'),
    sma_150: last(sma, { period: 150 })('sma'),
    sma_200: last(sma, { period: 200 })('sma'),
    ...longAverages(columns),
    rsi_14: last(rsi)('rsi'),
    rsi_14_prev: computeIndicator(rsi, columns).rsi.at(-2) ?? Number.NaN,
    macd: averages('macd'),
    macd_signal: averages('signal'),
    macd_hist: averages('histogram'),
    atr_14: last(atr)('atr'),
    adx_14: directed('adx'),
    plus_di: directed('plusDi'),
    minus_di: directed('minusDi'),
    bb_pctb: bands('percentB'),
    bb_width: bands('bandwidth'),
    squeeze_on: Number.isNaN(channel('middle')) ? Number.NaN : Number(inside),
    stoch_k: stochastic('k'),
    stoch_d: stochastic('d'),
    mfi_14: last(mfi)('mfi'),
    cci_20: last(cci)('cci'),
    willr_14: last(willr)('willr'),
    aroon_osc_25: last(aroon)('oscillator'),
    realized_vol_20: last(realizedVol)('realizedVol'),
    realized_vol_60: last(realizedVol, { period: 60 })('realizedVol'),
    slope_63: line63('slope') * 252,
    r2_63: line63('r2'),
    swing_low_10: last(donchian, { period: 10 })('lower'),
    swing_high_10: last(donchian, { period: 10 })('upper'),
    prior_low_20: computeIndicator(donchian, columns).lower.at(-2) ?? Number.NaN,
    prior_high_20: computeIndicator(donchian, columns).upper.at(-2) ?? Number.NaN,
    recent_low_5: last(donchian, { period: 5 })('lower'),
    recent_high_5: last(donchian, { period: 5 })('upper'),
    nr7: bar('narrowest'),
    inside_bar: bar('inside'),
    dollar_vol_20: last(dollarVolume)('dollarVolume'),
  };
}

/** The formulas as they are written down, of a series of its own. */
function byFormulas(columns: ReturnType<typeof slice>): Partial<Record<ColumnName, number>> {
  const [open, high, low, close, volume] = (['open', 'high', 'low', 'close', 'volume'] as const).map(
    (name) => [...columns[name]],
  ) as [number[], number[], number[], number[], number[]];
  const count = close.length;
  const price = close.at(-1)!;
  const from = (bars: number, value: () => number) => (count >= bars ? value() : Number.NaN);
  const back = (sessions: number) => from(sessions + 1, () => price / close.at(-1 - sessions)! - 1);
  const dollars = close.map((each, bar) => each * volume[bar]!);
  const gaps = close.map((_, bar) => Math.abs(open[bar]! - close[bar - 1]!) / close[bar - 1]!);
  const last20 = close.slice(-20);
  const variance = last20.reduce((sum, value) => sum + (value - mean(last20)) ** 2, 0) / 19;
  const ranges = high.map((each, bar) => each - low[bar]!);
  const balance = [...computeIndicator(obv, columns).obv];
  const logs = line(close.slice(-63).map(Math.log));
  const factors = close.slice(1).map((each, bar) => each / close[bar]!);
  const jumps = factors.flatMap((each) => [each, 1 / each]);
  const spikes = factors.slice(1).flatMap((each, bar) => {
    return [Math.min(factors[bar]!, 1 / each), Math.min(1 / factors[bar]!, each)];
  });
  return {
    bars: count,
    close: price,
    ret_1d: back(1),
    ret_5d: back(5),
    ret_21d: back(21),
    ret_63d: back(63),
    ret_126d: back(126),
    ret_252d: back(252),
    mom_12_1: from(253, () => close.at(-22)! / close.at(-253)! - 1),
    atr_pct_14: computeIndicator(atr, columns).atr.at(-1)! / price,
    slope_63: from(63, () => logs.slope * 252),
    r2_63: from(63, () => logs.r2),
    pct_from_high_20: from(20, () => (price / Math.max(...last20) - 1) * 100),
    pct_from_low_20: from(20, () => (price / Math.min(...last20) - 1) * 100),
    new_high_252: from(252, () => Number(high.slice(-252).every((each) => high.at(-1)! >= each))),
    new_low_252: from(252, () => Number(low.slice(-252).every((each) => low.at(-1)! <= each))),
    prior_high_20: from(21, () => Math.max(...high.slice(-21, -1))),
    prior_low_20: from(21, () => Math.min(...low.slice(-21, -1))),
    gap_1d: from(2, () => open.at(-1)! / close.at(-2)! - 1),
    max_jump: from(2, () => Math.max(...jumps)),
    max_spike: from(3, () => Math.max(1, ...spikes)),
    bad_bars: close.filter(
      (each, bar) =>
        !(low[bar]! > 0 && open[bar]! > 0) || each < low[bar]! * (1 - 1e-6) || each > high[bar]! * (1 + 1e-6),
    ).length,
    sma_150: from(150, () => mean(close.slice(-150))),
    sma_200_ret_21: from(221, () => mean(close.slice(-200)) / mean(close.slice(-221, -21)) - 1),
    pct_from_high_252: from(252, () => (price / Math.max(...high.slice(-252)) - 1) * 100),
    pct_from_low_252: from(252, () => (price / Math.min(...low.slice(-252)) - 1) * 100),
    swing_low_10: from(10, () => Math.min(...low.slice(-10))),
    swing_high_10: from(10, () => Math.max(...high.slice(-10))),
    recent_low_5: from(5, () => Math.min(...low.slice(-5))),
    recent_high_5: from(5, () => Math.max(...high.slice(-5))),
    nr7: from(7, () => Number(ranges.slice(-7, -1).every((each) => each > ranges.at(-1)!))),
    inside_bar: from(2, () => Number(high.at(-1)! < high.at(-2)! && low.at(-1)! > low.at(-2)!)),
    dollar_vol_20: from(20, () => mean(dollars.slice(-20))),
    dollar_vol_40: mean(dollars.slice(-40)),
    vol_spike_ratio: from(20, () => dollars.at(-1)! / mean(dollars.slice(-20))),
    obv_slope_21: from(21, () => line(balance.slice(-21)).slope / mean(volume.slice(-21))),
    gap_mean_10: from(11, () => mean(gaps.slice(-10))),
    close_cv_20: from(20, () => Math.sqrt(variance) / mean(last20)),
  };
}

/** Equal to 1e-9 of the value, or of 1e-6 where it is smaller. */
function expectClose(row: Float64Array, expected: Partial<Record<ColumnName, number>>): void {
  for (const [name, value] of Object.entries(expected)) {
    const actual = row[COLUMN[name as ColumnName]]!;
    if (Number.isNaN(value)) expect(actual, name).toBeNaN();
    else expect(Math.abs(actual - value), name).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(value), 1e-6));
  }
}

type Prices = Partial<Record<'high' | 'low' | 'close' | 'volume', number>>;

function build(bars: number, at: (bar: number) => Prices): Series {
  const columns = layOutSeries({ bars, from: 0, to: bars, flags: 0 });
  for (let bar = 0; bar < bars; bar++) {
    const { close = 10, high = close, low = close, volume = 1000 } = at(bar);
    columns.open[bar] = close;
    columns.high[bar] = high;
    columns.low[bar] = low;
    columns.close[bar] = close;
    columns.volume[bar] = volume;
  }
  return columns;
}

/** The last values of a series, by name. */
function made(bars: number, at: (bar: number) => Prices) {
  const row = lastValues(build(bars, at), 0, bars);
  return (name: ColumnName) => row[COLUMN[name]]!;
}

/** Long series shrink slowly: a failure is told within this time. */
const bounded = { interruptAfterTimeLimit: 10_000, markInterruptAsFailure: true };

describe('writeLastValues', () => {
  test.prop([series, fc.nat({ max: 40 })], { ...bounded, numRuns: 200 })(
    'equals the last values of the indicators, bit for bit',
    (bars, skipped) => {
      const start = skipped % bars.bars;
      const row = lastValues(bars, start, bars.bars);
      for (const [name, value] of Object.entries(byIndicators(slice(bars, start, bars.bars)))) {
        expect([name, row[COLUMN[name as ColumnName]]]).toStrictEqual([name, value]);
      }
    },
  );

  test.prop([series, fc.nat(), fc.nat({ max: 70 })], { ...bounded, numRuns: 300 })(
    'equals the formulas as they are written down',
    (bars, place, length) => {
      // A part of the series, so that a look beyond it would find a bar there; short ones are where formulas begin.
      const start = place % bars.bars;
      const end = place % 2 === 0 ? bars.bars : Math.min(bars.bars, start + 1 + length);
      const row = lastValues(bars, start, end);
      expect(row[COLUMN.last_session]).toBe(end);
      expectClose(row, byFormulas(slice(bars, start, end)));
    },
  );

  test.prop([series, fc.nat()], bounded)(
    'makes a Keltner channel of EMA(20) and ATR(10), bit for bit',
    (bars, place) => {
      const start = place % bars.bars;
      const columns = slice(bars, start, bars.bars);
      const row = new Float64Array(ROW_WIDTH);
      expect([
        writeMacd(bars, start, bars.bars, row, 0),
        writeWilder(bars, start, bars.bars, row, 0),
      ]).toStrictEqual([
        computeIndicator(ema, columns, { period: 20 }).ema.at(-1),
        computeIndicator(atr, columns, { period: 10 }).atr.at(-1),
      ]);
    },
  );

  test.prop([series, fc.nat({ max: 40 }), fc.nat({ max: 40 })], bounded)(
    'is the same whatever stands before and after its bars',
    (bars, skipped, later) => {
      const start = skipped % bars.bars;
      const end = Math.max(start + 1, bars.bars - later);
      const expected = lastValues(bars, start, end);
      for (const column of [bars.open, bars.high, bars.low, bars.close, bars.volume]) {
        column.fill(Number.NaN, 0, start).fill(Number.NaN, end);
      }
      expect(lastValues(bars, start, end)).toStrictEqual(expected);
    },
  );

  it('begins every feature at the bar that completes what it looks at', () => {
    // Before its first bar there are others, which are not to be looked at.
    const before = 100;
    const whole = build(before + 300, (bar) => ({ close: 10 + (bar % 7) }));
    const begins = (name: ColumnName) => {
      let bars = 1;
      while (bars < 300 && Number.isNaN(lastValues(whole, before, before + bars)[COLUMN[name]])) bars++;
      return bars;
    };
    expect(Object.fromEntries(FEATURES.map((name) => [name, begins(name)]))).toStrictEqual({
      ...{ bars: 1, ret_1d: 2, ret_5d: 6, ret_21d: 22, ret_63d: 64, ret_126d: 127, ret_252d: 253 },
      ...{ mom_12_1: 253, sma_20: 20, sma_50: 50, sma_150: 150, sma_200: 200, sma_200_ret_21: 221 },
      // Where these closes have their first crossing.
      ...{ since_golden_cross: 205, rsi_14: 15, rsi_14_prev: 16 },
      ...{ macd: 34, macd_signal: 34, macd_hist: 34, atr_14: 15, atr_pct_14: 15 },
      ...{ adx_14: 28, plus_di: 15, minus_di: 15, bb_pctb: 20, bb_width: 20, squeeze_on: 20 },
      ...{ stoch_k: 18, stoch_d: 18, mfi_14: 15, cci_20: 20, willr_14: 14, aroon_osc_25: 26 },
      ...{ realized_vol_20: 21, realized_vol_60: 61, slope_63: 63, r2_63: 63 },
      ...{ pct_from_high_20: 20, pct_from_low_20: 20, pct_from_high_252: 252, pct_from_low_252: 252 },
      ...{ new_high_252: 252, new_low_252: 252, prior_high_20: 21, prior_low_20: 21 },
      ...{ swing_low_10: 10, swing_high_10: 10, recent_low_5: 5, recent_high_5: 5, nr7: 7, inside_bar: 2 },
      ...{ dollar_vol_20: 20, dollar_vol_40: 1, vol_spike_ratio: 20, obv_slope_21: 21 },
      ...{ gap_1d: 2, gap_mean_10: 11, close_cv_20: 20, max_jump: 2, max_spike: 3, bad_bars: 1 },
    });
  });

  it.each([
    ['a price that is not above zero', { low: 0 }, 1],
    ['an open that is not above zero', { open: -1 }, 1],
    ['a high below the low', { high: 8, close: 8 }, 1],
    ['a close above the high', { close: 13 }, 1],
    ['a close below the low', { close: 8.9 }, 1],
    ['a close above the high by less than is rounded', { close: 12.000_001 }, 0],
    ['an open beyond high and low', { open: 20 }, 0],
  ])('counts a bar with %s as it should', (_what, changed, count) => {
    const bar = { open: 10, high: 12, low: 9, close: 11, ...changed };
    const bars = build(30, () => ({}));
    for (const name of ['open', 'high', 'low', 'close'] as const) {
      bars[name].fill({ open: 10, high: 12, low: 9, close: 11 }[name]);
      bars[name][7] = bar[name];
    }
    expect(lastValues(bars, 0, 30)[COLUMN.bad_bars]).toBe(count);
  });

  it('reads a series that never moves without a division by its range', () => {
    const value = made(300, () => ({}));
    const read = (...names: ColumnName[]) => names.map(value);
    expect(read('rsi_14', 'adx_14', 'plus_di', 'minus_di', 'mfi_14')).toStrictEqual([0, 0, 0, 0, 0]);
    expect(read('stoch_k', 'stoch_d', 'cci_20', 'willr_14', 'aroon_osc_25')).toStrictEqual([0, 0, 0, 0, 0]);
    expect(read('slope_63', 'r2_63', 'bb_width', 'obv_slope_21')).toStrictEqual([0, 0, 0, 0]);
    expect(read('nr7', 'inside_bar', 'squeeze_on')).toStrictEqual([0, 0, 0]);
    expect(value('bb_pctb')).toBeNaN();
  });

  it('counts sessions from the first one that has the short average above the long one', () => {
    const since = (bars: number) =>
      made(bars, (bar) => ({ close: bar < 210 ? 10 : 11 }))('since_golden_cross');
    expect([210, 211, 212, 259].map(since)).toStrictEqual([Number.NaN, 0, 1, 48]);
  });

  it('sees a crossing from the second session on that has the long average', () => {
    // There are bars before, by which the long average would begin earlier.
    const since = (from: number) =>
      lastValues(
        build(301, (bar) => ({ close: bar < from ? 10 : 11 })),
        100,
        301,
      )[COLUMN.since_golden_cross];
    expect([299, 300].map(since)).toStrictEqual([Number.NaN, 0]);
  });

  it('knows of no crossing where the short average is above the long one at all bars that are seen', () => {
    const value = made(300, (bar) => ({ close: 10 + bar / 10 }));
    expect(value('sma_50')).toBeGreaterThan(value('sma_200'));
    expect(value('since_golden_cross')).toBeNaN();
  });

  it('has no crossing once the short average is below again', () => {
    const value = made(300, (bar) => ({ close: bar < 210 || bar > 230 ? 10 : 11 }));
    expect(value('sma_50')).toBeLessThan(value('sma_200'));
    expect(value('since_golden_cross')).toBeNaN();
  });

  it('takes averages that are equal but for rounding as equal', () => {
    // Whatever these cents leave in a sum that goes back over them: before them, the averages are one.
    for (let cents = 1; cents < 60; cents++) {
      const value = made(259, (bar) => ({ close: bar < 220 ? 0.1 : 0.1 + (bar - 219) * cents * 0.01 }));
      expect(value('since_golden_cross'), `${cents} cents`).toBe(38);
    }
  });

  it('takes a high as new where it equals the highest one, whatever the close', () => {
    const rising = made(252, (bar) => ({ high: bar === 100 || bar === 251 ? 12 : 11, low: 9 }));
    expect([rising('new_high_252'), rising('pct_from_high_252') < 0]).toStrictEqual([1, true]);
    const passed = made(252, (bar) => ({ high: bar === 100 ? 12 : 11, low: bar === 100 ? 8 : 9 }));
    expect([passed('new_high_252'), passed('new_low_252')]).toStrictEqual([0, 0]);
    expect(rising('new_low_252')).toBe(1);
  });

  it('leaves the last session out of the prior extremes', () => {
    const value = made(21, (bar) => ({ high: bar === 20 ? 20 : 11 + bar / 100, low: bar === 20 ? 1 : 9 }));
    expect([value('prior_high_20'), value('prior_low_20')]).toStrictEqual([11.19, 9]);
  });

  it.each([1, 20, 33, 34, 35, 58])('finds a bad print at bar %i of 60, either way', (place) => {
    const print = (price: number) => made(60, (bar) => ({ close: bar === place ? price : 10 }));
    expect([print(80)('max_jump'), print(80)('max_spike')]).toStrictEqual([8, 8]);
    expect([print(2)('max_jump'), print(2)('max_spike')]).toStrictEqual([5, 5]);
  });

  it('has a jump but no spike where a close stays, or has one neighbour only', () => {
    const split = made(60, (bar) => ({ close: bar < 40 ? 10 : 40 }));
    expect([split('max_jump'), split('max_spike')]).toStrictEqual([4, 1]);
    for (const place of [0, 59]) {
      const value = made(60, (bar) => ({ close: bar === place ? 40 : 10 }));
      expect([value('max_jump'), value('max_spike')]).toStrictEqual([4, 1]);
    }
  });

  it.each([0, -5])('takes a close of %i as infinitely far from one above 0', (close) => {
    const hole = made(60, (bar) => ({ close: bar === 40 ? close : 10 }));
    expect([hole('max_jump'), hole('max_spike')]).toStrictEqual([Infinity, Infinity]);
    const worthless = made(60, () => ({ close }));
    expect([worthless('max_jump'), worthless('max_spike')]).toStrictEqual([1, 1]);
  });

  it('has no volume to compare with where nothing is traded', () => {
    const value = made(60, (bar) => ({ close: 10 + bar, volume: 0 }));
    expect(value('obv_slope_21')).toBeNaN();
    expect(value('vol_spike_ratio')).toBeNaN();
    expect(value('mfi_14')).toBe(0);
  });

  it('fits a line to exponential growth: its rate a year, not compounded', () => {
    const value = made(63, (bar) => ({ close: 20 * Math.exp(0.001 * bar) }));
    expect(value('slope_63')).toBeCloseTo(0.252, 12);
    expect(value('r2_63')).toBeCloseTo(1, 12);
    expect(value('r2_63')).toBeLessThanOrEqual(1);
  });

  it('has no slope through a close of 0', () => {
    const value = made(63, (bar) => ({ close: bar === 40 ? 0 : 10 }));
    expect(value('slope_63')).toBeNaN();
    expect(value('r2_63')).toBeNaN();
  });

  it('squeezes where closes are calmer than their ranges', () => {
    const swing = (bar: number) => 10 + (bar % 2);
    expect(made(60, (bar) => ({ close: swing(bar), high: 13, low: 8 }))('squeeze_on')).toBe(1);
    expect(made(60, (bar) => ({ close: bar < 50 ? 10 : 20 }))('squeeze_on')).toBe(0);
  });

  it('counts the latest of equal extremes as the highest and the lowest', () => {
    const value = made(40, (bar) => ({ high: bar === 20 || bar === 36 ? 12 : 11, low: bar === 15 ? 8 : 9 }));
    expect(value('aroon_osc_25')).toBe(4 * (36 - 15));
  });

  test.prop([series])('writes its columns and nothing beside its row', (bars) => {
    const row = new Float64Array(ROW_WIDTH + 7).fill(-1);
    writeLastValues(bars, 0, bars.bars, row, 3);
    expect([...row.subarray(0, 3), ...row.subarray(3 + ROW_WIDTH)]).toStrictEqual([
      -1, -1, -1, -1, -1, -1, -1,
    ]);
  });
});
