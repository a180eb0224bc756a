import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { INDICATORS } from '../../../src/workers/indicators/index.ts';
import { type BarColumns, computeIndicator } from '../../../src/workers/indicators/indicator.ts';
import { type BarRow, columnsOf, flatBars, mapColumns, walk } from './bars.ts';

/** The outputs of an indicator at the last bar, by name. */
function last(id: string, columns: BarColumns, parameters = {}): Record<string, number> {
  const indicator = INDICATORS.find((each) => each.id === id)!;
  const outputs = computeIndicator(indicator, columns, parameters);
  return Object.fromEntries(indicator.outputs.map((output) => [output, outputs[output]!.at(-1)!]));
}

/** Bars whose four prices are one. */
function closes(...prices: readonly number[]): BarColumns {
  return columnsOf(prices.map((price) => [price, price, price, price, 100] as const));
}

/** Bars of a high and a low; the close is halfway. */
function ranges(...bars: readonly (readonly [high: number, low: number])[]): BarColumns {
  return columnsOf(bars.map(([high, low]) => [low, high, low, (high + low) / 2, 100] as const));
}

const price = fc.double({ min: 0.01, max: 10_000, noNaN: true });

describe('a flat series', () => {
  test.prop([price])(
    'reads as exactly its price where prices are averaged, so that they compare as equal',
    (at) => {
      const flat = flatBars(at);
      expect(last('sma', flat, { period: 20 })).toStrictEqual({ sma: at });
      expect(last('sma', flat, { period: 50 })).toStrictEqual({ sma: at });
      // The typical price of equal prices is (p + p + p) / 3, which may be rounded.
      expect(last('vwap_n', flat)).toStrictEqual({ vwap: (at + at + at) / 3 });
      expect(last('donchian', flat)).toStrictEqual({ upper: at, middle: at, lower: at });
      expect(last('psar', flat)).toStrictEqual({ psar: at });
    },
  );

  test.prop([price])('has no deviation, and no place in a band that has no width', (at) => {
    const flat = flatBars(at);
    expect(last('stddev', flat)).toStrictEqual({ stddev: 0 });
    expect(last('realized_vol', flat)).toStrictEqual({ realizedVol: 0 });
    expect(last('bbands', flat)).toStrictEqual({
      upper: at,
      middle: at,
      lower: at,
      percentB: Number.NaN,
      bandwidth: 0,
    });
    expect(last('linreg', flat)).toStrictEqual({ slope: 0, r2: Number.NaN });
  });

  test.prop([price])('reads 0 where TA-Lib does', (at) => {
    const flat = flatBars(at);
    expect(last('rsi', flat)).toStrictEqual({ rsi: 0 });
    expect(last('atr', flat)).toStrictEqual({ atr: 0 });
    expect(last('adx', flat)).toStrictEqual({ adx: 0, plusDi: 0, minusDi: 0, dx: 0 });
    expect(last('stoch', flat)).toStrictEqual({ k: 0, d: 0 });
    expect(last('mfi', flat)).toStrictEqual({ mfi: 0 });
    expect(last('cci', flat)).toStrictEqual({ cci: 0 });
    expect(last('willr', flat)).toStrictEqual({ willr: 0 });
    expect(last('roc', flat)).toStrictEqual({ roc: 0 });
    expect(last('range_n', flat)).toStrictEqual({ narrowest: 0, inside: 0 });
  });

  it('reads the latest of equal extremes as the extreme', () => {
    expect(last('aroon', flatBars(7))).toStrictEqual({ up: 100, down: 100, oscillator: 0 });
  });

  it('has no direction where bars have a range and do not move', () => {
    const still = Array.from({ length: 40 }, (): BarRow => [10, 11, 9, 10, 100]);
    expect(last('adx', columnsOf(still))).toStrictEqual({ adx: 0, plusDi: 0, minusDi: 0, dx: 0 });
  });

  it('keeps ADX and DX as they were when the movement stops', () => {
    const rise = Array.from({ length: 40 }, (_, bar): BarRow => [10, 11 + bar, 9 + bar, 10 + bar, 100]);
    const { adx, dx } = last('adx', columnsOf(rise), { period: 3 });
    expect([adx, dx]).toStrictEqual([100, 100]);
    // So long that the decaying sums fall below what counts as zero.
    const stop = Array.from({ length: 100 }, (): BarRow => [49, 49, 49, 49, 100]);
    expect(last('adx', columnsOf([...rise, ...stop]), { period: 3 })).toStrictEqual({
      adx: 100,
      dx: 100,
      plusDi: 0,
      minusDi: 0,
    });
  });
});

