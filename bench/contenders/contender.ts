import type { Series } from '../../src/series.ts';

/** The bars of one symbol in every form that a library takes, so that none of them pays for converting. */
export interface Bars {
  readonly series: Series;
  readonly open: number[];
  readonly high: number[];
  readonly low: number[];
  readonly close: number[];
  readonly volume: number[];
  readonly candles: readonly Candle[];
}

export interface Candle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * What a library has, by the id of the indicator here: with the parameters that are the default here, over all bars.
 * Returns the value of the first output at the last bar, in the unit that is used here, to see that it is the same.
 */
export type Contender = Readonly<Record<string, (bars: Bars) => number>>;

/** Every form of a series. */
export function barsOf(series: Series): Bars {
  const [open, high, low, close, volume] = (['open', 'high', 'low', 'close', 'volume'] as const).map((name) =>
    Array.from(series[name]),
  ) as [number[], number[], number[], number[], number[]];
  return {
    series,
    open,
    high,
    low,
    close,
    volume,
    candles: close.map((_, bar) => ({
      open: open[bar]!,
      high: high[bar]!,
      low: low[bar]!,
      close: close[bar]!,
      volume: volume[bar]!,
    })),
  };
}
