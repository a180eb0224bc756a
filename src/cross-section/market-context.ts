import { COLUMN } from '../features.ts';
import type { FeatureRow, MarketContext, SymbolId } from '../types.ts';

export interface Market {
  /** `undefined` where its bars could not be had. */
  readonly benchmark: FeatureRow | undefined;
  /**
   * The benchmark's symbol.
   * @default 'SPY'
   */
  readonly symbol?: SymbolId;
  readonly rows: Iterable<FeatureRow>;
}

/** Describes the market that `rows` are the symbols of: `MarketBreadth` in one call. */
export function describeMarket({ benchmark, symbol, rows }: Market): MarketContext {
  const market = new MarketBreadth();
  for (const row of rows) market.add(row);
  return market.describe(benchmark, symbol);
}

/**
 * Counts the symbols of a scan, and then describes the market they make.
 *
 * The order in which rows are added does not matter. Holds: a dozen numbers, no row.
 */
export class MarketBreadth {
  #symbols = 0;
  #advancers = 0;
  #decliners = 0;
  #unchanged = 0;
  #newHighs = 0;
  #newLows = 0;
  readonly #aboveSma50 = new Mean();
  readonly #aboveSma200 = new Mean();
  readonly #closeToSma50 = new Mean();
  readonly #sma50ToSma200 = new Mean();
  readonly #volRatio = new Mean();

  add(row: FeatureRow): void {
    const close = row[COLUMN.close]!;
    const change = row[COLUMN.ret_1d]!;
    this.#symbols++;
    this.#advancers += Number(change > 0);
    this.#decliners += Number(change < 0);
    this.#unchanged += Number(change === 0);
    this.#newHighs += Number(row[COLUMN.pct_from_high_252]! >= 0);
    this.#newLows += Number(row[COLUMN.pct_from_low_252]! <= 0);
    this.#aboveSma50.add(isAbove(close, row[COLUMN.sma_50]!));
    this.#aboveSma200.add(isAbove(close, row[COLUMN.sma_200]!));
    this.#closeToSma50.add(closeToSma50(row));
    this.#sma50ToSma200.add(sma50ToSma200(row));
    this.#volRatio.add(volRatio(row));
  }

  /**
   * The market so far. The trend is up where close > sma_50 > sma_200, down where close < sma_50 < sma_200, otherwise
   * sideways; the volatility is high where the ratio is above 1.25, low where it is below 0.8, otherwise normal. A
   * benchmark too young for a label leaves it `null`.
   *
   * Without a benchmark, each of the three quantities is its mean over the symbols that have it, all weighing the same,
   * and the trend is up where both distances are above 0, down where both are below.
   */
  describe(benchmark: FeatureRow | undefined, symbol: SymbolId = 'SPY'): MarketContext {
    const distance = benchmark ? closeToSma50(benchmark) : this.#closeToSma50.value;
    const slope = benchmark ? sma50ToSma200(benchmark) : this.#sma50ToSma200.value;
    const ratio = benchmark ? volRatio(benchmark) : this.#volRatio.value;
    return {
      basis: benchmark ? symbol : 'equal-weight',
      trend: trendOf(distance, slope),
      volatility: volatilityOf(ratio),
      close_to_sma_50: orNull(distance),
      sma_50_to_sma_200: orNull(slope),
      vol_ratio: orNull(ratio),
      breadth: {
        symbols: this.#symbols,
        above_sma_50: orNull(this.#aboveSma50.value),
        above_sma_200: orNull(this.#aboveSma200.value),
        advancers: this.#advancers,
        decliners: this.#decliners,
        unchanged: this.#unchanged,
        new_highs_252: this.#newHighs,
        new_lows_252: this.#newLows,
      },
    };
  }
}

/** The mean of what is available of many values near 1, to 2⁻³⁰. */
class Mean {
  // In whole steps, whose sum is exact: otherwise the order of adding would show in the last digits.
  static readonly #STEPS = 2 ** 30;
  #sum = 0;
  #count = 0;

  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.#sum += Math.round(value * Mean.#STEPS);
    this.#count++;
  }

  /** NaN of nothing. */
  get value(): number {
    return this.#sum / Mean.#STEPS / this.#count;
  }
}

function closeToSma50(row: FeatureRow): number {
  return row[COLUMN.close]! / row[COLUMN.sma_50]! - 1;
}

function sma50ToSma200(row: FeatureRow): number {
  return row[COLUMN.sma_50]! / row[COLUMN.sma_200]! - 1;
}

function volRatio(row: FeatureRow): number {
  return row[COLUMN.realized_vol_20]! / row[COLUMN.realized_vol_60]!;
}

/** 1 or 0; NaN where there is no average. */
function isAbove(close: number, average: number): number {
  return Number.isNaN(average) ? Number.NaN : Number(close > average);
}

function trendOf(distance: number, slope: number): MarketContext['trend'] {
  if (!Number.isFinite(distance) || !Number.isFinite(slope)) return null;
  if (distance > 0 && slope > 0) return 'up';
  return distance < 0 && slope < 0 ? 'down' : 'sideways';
}

function volatilityOf(ratio: number): MarketContext['volatility'] {
  if (!Number.isFinite(ratio)) return null;
  if (ratio > 1.25) return 'high';
  return ratio < 0.8 ? 'low' : 'normal';
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