describe('a series without volume', () => {
  const untraded = mapColumns(walk(60), { volume: () => 0 });

  it('has no volume-weighted price, no flow and no balance', () => {
    expect(last('vwap_n', untraded)).toStrictEqual({ vwap: Number.NaN });
    expect(last('mfi', untraded)).toStrictEqual({ mfi: 0 });
    expect(last('obv', untraded)).toStrictEqual({ obv: 0 });
    expect(last('dollar_volume', untraded)).toStrictEqual({ dollarVolume: 0 });
  });

  it('has them again as soon as it trades', () => {
    const columns = walk(61);
    columns.volume.fill(0, 0, 60);
    const { high, low, close, volume } = columns;
    expect(last('vwap_n', columns).vwap).toBeCloseTo((high[60]! + low[60]! + close[60]!) / 3, 12);
    expect(last('dollar_volume', columns).dollarVolume).toBeCloseTo((close[60]! * volume[60]!) / 20, 6);
  });
});

describe('a series in one direction', () => {
  const rising = closes(...Array.from({ length: 60 }, (_, bar) => 10 + bar));
  const falling = closes(...Array.from({ length: 60 }, (_, bar) => 100 - bar));

  it('reads the ends of the oscillators', () => {
    expect(last('rsi', rising)).toStrictEqual({ rsi: 100 });
    expect(last('rsi', falling)).toStrictEqual({ rsi: 0 });
    expect(last('mfi', rising)).toStrictEqual({ mfi: 100 });
    expect(last('stoch', rising)).toStrictEqual({ k: 100, d: 100 });
    expect(last('willr', falling)).toStrictEqual({ willr: -100 });
    expect(last('aroon', rising)).toStrictEqual({ up: 100, down: 0, oscillator: 100 });
    expect(last('adx', falling)).toStrictEqual({ adx: 100, plusDi: 0, minusDi: 100, dx: 100 });
  });

  it('has its stops on the other side', () => {
    expect(last('psar', rising).psar).toBeLessThan(69);
    expect(last('psar', falling).psar).toBeGreaterThan(41);
    expect(last('supertrend', rising).direction).toBe(1);
    expect(last('supertrend', rising).supertrend).toBeCloseTo(69 - 3, 9);
    expect(last('supertrend', falling).direction).toBe(-1);
    expect(last('supertrend', falling).supertrend).toBeCloseTo(41 + 3, 9);
  });

  it('lies on its line where it grows by the same share every session', () => {
    const growing = closes(...Array.from({ length: 70 }, (_, bar) => 10 * 1.01 ** bar));
    const { slope, r2 } = last('linreg', growing);
    expect(slope).toBeCloseTo(Math.log(1.01), 12);
    expect(r2).toBeCloseTo(1, 12);
  });
});

