import { layOutSeries, type Series } from '../series.ts';
import type { FormingBar } from '../types.ts';

/** Where the last one was laid out. Most series of a scan have as many bars: their columns need not be laid out anew. */
let last: Series | undefined;

/**
 * A series with the bar of the session under way behind it; the series itself where it has a bar of that session, or a later
 * one, already. It is to be scored at once: the next call writes over it. Holds: a copy of the last series.
 */
export function withFormingBar(series: Series, forming: FormingBar): Series {
  const { bars, from, flags } = series;
  if (bars > 0 && series.session[bars - 1]! >= forming.session) return series;
  if (last?.bars !== bars + 1) last = layOutSeries({ bars: bars + 1, from, to: forming.session, flags });
  for (const name of ['open', 'high', 'low', 'close', 'volume', 'session'] as const) {
    last[name].set(series[name]);
    last[name][bars] = forming[name];
  }
  return { ...last, from, to: forming.session, flags };
}
