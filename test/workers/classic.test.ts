import { describe, expect, it } from 'vitest';
import { COLUMN, type ColumnName, ROW_WIDTH } from '../../src/features.ts';
import { layOutSeries, type Series } from '../../src/series.ts';
import { CLASSIC_WEIGHTS, type ClassicWeights, writeRow } from '../../src/workers/classic.ts';

function seriesOf(closes: readonly number[], range = 1): Series {
  const series = layOutSeries({ bars: closes.length, from: 0, to: 1000, flags: 0 });
  closes.forEach((close, bar) => {
    series.session[bar] = bar + 1;
    series.open[bar] = close;
    series.high[bar] = close + range / 2;
    series.low[bar] = close - range / 2;
    series.close[bar] = close;
    series.volume[bar] = 1000;
  });
  return series;
}

function rate(series: Series, weights: ClassicWeights = CLASSIC_WEIGHTS) {
  const row = new Float64Array(ROW_WIDTH);
  writeRow(series, 0, series.bars, weights, row, 0);
  return (name: ColumnName) => row[COLUMN[name]]!;
}

/** A steady rise of 0.3 % a session over 260 sessions, the last one on three times the volume. */
function rising(): Series {
  const series = seriesOf(Array.from({ length: 260 }, (_, bar) => 50 * 1.003 ** bar));
  series.volume[259] = 3000;
  return series;
}

describe('writeRow', () => {
  it('rates a rise on volume, term by term', () => {
    const value = rate(rising());
    expect(
      ['trend', 'momentum', 'volume', 'volatility', 'oscillator', 'breakout'].map((name) =>
        value(name as ColumnName),
      ),
    ).toStrictEqual(
      // RSI 100: overbought; ret_5d 1.5 %: not a breakout by itself, but at the high of 20 sessions.
      [3, 3, 2, 1, -1, 1],
    );
    expect(value('raw')).toBe(9 + 9 + 4 + 1 - 1 + 1);
    expect(value('risk')).toBe(1 - 50 * value('atr_pct_14'));
    expect(value('rating')).toBe(23 * (0.7 + 0.3 * value('risk')));
  });

  it('rates a fall: no negative trend, but a negative momentum', () => {
    const value = rate(
      seriesOf(
        Array.from({ length: 260 }, (_, bar) => 100 * 0.99 ** bar),
        0.1,
      ),
    );
    expect(value('trend')).toBe(0);
    expect(value('momentum')).toBeLessThan(0);
    expect(value('oscillator')).toBe(-1);
    expect(value('breakout')).toBe(0);
  });

  it('leaves `base` of the rating where the risk is at its highest', () => {
    const wild = seriesOf(
      Array.from({ length: 260 }, (_, bar) => 50 + bar / 10),
      20,
    );
    const value = rate(wild);
    expect(value('risk')).toBeLessThan(0);
    expect(value('volatility')).toBe(-1);
    expect(value('rating')).toBe(value('raw') * 0.7);
  });

  it('takes every weight', () => {
    const plain = rate(rising());
    for (const name of ['trend', 'momentum', 'volume', 'volatility', 'oscillator', 'breakout'] as const) {
      const value = rate(rising(), { ...CLASSIC_WEIGHTS, [name]: CLASSIC_WEIGHTS[name] + 10 });
      expect(value('raw') - plain('raw')).toBe(10 * plain(name));
    }
    expect(rate(rising(), { ...CLASSIC_WEIGHTS, riskScale: 0 })('rating')).toBe(23);
    expect(rate(rising(), { ...CLASSIC_WEIGHTS, base: 1, bonus: 0 })('rating')).toBe(23);
  });

  it('reads what has too few bars as not available, and its conditions as false', () => {
    const value = rate(seriesOf([10, 11, 12]));
    expect(value('bars')).toBe(3);
    expect(value('ret_1d')).toBeCloseTo(12 / 11 - 1, 15);
    for (const name of ['sma_20', 'rsi_14', 'macd_hist', 'atr_14', 'risk', 'rating'] as const)
      expect(value(name)).toBeNaN();
    for (const name of [
      'trend',
      'momentum',
      'volume',
      'volatility',
      'oscillator',
      'breakout',
      'raw',
    ] as const) {
      expect(value(name)).toBe(0);
    }
  });

  it('writes a row without bars as 0 bars and nothing else', () => {
    const row = new Float64Array(ROW_WIDTH + 2).fill(-1);
    writeRow(seriesOf([10, 11]), 1, 1, CLASSIC_WEIGHTS, row, 1);
    expect([...row]).toStrictEqual([-1, 0, ...new Array(ROW_WIDTH - 1).fill(Number.NaN), -1]);
  });
});
