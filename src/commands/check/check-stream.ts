import type { Series } from '../../series.ts';
import type { SymbolId } from '../../types.ts';
import type { Indicator } from '../../workers/indicators/indicator.ts';
import { streamIndicator } from '../../workers/indicators/stream-indicator.ts';
import type { Compute } from './check-history.ts';
import type { MovedValues } from './moved-values.ts';

/**
 * Compares what an indicator reads bar by bar with what it reads over the whole of a series, bit for bit.
 *
 * Every other bar comes as a forming one first, at its open and without volume, and is then corrected.
 */
export function checkStream(
  symbol: SymbolId,
  { open, high, low, close, volume, session }: Series,
  indicator: Indicator,
  whole: ReturnType<Compute>,
  moved: MovedValues,
): void {
  const stream = streamIndicator(indicator);
  moved.compared += session.length * indicator.outputs.length;
  for (let bar = 0; bar < session.length; bar++) {
    const price = open[bar]!;
    if (bar % 2 === 0) stream.next(price, high[bar]!, low[bar]!, close[bar]!, volume[bar]!);
    else {
      stream.next(price, price, price, price, 0);
      stream.correct(price, high[bar]!, low[bar]!, close[bar]!, volume[bar]!);
    }
    for (const output of indicator.outputs) {
      const before = stream.values[output]!;
      const after = whole[output]![bar]!;
      if (Object.is(before, after)) continue;
      const at = session[bar]!;
      const name = `${indicator.id}.${output}`;
      moved.add({ comparison: 'stream', symbol, session: at, known: at, name }, before, after);
    }
  }
}
