import { type Comparison, compare, exponentials, type Mapping } from './comparison.ts';
import { barsOf, readTable, vectorFiles } from './vector-files.ts';

const periods = (
  prefix: string,
  id: string,
  output: string,
  values: readonly number[],
  more: Partial<Mapping> = {},
) =>
  values.map((period) => [`${prefix}_${period}`, { id, output, parameters: { period }, ...more }] as const);

// Where all of a window is 0, a running sum leaves up to 1e-11 in place of 0: a hundredth of a percent is near enough to zero.
const percent = { floor: 1e-2 };

/** Columns of TA-Lib's output, and what they are here. */
export const TALIB_COLUMNS: Readonly<Record<string, Mapping>> = Object.fromEntries<Mapping>([
  ...periods('SMA', 'sma', 'sma', [5, 20, 50, 200]),
  ...periods('SMA_VOLUME', 'sma', 'sma', [20], { bars: (bars) => ({ ...bars, close: bars.volume }) }),
  ...periods('EMA', 'ema', 'ema', [9, 12, 20, 26, 50, 200]),
  ...periods('RSI', 'rsi', 'rsi', [2, 14]),
  ['MACD_12_26_9', { id: 'macd', output: 'macd' }],
  ['MACD_SIGNAL_12_26_9', { id: 'macd', output: 'signal' }],
  ['MACD_HIST_12_26_9', { id: 'macd', output: 'histogram' }],
  ['TRANGE', { id: 'atr', output: 'atr', parameters: { period: 1 } }],
  ...periods('ATR', 'atr', 'atr', [14]),
  ...periods('NATR', 'atr', 'atr', [14], {
    read: (values, { close }) => values.map((value, bar) => (value / close[bar]!) * 100),
  }),
  ['BB_UP_20_2', { id: 'bbands', output: 'upper' }],
  ['BB_MID_20_2', { id: 'bbands', output: 'middle' }],
  ['BB_LOW_20_2', { id: 'bbands', output: 'lower' }],
  ...periods('ADX', 'adx', 'adx', [14]),
  ...periods('DX', 'adx', 'dx', [14]),
  ...periods('PLUS_DI', 'adx', 'plusDi', [14]),
  ...periods('MINUS_DI', 'adx', 'minusDi', [14]),
  ['STOCH_K_14_3_3', { id: 'stoch', output: 'k', ...percent }],
  ['STOCH_D_14_3_3', { id: 'stoch', output: 'd', ...percent }],
  ['STOCHF_K_14_3', { id: 'stoch', output: 'k', parameters: { smooth: 1 }, ...percent }],
  ['STOCHF_D_14_3', { id: 'stoch', output: 'd', parameters: { smooth: 1 }, ...percent }],
  ['OBV', { id: 'obv', output: 'obv' }],
  ...periods('MFI', 'mfi', 'mfi', [14], percent),
  ...periods('ROC', 'roc', 'roc', [1, 10, 20, 63, 126]),
  ...periods('CCI', 'cci', 'cci', [20]),
  ...periods('WILLR', 'willr', 'willr', [14]),
  ...periods('AROON_UP', 'aroon', 'up', [25]),
  ...periods('AROON_DOWN', 'aroon', 'down', [25]),
  ...periods('AROONOSC', 'aroon', 'oscillator', [25]),
  ...periods('MAX_HIGH', 'donchian', 'upper', [20, 252]),
  ...periods('MIN_LOW', 'donchian', 'lower', [20, 252]),
  ...periods('LINREG_SLOPE', 'linreg', 'slope', [14, 20, 50], { bars: exponentials }),
  ...periods('STDDEV', 'stddev', 'stddev', [20]),
  ['SAR_0.02_0.2', { id: 'psar', output: 'psar' }],
]);

/** Columns that no indicator here computes. */
export const TALIB_OTHERS: readonly string[] = [
  ...['WMA_20', 'ADXR_14', 'MOM_10', 'LINREG_14', 'AD', 'ADOSC_3_10', 'ULTOSC_7_14_28', 'CMO_14'],
  'PPO_12_26_EMA',
];

export function talibFiles(): readonly string[] {
  return vectorFiles('talib/full');
}

export function compareTalib(path: string): readonly Comparison[] {
  const table = readTable(path);
  const bars = barsOf(table);
  return Object.entries(TALIB_COLUMNS).map(([name, mapping]) =>
    compare('TA-Lib', name, path, mapping, bars, table.column(name)),
  );
}
