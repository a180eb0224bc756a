/**
 * A daily series as columns in one block of bytes: what the decoder fills, what the cache stores as it is, and
 * what goes to a thread without copying.
 *
 * Layout (little-endian, as every machine that Node runs on):
 *
 *     0  u32 magic          8  i32 asked from (session)     16  u32 flags
 *     4  u32 bars           12 i32 asked to (session)       20  u32 CRC-32 of all other bytes (0: not sealed)
 *     24 … 32 reserved, zero
 *     32 open, high, low, close, volume: f64 × bars each; then session: i32 × bars, padded to 8 bytes
 *
 * Ascending by session, one bar a session.
 */
import { crc32 } from 'node:zlib';
import type { SeriesBytes, Session } from './types.ts';

export const SERIES_HEADER_BYTES = 32;
const MAGIC = 0x31425354; // 'TSB1'
const CRC_OFFSET = 20;

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
  const header = new DataView(buffer, offset, SERIES_HEADER_BYTES);
  header.setUint32(0, MAGIC, true);
  header.setUint32(4, bars, true);
  header.setInt32(8, from, true);
  header.setInt32(12, to, true);
  header.setUint32(16, flags, true);
  header.setUint32(CRC_OFFSET, 0, true);
  header.setBigUint64(24, 0n, true);
  return viewSeries(new Uint8Array(buffer, offset, seriesByteLength(bars)));
}

/** The header of encoded bytes, or `undefined` where they are not a series (other magic, wrong length). */
export function readSeriesHeader(bytes: SeriesBytes): SeriesHeader | undefined {
  if (bytes.byteLength < SERIES_HEADER_BYTES) return undefined;
  const header = new DataView(bytes.buffer, bytes.byteOffset, SERIES_HEADER_BYTES);
  const bars = header.getUint32(4, true);
  if (header.getUint32(0, true) !== MAGIC || bytes.byteLength !== seriesByteLength(bars)) return undefined;
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

/**
 * Writes the checksum into the header: done once, before the bytes are stored under `key`. The key is part of it, so
 * that bytes which a damaged store hands out for another key are noticed too.
 */
export function sealSeries(bytes: SeriesBytes, key: string): void {
  writeCrc(bytes, 0);
  writeCrc(bytes, crc32(bytes, crc32(key)));
}

/** Whether sealed bytes are as they were sealed, for this key. */
export function isSealIntact(bytes: SeriesBytes, key: string): boolean {
  const header = new DataView(bytes.buffer, bytes.byteOffset, SERIES_HEADER_BYTES);
  const expected = header.getUint32(CRC_OFFSET, true);
  writeCrc(bytes, 0);
  const actual = crc32(bytes, crc32(key));
  writeCrc(bytes, expected);
  return actual === expected;
}

function writeCrc(bytes: SeriesBytes, value: number): void {
  new DataView(bytes.buffer, bytes.byteOffset, SERIES_HEADER_BYTES).setUint32(CRC_OFFSET, value, true);
}
