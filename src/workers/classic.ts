/**
 * The classic rating: six integer subscores of the last session's features, their weighted sum, and a discount for risk.
 *
 * Each subscore counts conditions and is clipped to −3 … 3; a comparison with NaN is false. The trend counts
 * `sma_20 > sma_50` twice and has no negative side: that is how the rating is defined.
 */
import { COLUMN, ROW_WIDTH } from '../features.ts';
import type { Series } from '../series.ts';
import { writeLastValues } from './last-values.ts';

/** What the rating multiplies with: `raw` is the weighted sum, `rating = raw · (base + bonus · clip(risk, 0, 1))`. */
export interface ClassicWeights {
  readonly trend: number;
  readonly momentum: number;
  readonly volume: number;
  readonly volatility: number;
  readonly oscillator: number;
  readonly breakout: number;
  /** What is left of `raw` at the highest risk. */
  readonly base: number;
  /** What a symbol without risk gets on top of `base`. */
  readonly bonus: number;
  /** `risk = 1 − riskScale · atr_pct_14`: 1 is calm. */
  readonly riskScale: number;
}

export const CLASSIC_WEIGHTS: ClassicWeights = {
  trend: 3,
  momentum: 3,
  volume: 2,
  volatility: 1,
  oscillator: 1,
  breakout: 1,
  base: 0.7,
  bonus: 0.3,
  riskScale: 50,
};

/**
 * Writes the whole row of the bars `start` … `end − 1` of a series to `row` at `offset`: features and rating.
 *
 * Without a bar, `bars` is 0 and everything else NaN.
 */
export function writeRow(
  series: Series,
  start: number,
  end: number,
  weights: ClassicWeights,
  row: Float64Array,
  offset: number,
): void {
  if (start < end) {
    writeLastValues(series, start, end, row, offset);
    writeRating(weights, row, offset);
  } else {
    row.fill(Number.NaN, offset, offset + ROW_WIDTH);
    row[offset + COLUMN.bars] = 0;
  }
}

/** Rates the features that are in `row` at `offset`. */
function writeRating(weights: ClassicWeights, row: Float64Array, offset: number): void {
  const sma50 = row[offset + COLUMN.sma_50]!;
  const rsi = row[offset + COLUMN.rsi_14]!;
  const pctFromHigh = row[offset + COLUMN.pct_from_high_20]!;
  const spike = row[offset + COLUMN.vol_spike_ratio]!;
  const atrPct = row[offset + COLUMN.atr_pct_14]!;

  const trend = 2 * one(row[offset + COLUMN.sma_20]! > sma50) + one(sma50 > row[offset + COLUMN.sma_200]!);
  const momentum =
    one(rsi > 55) +
    one(rsi > 65) -
    one(rsi < 45) -
    one(rsi < 40) +
    one(row[offset + COLUMN.macd_hist]! > 0) +
    one(pctFromHigh > -3);
  const volume = spike > 1.5 ? 2 : spike > 1.2 ? 1 : spike < 0.7 ? -1 : 0;
  const volatility = atrPct < 0.01 ? 1 : atrPct > 0.03 ? -1 : 0;
  const oscillator = rsi >= 55 && rsi <= 65 ? 1 : rsi > 70 || rsi < 40 ? -1 : 0;
  const breakout = one(pctFromHigh > -1) + one(row[offset + COLUMN.ret_5d]! > 0.02);

  const clipped = Math.min(momentum, 3);
  const raw =
    weights.trend * trend +
    weights.momentum * clipped +
    weights.volume * volume +
    weights.volatility * volatility +
    weights.oscillator * oscillator +
    weights.breakout * breakout;
  const risk = 1 - weights.riskScale * atrPct;

  row[offset + COLUMN.trend] = trend;
  row[offset + COLUMN.momentum] = clipped;
  row[offset + COLUMN.volume] = volume;
  row[offset + COLUMN.volatility] = volatility;
  row[offset + COLUMN.oscillator] = oscillator;
  row[offset + COLUMN.breakout] = breakout;
  row[offset + COLUMN.raw] = raw;
  row[offset + COLUMN.risk] = risk;
  row[offset + COLUMN.rating] = raw * (weights.base + weights.bonus * Math.min(Math.max(risk, 0), 1));
}

function one(condition: boolean): number {
  return condition ? 1 : 0;
}
