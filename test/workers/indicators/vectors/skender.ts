import type { BarColumns } from '../../../../src/workers/indicators/indicator.ts';
import { type Comparison, compare, exponentials, type Mapping, withoutRange } from './comparison.ts';
import { barsOf, readTable } from './vector-files.ts';

/** After so many bars the different starts of MACD, ADX and SAR have faded to less than 1e-9. */
const faded = (bars: number): Partial<Mapping> => ({ at: (bar) => bar >= bars, samePositions: false });

/** Only windows of 26 bars whose extreme is one bar: of several it is the first one there, the last one here. */
const untied = (...columns: readonly ('high' | 'low')[]): Partial<Mapping> => ({
  at: (bar, bars) => columns.every((column) => bar < 25 || isUntied(bars, column, bar)),
});

function isUntied(bars: BarColumns, column: 'high' | 'low', bar: number): boolean {
  const window = bars[column].slice(bar - 25, bar + 1);
  const extreme = column === 'high' ? Math.max(...window) : Math.min(...window);
  return window.indexOf(extreme) === window.lastIndexOf(extreme);
}

/** Of the bars before, without this one. */
const shifted: Partial<Mapping> = {
  read: (values) => values.map((_, bar) => (bar === 0 ? Number.NaN : values[bar - 1]!)),
};

/** Results of Skender.Stock.Indicators, `file.column`, and what they are here. */
export const SKENDER_COLUMNS: Readonly<Record<string, Mapping>> = {
  'sma.sma': { id: 'sma', output: 'sma' },
  'ema.ema': { id: 'ema', output: 'ema' },
  'rsi.rsi': { id: 'rsi', output: 'rsi' },
  'macd.macd': { id: 'macd', output: 'macd', ...faded(250) },
  'macd.signal': { id: 'macd', output: 'signal', ...faded(250) },
  'macd.histogram': { id: 'macd', output: 'histogram', ...faded(250) },
  'tr.tr': { id: 'atr', output: 'atr', parameters: { period: 1 } },
  'atr.atr': { id: 'atr', output: 'atr' },
  'adx.adx': { id: 'adx', output: 'adx', ...faded(320) },
  'adx.dx': { id: 'adx', output: 'dx', ...faded(320) },
  'adx.pdi': { id: 'adx', output: 'plusDi', ...faded(320) },
  'adx.mdi': { id: 'adx', output: 'minusDi', ...faded(320) },
  'bb.upperBand': { id: 'bbands', output: 'upper' },
  'bb.sma': { id: 'bbands', output: 'middle' },
  'bb.lowerBand': { id: 'bbands', output: 'lower' },
  'bb.percentB': { id: 'bbands', output: 'percentB' },
  'bb.width': { id: 'bbands', output: 'bandwidth' },
  // %K begins there two bars before %D.
  'stoch.k': { id: 'stoch', output: 'k', samePositions: false },
  'stoch.d': { id: 'stoch', output: 'd' },
  'obv.obv': {
    id: 'obv',
    output: 'obv',
    read: (values, { volume }) => values.map((value) => value - volume[0]!),
  },
  'mfi.mfi': { id: 'mfi', output: 'mfi' },
  'roc.roc': { id: 'roc', output: 'roc', parameters: { period: 14 } },
  'cci.cci': { id: 'cci', output: 'cci' },
  'willr.williamsR': { id: 'willr', output: 'willr' },
  'aroon.aroonUp': { id: 'aroon', output: 'up', ...untied('high') },
  'aroon.aroonDown': { id: 'aroon', output: 'down', ...untied('low') },
  'aroon.oscillator': { id: 'aroon', output: 'oscillator', ...untied('high', 'low') },
  'donchian.upperBand': { id: 'donchian', output: 'upper', ...shifted },
  'donchian.centerline': { id: 'donchian', output: 'middle', ...shifted },
  'donchian.lowerBand': { id: 'donchian', output: 'lower', ...shifted },
  'keltner.upperBand': { id: 'keltner', output: 'upper' },
  'keltner.centerline': { id: 'keltner', output: 'middle' },
  'keltner.lowerBand': { id: 'keltner', output: 'lower' },
  'slope.slope': { id: 'linreg', output: 'slope', parameters: { period: 14 }, bars: exponentials },
  'slope.rSquared': { id: 'linreg', output: 'r2', parameters: { period: 14 }, bars: exponentials },
  'stdev.stdDev': { id: 'stddev', output: 'stddev', parameters: { period: 14 } },
  'vwma.vwma': { id: 'vwap_n', output: 'vwap', parameters: { period: 14 }, bars: withoutRange },
  // Of the whole series so far: a rolling one is that at the bar that fills its window.
  'vwap.vwap': { id: 'vwap_n', output: 'vwap', parameters: { period: 502 }, samePositions: false },
  'supertrend.superTrend': { id: 'supertrend', output: 'supertrend' },
  'psar.sar': { id: 'psar', output: 'psar', ...faded(251) },
};

/** Results that no indicator here computes. */
export const SKENDER_OTHERS: readonly string[] = [
  ...['adl', 'atr-stop', 'awesome', 'chaikin-osc', 'chop', 'cmf', 'cmo', 'dema', 'dpo', 'force', 'hma'],
  ...['ichimoku', 'kama', 'pvo', 'smma', 'stoch-rsi', 'tema', 'trix', 'ulcer', 'uo', 'wma'],
];

export function compareSkender(): readonly Comparison[] {
  const bars = barsOf(readTable('skender/quotes/default.csv'));
  return Object.entries(SKENDER_COLUMNS).map(([name, mapping]) => {
    const [file, column] = name.split('.');
    const theirs = readTable(`skender/results/${file}.csv`).column(column!);
    return compare('Skender', name, '502 bars', mapping, bars, theirs);
  });
}
