/** The factors of the composite score: what each compares among all symbols of a scan, and how much it weighs. */
import { COLUMN, type ColumnName } from '../features.ts';
import type { FeatureRow } from '../types.ts';

/** A quantity that symbols are ranked by; more is better. */
export interface Quantity {
  readonly name: string;
  /** NaN where an input is not available. */
  readonly of: (row: FeatureRow) => number;
}

export interface Factor {
  /** Parts of 1. */
  readonly weight: number;
  /** The factor is the mean of their percentile ranks, and absent where one of them is. */
  readonly quantities: readonly Quantity[];
  readonly source: string;
}

const feature = (name: ColumnName): Quantity => {
  const column = COLUMN[name];
  return { name, of: (row) => row[column]! };
};
const low = (name: ColumnName): Quantity => {
  const column = COLUMN[name];
  return { name: `-${name}`, of: (row) => -row[column]! };
};

export const FACTORS = {
  momentum: {
    weight: 0.3,
    quantities: [feature('mom_12_1'), feature('ret_126d')],
    source: 'Jegadeesh & Titman 1993',
  },
  trend: {
    weight: 0.25,
    quantities: [
      { name: 'slope_63 * r2_63', of: (row) => row[COLUMN.slope_63]! * row[COLUMN.r2_63]! },
      { name: 'close / sma_200 - 1', of: (row) => row[COLUMN.close]! / row[COLUMN.sma_200]! - 1 },
      {
        name: '(plus_di - minus_di) * adx_14 / 100',
        of: (row) => ((row[COLUMN.plus_di]! - row[COLUMN.minus_di]!) * row[COLUMN.adx_14]!) / 100,
      },
    ],
    source: 'Clenow 2015; Wilder 1978',
  },
  high: { weight: 0.15, quantities: [feature('pct_from_high_252')], source: 'George & Hwang 2004' },
  volume: {
    weight: 0.1,
    quantities: [feature('vol_spike_ratio'), feature('obv_slope_21')],
    source: 'Granville 1963',
  },
  stability: {
    weight: 0.1,
    quantities: [low('atr_pct_14'), low('realized_vol_60')],
    source: 'Ang, Hodrick, Xing & Zhang 2006',
  },
  oscillator: {
    weight: 0.1,
    quantities: [{ name: '-|rsi_14 - 60|', of: (row) => -Math.abs(row[COLUMN.rsi_14]! - 60) }],
    source: 'Wilder 1978',
  },
} as const satisfies Record<string, Factor>;

export type FactorName = keyof typeof FACTORS;

/** In the order of output. */
export const FACTOR_NAMES = Object.keys(FACTORS) as readonly FactorName[];
