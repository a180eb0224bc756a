import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { COLUMN, type ColumnName, ROW_WIDTH } from '../../src/features.ts';
import { layOutSeries, type Series } from '../../src/series.ts';
import { atr } from '../../src/workers/indicators/atr.ts';
import { computeIndicator } from '../../src/workers/indicators/indicator.ts';
import { macd } from '../../src/workers/indicators/macd.ts';
import { realizedVol } from '../../src/workers/indicators/realized-vol.ts';
import { rsi } from '../../src/workers/indicators/rsi.ts';
import { sma } from '../../src/workers/indicators/sma.ts';
import { writeLastValues } from '../../src/workers/last-values.ts';

const series = fc
  .array(
    fc.tuple(
      fc.oneof(fc.double({ min: 0.5, max: 900, noNaN: true }), fc.integer({ min: 10, max: 12 })),
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.double({ min: 0, max: 0.4, noNaN: true }),
      fc.oneof(fc.constant(0), fc.nat({ max: 1e9 })),
    ),
    { minLength: 1, maxLength: 300, size: 'max' },
  )
  .map((rows): Series => {
    const made = layOutSeries({ bars: rows.length, from: 0, to: 1000, flags: 0 });
    rows.forEach(([close, up, down, volume], bar) => {
      made.session[bar] = bar + 1;
      made.open[bar] = rows[bar - 1]?.[0] ?? close;
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

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('writeLastValues', () => {
  test.prop([series, fc.nat({ max: 40 })], { numRuns: 200 })(
    'equals the last values of the indicators, bit for bit',
    (bars, skipped) => {
      const start = skipped % bars.bars;
      const row = lastValues(bars, start, bars.bars);
      const columns = slice(bars, start, bars.bars);
      const averages = computeIndicator(macd, columns);
      const expected: Partial<Record<ColumnName, number>> = {
        sma_20: computeIndicator(sma, columns).sma.at(-1)!,
        sma_50: computeIndicator(sma, columns, { period: 50 }).sma.at(-1)!,
        sma_200: computeIndicator(sma, columns, { period: 200 }).sma.at(-1)!,
        rsi_14: computeIndicator(rsi, columns).rsi.at(-1)!,
        macd: averages.macd.at(-1)!,
        macd_signal: averages.signal.at(-1)!,
        macd_hist: averages.histogram.at(-1)!,
        atr_14: computeIndicator(atr, columns).atr.at(-1)!,
        realized_vol_20: computeIndicator(realizedVol, columns).realizedVol.at(-1)!,
      };
      for (const [name, value] of Object.entries(expected)) {
        expect([name, row[COLUMN[name as ColumnName]]]).toStrictEqual([name, value]);
      }
    },
  );

  test.prop([series, fc.nat(), fc.nat({ max: 50 })], { numRuns: 300 })(
    'equals the plain formulas of the other features',
    (bars, place, length) => {
      // A part of the series, so that a look beyond it would find a bar there; short ones are where formulas begin.
      const start = place % bars.bars;
      const end = place % 2 === 0 ? bars.bars : Math.min(bars.bars, start + 1 + length);
      const row = lastValues(bars, start, end);
      const count = end - start;
      const last = count - 1;
      const { open, close: closes, volume } = slice(bars, start, end);
      const close = [...closes];
      const dollars = close.map((price, bar) => price * volume[bar]!);
      const price = close[last]!;
      const back = (sessions: number) =>
        count > sessions ? price / close[last - sessions]! - 1 : Number.NaN;
      const from20 = (value: () => number) => (count >= 20 ? value() : Number.NaN);
      const gaps = close.map((_, bar) => Math.abs(open[bar]! - close[bar - 1]!) / close[bar - 1]!);
      const last20 = close.slice(-20);
      const variance = last20.reduce((sum, value) => sum + (value - mean(last20)) ** 2, 0) / 19;
      const expected: Partial<Record<ColumnName, number>> = {
        bars: count,
        last_session: end,
        close: price,
        ret_1d: back(1),
        ret_5d: back(5),
        ret_21d: back(21),
        atr_pct_14: row[COLUMN.atr_14]! / price,
        pct_from_high_20: from20(() => (price / Math.max(...last20) - 1) * 100),
        dollar_vol_20: from20(() => mean(dollars.slice(-20))),
        dollar_vol_40: mean(dollars.slice(-40)),
        vol_spike_ratio: from20(() => dollars[last]! / mean(dollars.slice(-20))),
        gap_mean_10: count > 10 ? mean(gaps.slice(-10)) : Number.NaN,
        close_cv_20: from20(() => Math.sqrt(variance) / mean(last20)),
      };
      for (const [name, value] of Object.entries(expected)) {
        const actual = row[COLUMN[name as ColumnName]]!;
        if (Number.isNaN(value)) expect(actual, name).toBeNaN();
        else
          expect(Math.abs(actual - value), name).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(value), 1e-6));
      }
    },
  );

  test.prop([series])('writes its columns and nothing beside its row', (bars) => {
    const row = new Float64Array(ROW_WIDTH + 7).fill(-1);
    writeLastValues(bars, 0, bars.bars, row, 3);
    expect([...row.subarray(0, 3), ...row.subarray(3 + ROW_WIDTH)]).toStrictEqual([
      -1, -1, -1, -1, -1, -1, -1,
    ]);
  });
});
