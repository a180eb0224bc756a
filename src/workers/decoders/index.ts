/** The decoders there are, by wire format. A new one is its file and one line here. */
import type { History, SeriesBytes, SymbolId, WireFormat } from '../../types.ts';
import { decodePolygonAggregates } from './polygon-aggregates.ts';
import { decodeSeries } from './series.ts';

/** Pages of one symbol to an encoded series of the history asked for; a `ScanError` of stage `decode` otherwise. */
export type Decoder = (pages: readonly Uint8Array[], expected: SymbolId, history: History) => SeriesBytes;

export const DECODERS: Readonly<Record<WireFormat, Decoder>> = {
  'polygon-aggregates': decodePolygonAggregates,
  series: decodeSeries,
};
