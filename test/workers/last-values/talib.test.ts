import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { COLUMN, type FeatureName, ROW_WIDTH } from '../../../src/features.ts';
import { layOutSeries } from '../../../src/series.ts';
import { writeLastValues } from '../../../src/workers/last-values.ts';

const VECTORS = fileURLToPath(
  new URL('../../../../shared/data/indicator-vectors/talib/full/', import.meta.url),
);

/** A column of TA-Lib's output at the last bar of a prefix. */
type At = (column: string, back?: number) => number;

interface Expectation {
  readonly value: (at: At) => number;
  /** What rounding is a share of, where the value is a small difference of larger ones; the value itself by default. */
  readonly scale?: (at: At) => number;
}

const column = (name: string): Expectation => ({ value: (at) => at(name) });
/** A difference of prices. */
const ofPrices = (name: string): Expectation => ({ value: (at) => at(name), scale: (at) => at('close') });
const percent = (name: string): Expectation => ({ value: (at) => at(name), scale: () => 1 });
const change = (name: string): Expectation => ({ value: (at) => at(name) / 100, scale: () => 1 });
/** Of 21 bars; NaN with fewer. */
const meanVolume = (at: At) => {
  let volume = 0;
  for (let back = 0; back < 21; back++) volume += at('volume', back);
  return volume / 21;
};
const bandWidth = (at: At) => at('BB_UP_20_2') - at('BB_LOW_20_2');

/** To the digits of the vectors. */
const reaches = (value: number, top: number) =>
  Number.isNaN(top) ? Number.NaN : Number(value >= top - 1e-11 * Math.abs(top));

/** Features that TA-Lib has, or that follow from what it has. */
const EXPECTED: Partial<Record<FeatureName, Expectation>> = {
  ret_1d: change('ROC_1'),
  ret_63d: change('ROC_63'),
  ret_126d: change('ROC_126'),
  sma_20: column('SMA_20'),
  sma_50: column('SMA_50'),
  sma_200: column('SMA_200'),
  since_golden_cross: {
    value: (at) => {
      let back = 0;
      while (at('SMA_50', back) > at('SMA_200', back)) back++;
      return back > 0 && at('SMA_50', back) <= at('SMA_200', back) ? back - 1 : Number.NaN;
    },
  },
  sma_200_ret_21: { value: (at) => at('SMA_200') / at('SMA_200', 21) - 1, scale: () => 1 },
  rsi_14: percent('RSI_14'),
  rsi_14_prev: { value: (at) => at('RSI_14', 1), scale: () => 1 },
  macd: ofPrices('MACD_12_26_9'),
  macd_signal: ofPrices('MACD_SIGNAL_12_26_9'),
  macd_hist: ofPrices('MACD_HIST_12_26_9'),
  atr_14: column('ATR_14'),
  atr_pct_14: { value: (at) => at('NATR_14') / 100 },
  adx_14: percent('ADX_14'),
  plus_di: percent('PLUS_DI_14'),
  minus_di: percent('MINUS_DI_14'),
  bb_pctb: {
    value: (at) => (at('close') - at('BB_LOW_20_2')) / bandWidth(at),
    scale: (at) => at('close') / bandWidth(at),
  },
  bb_width: { value: (at) => bandWidth(at) / at('BB_MID_20_2'), scale: () => 1 },
  stoch_k: percent('STOCH_K_14_3_3'),
  stoch_d: percent('STOCH_D_14_3_3'),
  mfi_14: percent('MFI_14'),
  cci_20: percent('CCI_20'),
  willr_14: percent('WILLR_14'),
  aroon_osc_25: column('AROONOSC_25'),
  prior_high_20: { value: (at) => at('MAX_HIGH_20', 1) },
  prior_low_20: { value: (at) => at('MIN_LOW_20', 1) },
  new_high_252: { value: (at) => reaches(at('high'), at('MAX_HIGH_252')) },
  new_low_252: { value: (at) => reaches(-at('low'), -at('MIN_LOW_252')) },
  pct_from_high_252: { value: (at) => (at('close') / at('MAX_HIGH_252') - 1) * 100, scale: () => 1 },
  pct_from_low_252: { value: (at) => (at('close') / at('MIN_LOW_252') - 1) * 100, scale: () => 1 },
  obv_slope_21: {
    value: (at) => {
      let products = 0;
      for (let back = 0; back < 21; back++) products += (10 - back) * at('OBV', back);
      return products / 770 / meanVolume(at);
    },
    scale: (at) => Math.abs(at('OBV') / meanVolume(at)),
  },
};

interface Vector {
  readonly file: string;
  readonly bars: number;
  readonly column: (name: string) => Float64Array;
}

function readVector(file: string): Vector {
  const [header, ...lines] = gunzipSync(readFileSync(VECTORS + file))
    .toString()
    .trim()
    .split('\n');
  const names = header!.trim().split(',');
  const cells = lines.map((line) => line.trim().split(','));
  const columns = new Map(
    names.map((name, index) => [
      name,
      Float64Array.from(cells, (row) => (row[index] ? Number(row[index]) : Number.NaN)),
    ]),
  );
  return { file, bars: lines.length, column: (name) => columns.get(name)! };
}

/** The rows of all prefixes of a vector. */
function rowsOf({ bars, column }: Vector): Float64Array[] {
  const series = layOutSeries({ bars, from: 0, to: bars, flags: 0 });
  for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) series[name].set(column(name));
  return Array.from({ length: bars }, (_, last) => {
    const row = new Float64Array(ROW_WIDTH);
    writeLastValues(series, 0, last + 1, row, 0);
    return row;
  });
}

describe.skipIf(!existsSync(VECTORS))('the output of TA-Lib', () => {
  let vectors: (Vector & { readonly rows: readonly Float64Array[] })[];

  beforeAll(() => {
    vectors = readdirSync(VECTORS).map((file) => {
      const vector = readVector(file);
      return { ...vector, rows: rowsOf(vector) };
    });
  });

  it('is there for several series', () => {
    expect(vectors.length).toBeGreaterThan(10);
  });

  it.each(Object.entries(EXPECTED))('is reproduced as %s of every prefix', (name, { value, scale }) => {
    let compared = 0;
    for (const { file, bars, column, rows } of vectors) {
      for (let last = 0; last < bars; last++) {
        const at: At = (of, back = 0) => column(of)[last - back] ?? Number.NaN;
        const expected = value(at);
        const actual = rows[last]![COLUMN[name as FeatureName]]!;
        const where = `${file}, bar ${last}: ${actual} for ${expected}`;
        if (Number.isNaN(expected)) {
          expect(actual, where).toBeNaN();
        } else {
          compared++;
          const size = Math.max(Math.abs(expected), scale?.(at) ?? 0);
          // The vectors have 12 digits.
          expect(Math.abs(actual - expected), where).toBeLessThanOrEqual(1e-11 * size);
        }
      }
    }
    expect(compared).toBeGreaterThan(100);
  });
});
