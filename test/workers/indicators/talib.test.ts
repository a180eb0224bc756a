import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { atr } from '../../../src/workers/indicators/atr.ts';
import { ema } from '../../../src/workers/indicators/ema.ts';
import { computeIndicator, type Indicator } from '../../../src/workers/indicators/indicator.ts';
import { macd } from '../../../src/workers/indicators/macd.ts';
import { rsi } from '../../../src/workers/indicators/rsi.ts';
import { sma } from '../../../src/workers/indicators/sma.ts';

const VECTORS = fileURLToPath(
  new URL('../../../../shared/data/indicator-vectors/talib/full/', import.meta.url),
);

/** Columns of TA-Lib's output, and what they are here. */
const COLUMNS: readonly [
  column: string,
  indicator: Indicator,
  output: string,
  parameters: Record<string, number>,
][] = [
  ...[5, 20, 50, 200].map((period) => [`SMA_${period}`, sma, 'sma', { period }] as const),
  ...[9, 12, 20, 26, 50, 200].map((period) => [`EMA_${period}`, ema, 'ema', { period }] as const),
  ...[2, 14].map((period) => [`RSI_${period}`, rsi, 'rsi', { period }] as const),
  ['MACD_12_26_9', macd, 'macd', {}],
  ['MACD_SIGNAL_12_26_9', macd, 'signal', {}],
  ['MACD_HIST_12_26_9', macd, 'histogram', {}],
  ['ATR_14', atr, 'atr', {}],
].map(([column, indicator, output, parameters]) => [column, indicator, output, parameters] as never);

describe.skipIf(!existsSync(VECTORS))('the output of TA-Lib', () => {
  const files = existsSync(VECTORS) ? readdirSync(VECTORS) : [];

  it('is there for several series', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it.each(files)('is reproduced for %s', (file) => {
    const [header, ...lines] = gunzipSync(readFileSync(VECTORS + file))
      .toString()
      .trim()
      .split('\n');
    const names = header!.trim().split(',');
    const cells = lines.map((line) => line.trim().split(','));
    const column = (name: string) => {
      const index = names.indexOf(name);
      return Float64Array.from(cells, (row) => (row[index] ? Number(row[index]) : Number.NaN));
    };
    const bars = {
      open: column('open'),
      high: column('high'),
      low: column('low'),
      close: column('close'),
      volume: column('volume'),
    };
    for (const [name, indicator, output, parameters] of COLUMNS) {
      expect(names).toContain(name);
      const expected = column(name);
      const actual = computeIndicator(indicator, bars, parameters)[output]!;
      expected.forEach((value, bar) => {
        const where = `${name} at bar ${bar}: ${actual[bar]} for ${value}`;
        if (Number.isNaN(value)) expect(actual[bar], where).toBeNaN();
        // The vectors have 12 digits, of prices where a value is a difference of prices.
        else
          expect(Math.abs(actual[bar]! - value), where).toBeLessThanOrEqual(
            1e-9 * Math.abs(value) + 1e-12 * bars.close[bar]!,
          );
      });
    }
  });
});
