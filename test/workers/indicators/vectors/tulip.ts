import type { BarColumns } from '../../../../src/workers/indicators/indicator.ts';
import { type Comparison, compare, exponentials, type Mapping, withoutRange } from './comparison.ts';
import { readVectors } from './vector-files.ts';

interface TulipCase {
  readonly suite: string;
  readonly line: number;
  readonly indicator: string;
  readonly options: readonly number[];
  /** By first letter: o, h, l, c, v. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** Without the warm-up: the last ones belong to the last bar. */
  readonly outputs: readonly (readonly number[])[];
}

/** One mapping an output, in their order. */
type CaseMapping = (options: readonly number[]) => readonly Mapping[];

const period =
  (id: string, outputs: readonly string[], more: Partial<Mapping> = {}): CaseMapping =>
  (options) =>
    outputs.map((output) => ({ id, output, parameters: { period: options[0]! }, ...more }));

/** The bar before the first one has no range of its own: with it, the first true range is `high − low`. */
const ranged: Partial<Mapping> = {
  bars: ({ open, high, low, close, volume }) => ({
    open: Float64Array.of(open[0]!, ...open),
    high: Float64Array.of(close[0]!, ...high),
    low: Float64Array.of(close[0]!, ...low),
    close: Float64Array.of(close[0]!, ...close),
    volume: Float64Array.of(0, ...volume),
  }),
  read: (values) => values.slice(1),
};

/** Indicators of Tulip, and what they are here. */
export const TULIP_INDICATORS: Readonly<Record<string, CaseMapping>> = {
  sma: period('sma', ['sma']),
  rsi: period('rsi', ['rsi']),
  atr: period('atr', ['atr'], ranged),
  tr: () => [{ id: 'atr', output: 'atr', parameters: { period: 1 }, ...ranged }],
  // The first one is of sums that are not smoothed, one bar before ours.
  di: period('adx', ['plusDi', 'minusDi'], { samePositions: false }),
  dx: period('adx', ['dx'], { samePositions: false }),
  bbands: ([length, deviations]) =>
    ['lower', 'middle', 'upper'].map((output) => ({
      id: 'bbands',
      output,
      parameters: { period: length!, deviations: deviations! },
    })),
  stoch: ([length, smooth, d]) =>
    ['k', 'd'].map((output) => ({
      id: 'stoch',
      output,
      parameters: { period: length!, smooth: smooth!, d: d! },
    })),
  obv: () => [
    {
      id: 'obv',
      output: 'obv',
      read: (values, { volume }) => values.map((value) => value - volume[0]!),
    },
  ],
  mfi: period('mfi', ['mfi']),
  roc: period('roc', ['roc'], { read: (values) => values.map((value) => value / 100) }),
  rocr: period('roc', ['roc'], { read: (values) => values.map((value) => value / 100 + 1) }),
  // Begins there after twice the window.
  cci: period('cci', ['cci'], { samePositions: false }),
  willr: period('willr', ['willr']),
  aroon: period('aroon', ['down', 'up']),
  aroonosc: period('aroon', ['oscillator']),
  max: period('donchian', ['upper'], { bars: withoutRange }),
  min: period('donchian', ['lower'], { bars: withoutRange }),
  linregslope: period('linreg', ['slope'], { bars: exponentials }),
  stddev: period('stddev', ['stddev']),
  volatility: ([length]) => [
    {
      id: 'realized_vol',
      output: 'realizedVol',
      parameters: { period: length! },
      // Divided by n there, by n − 1 here.
      read: (values) => values.map((value) => value * Math.sqrt((length! - 1) / length!)),
    },
  ],
  vwma: period('vwap_n', ['vwap'], { bars: withoutRange }),
  psar: ([step, max]) => [
    {
      id: 'psar',
      output: 'psar',
      parameters: { step: Math.min(step!, 1), max: Math.min(max!, 1) },
      // The first trend has the extreme of bar 0 there, of bar 1 here; the first turn ends that.
      at: (bar, { close }) => close.length < 20 || bar >= 10,
    },
  ],
};

/** Ours, but too different at the start for series this short. */
export const TULIP_DIFFERENT: readonly string[] = ['ema', 'macd', 'adx'];

/** Indicators that none here computes. */
export const TULIP_OTHERS: readonly string[] = [
  ...['ad', 'adosc', 'adxr', 'ao', 'apo', 'bop', 'cmo', 'cvi', 'dema', 'dm', 'dpo', 'fisher', 'fosc', 'hma'],
  ...['kama', 'kvo', 'linreg', 'linregintercept', 'marketfi', 'mass', 'md', 'medprice', 'mom', 'natr', 'nvi'],
  ...['ppo', 'pvi', 'stderr', 'stochrsi', 'sum', 'tema', 'trima', 'trix', 'tsf', 'typprice', 'ultosc', 'var'],
  ...['vhf', 'vosc', 'wad', 'wcprice', 'wilders', 'wma', 'zlema'],
];

export function tulipCases(): readonly TulipCase[] {
  return JSON.parse(readVectors('tulip/cases.json')) as readonly TulipCase[];
}

export function compareTulip(): readonly Comparison[] {
  return tulipCases().flatMap(({ suite, line, indicator, options, inputs, outputs }) => {
    const bars = columnsOf(inputs);
    const mappings = TULIP_INDICATORS[indicator]?.(options) ?? [];
    return mappings.map((mapping, index) => {
      const values = outputs[index]!;
      const theirs = new Float64Array(bars.close.length).fill(Number.NaN);
      theirs.set(values, theirs.length - values.length);
      return compare(
        'Tulip',
        `${suite} ${indicator}`,
        `line ${line}`,
        mapping,
        bars,
        theirs,
        halfUnit(values),
      );
    });
  });
}

function columnsOf(inputs: TulipCase['inputs']): BarColumns {
  const { length } = Object.values(inputs)[0]!;
  const column = (letter: string) => Float64Array.from(inputs[letter] ?? new Array<number>(length).fill(1));
  return { open: column('o'), high: column('h'), low: column('l'), close: column('c'), volume: column('v') };
}

/** Half of the last digit that is printed; a hundredth more, for values in the middle. */
function halfUnit(values: readonly number[]): number {
  const digits = Math.max(...values.map((value) => String(value).split('.')[1]?.length ?? 0));
  return 0.505 * 10 ** -digits;
}
