import { layOutSeries } from '../../../src/series.ts';
import type { SeriesBytes } from '../../../src/types.ts';
import { walk } from '../../workers/indicators/bars.ts';

/** The session of the first bar; the others follow day by day. */
export const FIRST = 17_000;

/** An encoded series whose prices hardly ever repeat. */
export function walkSeries(bars: number, seed = 1): SeriesBytes {
  const series = layOutSeries({ bars, from: FIRST, to: FIRST + bars - 1, flags: 0 });
  for (const [name, values] of Object.entries(walk(bars, seed))) {
    series[name as 'close'].set(values);
  }
  for (let bar = 0; bar < bars; bar++) series.session[bar] = FIRST + bar;
  return series.bytes;
}
