import { layOutSeries, type Series } from '../series.ts';
import type { FormingBar } from '../types.ts';

/**
 * A series with the bar of the session under way behind it; the series itself where it has a bar of that session, or a later
 * one, already. Holds: a copy of the series.
 */
export function withFormingBar(series: Series, forming: FormingBar): Series {
  const { bars, from, flags } = series;
  if (bars > 0 && series.session[bars - 1]! >= forming.session) return series;
  const longer = layOutSeries({ bars: bars + 1, from, to: forming.session, flags });
  for (const name of ['open', 'high', 'low', 'close', 'volume', 'session'] as const) {
    longer[name].set(series[name]);
    longer[name][bars] = forming[name];
  }
  return longer;
}
