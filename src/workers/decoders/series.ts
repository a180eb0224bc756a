import { layOutSeries } from '../../series.ts';
import type { History, SeriesBytes, SymbolId } from '../../types.ts';

/** A series that its source has decoded already: the only page; without one, no bars. */
export function decodeSeries(
  [series]: readonly Uint8Array[],
  _expected: SymbolId,
  { from, to }: History,
): SeriesBytes {
  return series ?? layOutSeries({ bars: 0, from, to, flags: 0 }).bytes;
}
