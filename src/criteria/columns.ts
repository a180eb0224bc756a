/** The columns that an expression can ask for: type, meaning, and where the value comes from. */
import { FACTOR_NAMES } from '../cross-section/factors.ts';
import { COLUMN, type ColumnName, signalOf } from '../features.ts';
import { LISTING_FIELDS, type ListingField } from '../listing.ts';
import type { Subject } from '../types.ts';

export interface CriteriaColumn {
  readonly type: 'number' | 'text';
  readonly meaning: string;
  /** Whether it is known only when all symbols were scored. */
  readonly needsMarket: boolean;
  /** NaN or the empty text where it is not available. */
  readonly read: (subject: Subject) => number | string;
}

/** Of the row. Units are those of `features.ts`. */
const ROW_MEANINGS: Readonly<Record<Exclude<ColumnName, 'last_session'>, string>> = {
  bars: 'sessions used',
  ret_1d: 'return of 1 session, a fraction',
  ret_5d: 'return of 5 sessions, a fraction',
  ret_21d: 'return of 21 sessions, a fraction',
  ret_63d: 'return of 63 sessions, a fraction',
  ret_126d: 'return of 126 sessions, a fraction',
  ret_252d: 'return of 252 sessions, a fraction',
  mom_12_1: 'return of a year without its last month, a fraction',
  sma_20: 'mean of the last 20 closes, dollars',
  sma_50: 'mean of the last 50 closes, dollars',
  sma_150: 'mean of the last 150 closes, dollars',
  sma_200: 'mean of the last 200 closes, dollars',
  sma_200_ret_21: 'change of `sma_200` over 21 sessions, a fraction',
  since_golden_cross: 'sessions since `sma_50` crossed above `sma_200`, while it is above',
  rsi_14: 'relative strength index, 0 to 100',
  rsi_14_prev: '`rsi_14` one session before',
  macd: 'EMA(12) less EMA(26) of closes, dollars',
  macd_signal: 'EMA(9) of `macd`, dollars',
  macd_hist: '`macd` less `macd_signal`, dollars',
  atr_14: 'average true range, dollars',
  atr_pct_14: '`atr_14` over the close, a fraction',
  adx_14: 'average directional index, 0 to 100',
  plus_di: 'upward directional indicator, 0 to 100',
  minus_di: 'downward directional indicator, 0 to 100',
  bb_pctb: 'close between the Bollinger bands, 0 at the lower one and 1 at the upper',
  bb_width: 'distance of the Bollinger bands over `sma_20`, a fraction',
  squeeze_on: '1 where the Bollinger bands are inside the Keltner channel, else 0',
  stoch_k: 'slow stochastic, 0 to 100',
  stoch_d: 'mean of the last 3 `stoch_k`, 0 to 100',
  mfi_14: 'money flow index, 0 to 100',
  cci_20: 'commodity channel index',
  willr_14: 'Williams %R, −100 to 0',
  aroon_osc_25: 'Aroon oscillator, −100 to 100',
  realized_vol_20: 'volatility of 20 daily returns, a fraction a year',
  realized_vol_60: 'volatility of 60 daily returns, a fraction a year',
  slope_63: 'slope of the logarithms of 63 closes, a year',
  r2_63: 'how much of their variation that slope explains, 0 to 1',
  pct_from_high_20: 'close against the highest of 20 closes, percent (0 or below)',
  pct_from_low_20: 'close against the lowest of 20 closes, percent (0 or above)',
  pct_from_high_252: 'close against the highest high of 252 sessions, percent (0 or below)',
  pct_from_low_252: 'close against the lowest low of 252 sessions, percent (0 or above)',
  new_high_252: '1 where the last high is the highest of 252 sessions, else 0',
  new_low_252: '1 where the last low is the lowest of 252 sessions, else 0',
  prior_high_20: 'highest high of the 20 sessions before the last, dollars',
  prior_low_20: 'lowest low of the 20 sessions before the last, dollars',
  swing_low_10: 'lowest low of 10 sessions, dollars',
  swing_high_10: 'highest high of 10 sessions, dollars',
  recent_low_5: 'lowest low of 5 sessions, dollars',
  recent_high_5: 'highest high of 5 sessions, dollars',
  nr7: '1 where the last range is the narrowest of 7, else 0',
  inside_bar: '1 where the last bar is inside the one before, else 0',
  dollar_vol_20: 'mean of close × volume over 20 sessions, dollars',
  dollar_vol_40: 'mean of close × volume over 40 sessions, dollars',
  vol_spike_ratio: 'last close × volume over `dollar_vol_20`',
  obv_slope_21: 'slope of on-balance volume over 21 sessions, mean volumes a session',
  gap_1d: 'last open against the close before, a fraction',
  gap_mean_10: 'mean size of the gaps of 10 sessions, a fraction',
  close_cv_20: 'deviation of the last 20 closes over their mean',
  max_jump: 'largest factor between two closes in succession, from 1',
  max_spike: 'largest factor by which a close stands out from both its neighbours, from 1',
  bad_bars: 'bars whose prices cannot be',
  close: 'last close, dollars',
  trend: 'classic subscore, −3 to 3',
  momentum: 'classic subscore, −3 to 3',
  volume: 'classic subscore, −3 to 3 (not the number of shares)',
  volatility: 'classic subscore, −3 to 3',
  oscillator: 'classic subscore, −3 to 3',
  breakout: 'classic subscore, −3 to 3',
  raw: 'weighted sum of the subscores',
  risk: 'classic risk factor, 1 where prices stand still',
  rating: 'classic rating',
};

