import { COLUMN, type ColumnName } from '../features.ts';
import type { FeatureRow, Setup, Side } from '../types.ts';

/** Why a row is this setup, in one sentence with the numbers; prices in dollars. */
export function explainSetup(row: FeatureRow, side: Side, setup: Setup): string {
  const isLong = side === 'long';
  const number = (name: ColumnName) => row[COLUMN[name]]!.toFixed(2);
  const close = `close ${number('close')}`;
  const beyond = isLong ? 'above' : 'below';
  switch (setup) {
    case 'breakout': {
      const extreme = isLong
        ? `highest close of 20 sessions (${number('pct_from_high_20')} % away)`
        : `low of 10 sessions (${number('swing_low_10')})`;
      return `The ${close} is within 1 % of the ${extreme}, on ${number('vol_spike_ratio')} times the mean dollar volume.`;
    }
    case 'trend':
      return `The ${close} is ${beyond} its 20-session mean ${number('sma_20')}, and that is ${beyond} the 50-session mean ${number('sma_50')}.`;
    case 'pullback':
      return `The ${close} is not ${beyond} its 20-session mean ${number('sma_20')}, while the 50-session mean ${number('sma_50')} is ${beyond} the 200-session mean ${number('sma_200')}.`;
    case 'other':
      return `No breakout, trend or pullback: the entry is 0.1 of the average true range ${number('atr_14')} ${beyond} the ${close}.`;
  }
}
