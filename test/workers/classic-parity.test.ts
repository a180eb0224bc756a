import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { COLUMN, type ColumnName, signalOf } from '../../src/features.ts';
import type { Series } from '../../src/series.ts';
import { formatSession } from '../../src/session.ts';
import { FINDATA, readFindata, rowOf } from '../support/findata.ts';

const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const CLASSIC = `${DATA}classic/classic-findata-2018-07-17.csv.gz`;
/** With fewer bars the original has other formulas, which are read as not available here. */
const MIN_BARS = 26;

/** Columns of the original, and what they are here. */
const COLUMNS: Readonly<Record<string, ColumnName>> = {
  bars: 'bars',
  ret_1d: 'ret_1d',
  ret_5d: 'ret_5d',
  ret_21d: 'ret_21d',
  atr_pct_14: 'atr_pct_14',
  sma_20: 'sma_20',
  sma_50: 'sma_50',
  sma_200: 'sma_200',
  pct_from_high20: 'pct_from_high_20',
  rsi_14: 'rsi_14',
  macd_hist: 'macd_hist',
  dollar_vol_20: 'dollar_vol_20',
  vol_spike_ratio: 'vol_spike_ratio',
  gap_mean_10: 'gap_mean_10',
  TrendScore: 'trend',
  MomentumScore: 'momentum',
  VolumeScore: 'volume',
  VolatilityScore: 'volatility',
  OscillatorScore: 'oscillator',
  BreakoutScore: 'breakout',
  TechRating_raw: 'raw',
  TechRating: 'rating',
  RiskScore: 'risk',
};

type Record_ = Readonly<Record<string, string>>;

function readOriginal(): Record_[] {
  const [header, ...lines] = gunzipSync(readFileSync(CLASSIC)).toString('latin1').trimEnd().split(/\r?\n/);
  const names = header!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, cells[index]!]));
  });
}

/** An empty cell is NaN. */
const numberOf = (cell: string) => (cell === '' ? Number.NaN : Number(cell));

function isClose(actual: number, expected: number): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(actual);
  return Math.abs(actual - expected) <= 1e-9 * Math.abs(expected) + 1e-12;
}

describe.skipIf(!existsSync(FINDATA) || !existsSync(CLASSIC))('the classic rating of a whole market', () => {
  let original: Record_[];
  let series: Map<string, Series>;
  let rows: Map<string, Float64Array>;

  beforeAll(() => {
    original = readOriginal();
    series = readFindata();
    rows = new Map([...series].map(([symbol, columns]) => [symbol, rowOf(columns)]));
  }, 120_000);

  const judged = () => original.filter(({ bars }) => Number(bars) >= MIN_BARS);

  it('is over all its symbols', () => {
    expect(judged().length).toBeGreaterThan(5700);
    expect(original.every(({ symbol }) => rows.has(symbol!))).toBe(true);
  });

  it.each(Object.entries(COLUMNS))('equals %s of the original as %s', (theirs, ours) => {
    const different = judged().filter(
      (expected) => !isClose(rows.get(expected.symbol!)![COLUMN[ours]]!, numberOf(expected[theirs]!)),
    );
    expect(different.map(({ symbol }) => symbol)).toStrictEqual([]);
  });

  it('equals the signal, the risk flag and the last session of the original', () => {
    const different = judged().filter(({ symbol, Signal, IsUltraRisky, last_session }) => {
      const row = rows.get(symbol!)!;
      return (
        signalOf(row) !== Signal ||
        String(row[COLUMN.risk]! < 0.12) !== IsUltraRisky ||
        formatSession(row[COLUMN.last_session]!) !== last_session
      );
    });
    expect(different).toStrictEqual([]);
  });

  it('equals the realized volatility of the original, to the rounding of its sliding variance', () => {
    const beyond: string[] = [];
    for (const { symbol, vol_realized_20 } of judged()) {
      const expected = numberOf(vol_realized_20!);
      const actual = rows.get(symbol!)![COLUMN.realized_vol_20]!;
      if (Number.isNaN(expected) ? Number.isNaN(actual) : Math.abs(actual - expected) <= 1e-9 * expected)
        continue;
      // A variance that slides keeps the rounding of squares that have left its window. One return of garbage (a price
      // 34,000 times the one before) leaves more of that than a whole calm window has variance.
      const { close } = series.get(symbol!)!;
      let largest = 0;
      for (let bar = 1; bar < close.length; bar++) {
        largest = Math.max(largest, Math.abs(close[bar]! / close[bar - 1]! - 1));
      }
      const difference = Math.abs(actual ** 2 - expected ** 2) / 252;
      expect(difference, symbol!).toBeLessThanOrEqual(Number.EPSILON * Math.max(largest, 1) ** 2);
      if (largest > 100) beyond.push(symbol!);
    }
    expect(beyond.sort()).toStrictEqual(['BKI', 'CTX', 'HMI', 'INDU', 'KNG', 'LBC', 'STG', 'WELL']);
  });

  it('filters what the original filters, from the columns of a row', () => {
    const different = original.filter(({ symbol, passes_basic_filters }) => {
      const row = rows.get(symbol!)!;
      const passes =
        row[COLUMN.bars]! >= 20 &&
        row[COLUMN.close]! >= 1 &&
        row[COLUMN.dollar_vol_40]! >= 250_000 &&
        !(row[COLUMN.close_cv_20]! > 0.5);
      return String(passes) !== passes_basic_filters;
    });
    expect(different.map(({ symbol }) => symbol)).toStrictEqual([]);
  });
});
