import { layOutSeries } from '../../src/series.ts';
import type { SeriesBytes, Session } from '../../src/types.ts';

export interface SeriesShape {
  readonly bars: number;
  /** Session of the first bar; the others follow day by day. */
  readonly first?: Session;
  readonly from?: Session;
  readonly to?: Session;
  readonly flags?: number;
}

/** An encoded series of rising prices, one bar a day. */
export function seriesOf({
  bars,
  first = 17_000,
  from = first,
  to = first + bars - 1,
  flags = 0,
}: SeriesShape): SeriesBytes {
  const series = layOutSeries({ bars, from, to, flags });
  for (let bar = 0; bar < bars; bar++) {
    series.session[bar] = first + bar;
    series.open[bar] = 10 + bar;
    series.high[bar] = 11 + bar;
    series.low[bar] = 9 + bar;
    series.close[bar] = 10.5 + bar;
    series.volume[bar] = 100_000 + bar;
  }
  return series.bytes;
}
