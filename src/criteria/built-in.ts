/** A screen that is known by its name, in the language that users write. */
export interface BuiltInScreen {
  readonly expression: string;
  readonly meaning: string;
  readonly source: string;
}

export const BUILT_IN = {
  'golden-cross': {
    expression: 'since_golden_cross <= 10',
    meaning: 'the 50-day average crossed above the 200-day one within 10 sessions, and is still above',
    source: 'common',
  },
  'new-high': {
    expression: 'new_high_252 == 1',
    meaning: 'the highest price of a year',
    source: 'George & Hwang 2004',
  },
  breakout: {
    expression: 'close > prior_high_20 and vol_spike_ratio > 1.5',
    meaning: 'a close above the highest high of the 20 sessions before, on half more trading than usual',
    source: 'Donchian; the Turtles (Faith 2003), who did not ask for volume',
  },
  'volume-surge': {
    expression: 'vol_spike_ratio >= 2 and ret_1d > 0',
    meaning: 'a rising day on twice the usual trading',
    source: 'common',
  },
  'oversold-bounce': {
    expression: 'rsi_14_prev <= 30 and rsi_14 > 30',
    meaning: 'RSI comes back above 30',
    source: 'Wilder 1978',
  },
  'pullback-in-uptrend': {
    expression: 'sma_50 > sma_200 and close > sma_50 and close <= sma_20',
    meaning: 'a dip below the 20-day average, above the 50-day one, while that is above the 200-day one',
    source: 'common',
  },
  squeeze: {
    expression: 'squeeze_on == 1',
    meaning: 'the Bollinger bands are inside the Keltner channel',
    source: 'Carter 2005',
  },
  nr7: {
    expression: 'nr7 == 1',
    meaning: 'the narrowest range of 7 sessions',
    source: 'Crabel 1990',
  },
  'gap-up': {
    expression: 'gap_1d >= 0.02',
    meaning: 'opened at least 2% above the close before',
    source: 'common',
  },
  'trend-template': {
    expression: `close > sma_150 and close > sma_200
and sma_150 > sma_200
and sma_200_ret_21 > 0
and sma_50 > sma_150 and sma_50 > sma_200
and close > sma_50
and pct_from_low_252 >= 30
and pct_from_high_252 >= -25
and factors.momentum >= 70`,
    meaning:
      'all eight criteria of a stage-2 uptrend; the momentum factor stands for the relative strength rating',
    source: 'Minervini 2013',
  },
  'rs-leader': {
    expression: 'factors.momentum >= 90 and pct_from_high_252 >= -15',
    meaning: 'in the strongest tenth of the market, within 15% of its high of a year',
    source: 'Levy 1967; O’Neil 1988',
  },
} as const satisfies Record<string, BuiltInScreen>;
