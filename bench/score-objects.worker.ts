/** Scores the bars of one symbol, as objects: what a thread gets where nobody thought about what goes over. */
import { layOutSeries } from '../src/series.ts';
import { MS_PER_DAY } from '../src/session.ts';
import type { History } from '../src/types.ts';
import { CLASSIC_WEIGHTS } from '../src/workers/classic.ts';
import { scoreBatch } from '../src/workers/score.ts';

export interface ObjectsTask {
  readonly symbol: string;
  readonly history: History;
  /** As the provider has them, newest first. */
  readonly bars: readonly Readonly<Record<'o' | 'h' | 'l' | 'c' | 'v' | 't', number>>[];
}

export default function scoreObjects({ symbol, history, bars }: ObjectsTask): Float64Array {
  const series = layOutSeries({ bars: bars.length, from: history.from, to: history.to, flags: 0 });
  bars.toReversed().forEach(({ o, h, l, c, v, t }, bar) => {
    series.session[bar] = Math.floor(t / MS_PER_DAY);
    series.open[bar] = o;
    series.high[bar] = h;
    series.low[bar] = l;
    series.close[bar] = c;
    series.volume[bar] = v;
  });
  const [result] = scoreBatch([{ symbol, series: series.bytes }], { history, weights: CLASSIC_WEIGHTS });
  if (!result?.ok) throw new Error(`${symbol} cannot be scored`);
  return result.row;
}