const LISTING_MEANINGS: Readonly<Record<ListingField, string>> = {
  name: 'name of the security',
  exchange: 'where it is listed',
  country: 'country',
  sector: 'sector',
  industry: 'industry',
  sub_industry: 'part of the industry',
  market_cap: 'market capitalisation, dollars',
  instrument: '`common`, `etf`, `preferred`, …',
};

function entries<K extends string>(meanings: Readonly<Record<K, string>>): readonly (readonly [K, string])[] {
  return Object.entries(meanings) as [K, string][];
}

const number = (
  meaning: string,
  read: (subject: Subject) => number,
  needsMarket = false,
): CriteriaColumn => ({
  type: 'number',
  meaning,
  needsMarket,
  read,
});
const text = (meaning: string, read: (subject: Subject) => string, needsMarket = false): CriteriaColumn => ({
  type: 'text',
  meaning,
  needsMarket,
  read,
});

/** By name, in the order of the documentation. */
export const COLUMNS: ReadonlyMap<string, CriteriaColumn> = new Map<string, CriteriaColumn>([
  ['symbol', text('ticker in canonical spelling, such as `BRK.B`', ({ entry }) => entry.symbol)],
  ...entries(ROW_MEANINGS).map(([name, meaning]) => {
    const index = COLUMN[name];
    return [name, number(meaning, ({ row }) => row[index]!)] as const;
  }),
  ['signal', text('classic signal: `Strong Long`, `Long`, `Avoid`, …', ({ row }) => signalOf(row))],
  ...entries(LISTING_MEANINGS).map(([name, meaning]) => {
    const key = LISTING_FIELDS[name];
    const read = ({ entry }: Subject) => entry.listing?.[key];
    return [
      name,
      name === 'market_cap'
        ? number(meaning, (subject) => (read(subject) as number | undefined) ?? Number.NaN)
        : text(meaning, (subject) => (read(subject) as string | undefined) ?? ''),
    ] as const;
  }),
  ['composite', number('composite score, 0 to 100', ({ place }) => place?.composite ?? Number.NaN, true)],
  ['composite_signal', text('signal of the composite score', ({ place }) => place?.signal ?? '', true)],
  [
    'coverage',
    number(
      'part of its factors that is available, 0 to 1',
      ({ place }) => place?.coverage ?? Number.NaN,
      true,
    ),
  ],
  ...FACTOR_NAMES.map(
    (factor) =>
      [
        `factors.${factor}`,
        number(
          `percentile of the ${factor} factor among all symbols, 0 to 100`,
          ({ place }) => place?.factors[factor] ?? Number.NaN,
          true,
        ),
      ] as const,
  ),
]);
