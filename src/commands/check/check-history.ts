import type { Series } from '../../series.ts';
import type { SymbolId } from '../../types.ts';
import type { BarColumns, Indicator } from '../../workers/indicators/indicator.ts';
import { columnsBetween } from './columns-between.ts';
import type { MovedValues } from './moved-values.ts';

/** Every output of an indicator, one value a bar. */
export type Compute = (indicator: Indicator, bars: BarColumns) => Readonly<Record<string, Float64Array>>;

/**
 * Compares what an indicator reads over the whole of a series with what it reads over the beginning of it: every output,
 * every bar, bit for bit. `cuts`: how many bars there are of it.
 */
export function checkHistory(
  symbol: SymbolId,
  series: Series,
  indicator: Indicator,
  whole: ReturnType<Compute>,
  cuts: readonly number[],
  compute: Compute,
  moved: MovedValues,
): void {
  const { session } = series;
  for (const cut of cuts) {
    const part = compute(indicator, columnsBetween(series, 0, cut));
    const known = session[cut - 1]!;
    for (const output of indicator.outputs) {
      const before = part[output]!;
      const after = whole[output]!;
      moved.compared += cut;
      for (let bar = 0; bar < cut; bar++) {
        if (Object.is(before[bar], after[bar])) continue;
        const place = { symbol, session: session[bar]!, known, name: `${indicator.id}.${output}` };
        moved.add({ comparison: 'history', ...place }, before[bar]!, after[bar]!);
      }
    }
  }
}