describe('single definitions', () => {
  it('swaps the periods of a MACD whose fast one is the slow one', () => {
    expect(last('macd', walk(60), { fast: 26, slow: 12 })).toStrictEqual(last('macd', walk(60)));
  });

  it('reads a change from a close of 0 as 0, and one to it as −100', () => {
    expect(last('roc', closes(0, 5), { period: 1 })).toStrictEqual({ roc: 0 });
    expect(last('roc', closes(5, 0), { period: 1 })).toStrictEqual({ roc: -100 });
  });

  it('loses a close that has no logarithm with the window', () => {
    const columns = walk(80);
    columns.close[10] = 0;
    const { slope } = computeIndicator(INDICATORS.find(({ id }) => id === 'linreg')!, columns, { period: 5 });
    expect([...slope!].map(Number.isNaN)).toStrictEqual(
      Array.from({ length: 80 }, (_, bar) => bar < 4 || (bar >= 10 && bar < 15)),
    );
  });

  it('counts money flows of less than a dollar in all as none', () => {
    expect(last('mfi', mapColumns(closes(1, 2, 1), { volume: () => 0.33 }), { period: 2 })).toStrictEqual({
      mfi: 0,
    });
    expect(last('mfi', mapColumns(closes(1, 2, 1), { volume: () => 0.34 }), { period: 2 }).mfi).toBeCloseTo(
      200 / 3,
      9,
    );
  });

  it('counts a narrowest range and an inside bar only where all others are wider', () => {
    expect(last('range_n', ranges([10, 5], [9, 5], [8, 5], [9, 7]), { period: 4 })).toStrictEqual({
      narrowest: 1,
      inside: 0,
    });
    expect(last('range_n', ranges([10, 5], [9, 7], [8, 5], [9, 7]), { period: 4 })).toStrictEqual({
      narrowest: 0,
      inside: 0,
    });
    expect(last('range_n', ranges([10, 5], [9, 6]))).toStrictEqual({ narrowest: Number.NaN, inside: 1 });
    expect(last('range_n', ranges([10, 5], [10, 6]))).toStrictEqual({ narrowest: Number.NaN, inside: 0 });
    expect(last('range_n', ranges([10, 5], [9, 5]))).toStrictEqual({ narrowest: Number.NaN, inside: 0 });
  });

  it('starts a parabolic SAR downward only where the low falls by more than the high rises', () => {
    expect(last('psar', ranges([10, 5], [9, 4]))).toStrictEqual({ psar: 10 });
    expect(last('psar', ranges([10, 5], [12, 5.5]))).toStrictEqual({ psar: 5 });
    expect(last('psar', ranges([10, 5], [8, 6]))).toStrictEqual({ psar: 5 });
    // A bar beyond the one before on both sides turns the stop at once: where to says where it was.
    expect(last('psar', ranges([10, 5], [10.5, 4]))).toStrictEqual({ psar: 4 });
    expect(last('psar', ranges([10, 5], [11.5, 4.5]))).toStrictEqual({ psar: 11.5 });
    expect(last('psar', ranges([10, 5], [11, 4]))).toStrictEqual({ psar: 11 });
    // So does one that only touches it.
    expect(last('psar', ranges([10, 5], [12, 5]))).toStrictEqual({ psar: 12 });
    expect(last('psar', ranges([10, 5], [10, 4]))).toStrictEqual({ psar: 4 });
  });

  it('turns a parabolic SAR to the farther end of the bar that turns it', () => {
    expect(last('psar', ranges([10, 5], [12, 6], [13, 4]))).toStrictEqual({ psar: 13 });
    expect(last('psar', ranges([10, 5], [9, 4], [11, 3]))).toStrictEqual({ psar: 3 });
  });

  it('counts a step of a parabolic SAR above its maximum as the maximum', () => {
    const psar = INDICATORS.find(({ id }) => id === 'psar')!;
    expect(computeIndicator(psar, walk(60), { step: 0.5, max: 0.1 })).toStrictEqual(
      computeIndicator(psar, walk(60), { step: 0.1, max: 0.1 }),
    );
  });

  it('starts a Supertrend upward from a close in the middle, and turns it at a close at the stop', () => {
    const given = { period: 1, multiplier: 1 };
    const rows: readonly BarRow[] = [
      [9, 10, 8, 9, 100],
      [9, 10, 8, 9, 100],
      [9, 9, 7, 7, 100],
    ];
    expect(last('supertrend', columnsOf(rows.slice(0, 2)), given)).toStrictEqual({
      supertrend: 7,
      direction: 1,
    });
    expect(last('supertrend', columnsOf(rows), given)).toStrictEqual({ supertrend: 10, direction: -1 });
  });
});
