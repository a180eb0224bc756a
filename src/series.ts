/**
 * A daily series as columns in one block of bytes: what the decoder fills, what the cache stores as it is, and
 * what goes to a thread without copying.
 *
 * Layout: the header of `block.ts` (magic `TSB1`, `count` bars, the range asked for), then open, high, low, close,
 * volume: f64 × bars each, then session: i32 × bars, padded to 8 bytes. Ascending by session, one bar a session.
 */
import { BLOCK_HEADER_BYTES, BLOCK_MAGICS, stampRange, writeBlockHeader } from './block.ts';
import type { SeriesBytes, Session } from './types.ts';

export const SERIES_HEADER_BYTES = BLOCK_HEADER_BYTES;

/** Set where the source has older bars than the oldest one here. */
export const FLAG_OLDER_EXIST = 1;
/** Set where prices are adjusted for splits up to the day they were fetched. */
export const FLAG_SPLIT_ADJUSTED = 2;

/** The columns of a series, as views on its bytes. */
export interface Series {
  readonly bars: number;
  /** The range that was asked for; it says what the absence of a bar means. */
  readonly from: Session;
  readonly to: Session;
  readonly flags: number;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Shares. */
  readonly volume: Float64Array;
  readonly session: Int32Array;
  readonly bytes: SeriesBytes;
}

export interface SeriesHeader {
  readonly bars: number;
  readonly from: Session;
  readonly to: Session;
  readonly flags: number;
}

/** Bytes that a series of `bars` takes: 44 a bar, and the header. */
export function seriesByteLength(bars: number): number {
  return SERIES_HEADER_BYTES + bars * 40 + ((bars * 4 + 7) & ~7);
}

/**
 * Lays a series out at `offset` (a multiple of 8) of `buffer`, header written, columns as they are there.
 *
 * `buffer` defaults to a fresh one of the right size.
 */
export function layOutSeries(
  { bars, from, to, flags }: SeriesHeader,
  buffer: ArrayBufferLike = new ArrayBuffer(seriesByteLength(bars)),
  offset = 0,
): Series {
  const bytes = new Uint8Array(buffer, offset, seriesByteLength(bars));
  writeBlockHeader(bytes, { kind: 'series', count: bars, from, to, flags });
  return viewSeries(bytes);
}

/** The header of encoded bytes, or `undefined` where they are not a series (other magic, wrong length). */
export function readSeriesHeader(bytes: SeriesBytes): SeriesHeader | undefined {
  if (bytes.byteLength < SERIES_HEADER_BYTES) return undefined;
  const header = new DataView(bytes.buffer, bytes.byteOffset, SERIES_HEADER_BYTES);
  const bars = header.getUint32(4, true);
  if (header.getUint32(0, true) !== BLOCK_MAGICS.series || bytes.byteLength !== seriesByteLength(bars))
    return undefined;
  return {
    bars,
    from: header.getInt32(8, true),
    to: header.getInt32(12, true),
    flags: header.getUint32(16, true),
  };
}

/** Views on the columns of encoded bytes, which must be 8-aligned. Throws where they are not a series. */
export function viewSeries(bytes: SeriesBytes): Series {
  const header = readSeriesHeader(bytes);
  if (header === undefined)
    throw new TypeError(`Expected an encoded series, got ${bytes.byteLength} other bytes`);
  const { bars } = header;
  const { buffer } = bytes;
  const start = bytes.byteOffset + SERIES_HEADER_BYTES;
  const column = (index: number) => new Float64Array(buffer, start + index * bars * 8, bars);
  return {
    ...header,
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(4),
    session: new Int32Array(buffer, start + bars * 40, bars),
    bytes,
  };
}

/** Notes the sessions of the first and the last bar in the header, once the columns are filled; no series: nothing. */
export function stampSessions(bytes: SeriesBytes): void {
  const header = readSeriesHeader(bytes);
  if (header === undefined || header.bars === 0) return;
  const { bars } = header;
  // Not as a column: bytes on their way to a store may stand at any offset.
  const sessions = new DataView(bytes.buffer, bytes.byteOffset + SERIES_HEADER_BYTES + bars * 40, bars * 4);
  stampRange(bytes, sessions.getInt32(0, true), sessions.getInt32((bars - 1) * 4, true));
}
