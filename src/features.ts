/**
 * The columns of a feature row: what the scoring stage computes of a symbol at its last session, and where it stands.
 *
 * A row is one `Float64Array`; NaN where a value is not available. Units: prices (`sma_20` … `sma_200`, `macd*`, `atr_14`,
 * `swing_*`, `recent_*`, `prior_*`) in dollars; `ret_*`, `mom_12_1`, `sma_200_ret_21`, `atr_pct_14`, `bb_*`, `gap_*`,
 * `realized_vol_*` and `slope_63` as fractions; `max_jump` and `max_spike` as factors from 1; `pct_*` in percent;
 * `since_golden_cross` in sessions; `dollar_vol_*` in dollars a session; `squeeze_on`, `nr7`, `inside_bar`, `new_*` 1 or 0.
 */
import { formatSession } from './session.ts';
import type { FeatureRow, RankedRow, Signal } from './types.ts';

/** What is computed of the bars. The order is the order of output. */
export const FEATURES = [
  'bars',
  'ret_1d',
  'ret_5d',
  'ret_21d',
  'ret_63d',
  'ret_126d',
  'ret_252d',
  'mom_12_1',
  'sma_20',
  'sma_50',
  'sma_150',
  'sma_200',
  'sma_200_ret_21',
  'since_golden_cross',
  'rsi_14',
  'rsi_14_prev',
  'macd',
  'macd_signal',
  'macd_hist',
  'atr_14',
  'atr_pct_14',
  'adx_14',
  'plus_di',
  'minus_di',
  'bb_pctb',
  'bb_width',
  'squeeze_on',
  'stoch_k',
  'stoch_d',
  'mfi_14',
  'cci_20',
  'willr_14',
  'aroon_osc_25',
  'realized_vol_20',
  'realized_vol_60',
  'slope_63',
  'r2_63',
  'pct_from_high_20',
  'pct_from_low_20',
  'pct_from_high_252',
  'pct_from_low_252',
  'new_high_252',
  'new_low_252',
  'prior_high_20',
  'prior_low_20',
  'swing_low_10',
  'swing_high_10',
  'recent_low_5',
  'recent_high_5',
  'nr7',
  'inside_bar',
  'dollar_vol_20',
  'dollar_vol_40',
  'vol_spike_ratio',
  'obv_slope_21',
  'gap_1d',
  'gap_mean_10',
  'close_cv_20',
  'max_jump',
  'max_spike',
  'bad_bars',
] as const;

/** What the row says of the symbol itself, and the classic rating with its six subscores. */
const RATED = [
  'last_session',
  'close',
  'trend',
  'momentum',
  'volume',
  'volatility',
  'oscillator',
  'breakout',
  'raw',
  'risk',
  'rating',
] as const;

export type FeatureName = (typeof FEATURES)[number];
export type ColumnName = FeatureName | (typeof RATED)[number];

const COLUMNS: readonly ColumnName[] = [...FEATURES, ...RATED];

/** Numbers in a row. */
export const ROW_WIDTH = COLUMNS.length;

/** Index of each column in a row. */
export const COLUMN = Object.fromEntries(COLUMNS.map((name, index) => [name, index])) as Readonly<
  Record<ColumnName, number>
>;

/** The classic signal of a row: the rating, confirmed by trend and momentum; mirrored for Short. */
export function signalOf(row: FeatureRow): Signal {
  const rating = row[COLUMN.rating]!;
  const trend = row[COLUMN.trend]!;
  const momentum = row[COLUMN.momentum]!;
  if (rating >= 22 && trend >= 2 && momentum >= 1) return 'Strong Long';
  if (rating >= 16 && trend >= 1) return 'Long';
  if (rating <= -22 && trend <= -2 && momentum <= -1) return 'Strong Short';
  if (rating <= -16 && trend <= -1) return 'Short';
  return 'Avoid';
}

/** The part of a ranked row that follows from the symbol's own feature row. */
export type RatedFields = Pick<RankedRow, 'session' | 'signal' | 'dollar_vol_20' | RatedNumber>;
type RatedNumber =
  | 'close'
  | 'rating'
  | 'raw'
  | 'risk'
  | 'trend'
  | 'momentum'
  | 'volume'
  | 'volatility'
  | 'oscillator'
  | 'breakout';

/** The rated part of a row by name, as output carries it: NaN becomes `null`, the session an ISO date. */
export function describeRow(row: FeatureRow): RatedFields {
  return {
    session: formatSession(row[COLUMN.last_session]!),
    close: row[COLUMN.close]!,
    rating: orNull(row[COLUMN.rating]!),
    signal: signalOf(row),
    raw: row[COLUMN.raw]!,
    risk: orNull(row[COLUMN.risk]!),
    trend: row[COLUMN.trend]!,
    momentum: row[COLUMN.momentum]!,
    volume: row[COLUMN.volume]!,
    volatility: row[COLUMN.volatility]!,
    oscillator: row[COLUMN.oscillator]!,
    breakout: row[COLUMN.breakout]!,
    dollar_vol_20: orNull(row[COLUMN.dollar_vol_20]!),
  };
}

/**
 * Parsed and then copied, an object has its names from its shape; one that grows by so many names, one by one, becomes a
 * hash table, which takes four times as long to make and twice as long to write as JSON.
 */
const NO_FEATURES = JSON.parse(
  JSON.stringify(Object.fromEntries(FEATURES.map((name) => [name, null]))),
) as Record<FeatureName, number | null>;

/** All features of a row by name, NaN as `null`. */
export function describeFeatures(row: FeatureRow): Readonly<Record<FeatureName, number | null>> {
  const features = { ...NO_FEATURES };
  for (let index = 0; index < FEATURES.length; index++) features[FEATURES[index]!] = orNull(row[index]!);
  return features;
}

/** A number as output carries it. */
export function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
