/**
 * Sealed blocks of bytes: what all that a store keeps has in common, whatever is in it.
 *
 * Layout (little-endian, as every machine that Node runs on):
 *
 *     0  u32 magic      8  i32 from (session)    16 u32 flags                           24 u32 CRC-32 of the header
 *     4  u32 count      12 i32 to (session)      20 u16 days from `from` to oldest      28 u32 CRC-32 of everything
 *                                                22 u16 days from newest to `to`
 *     32 payload, as the magic says
 *
 * Both checksums start with the key that the block is stored under and leave themselves out; 0: not sealed. The first
 * makes 32 bytes enough to trust what a stored block says of itself.
 */
import { crc32 } from 'node:zlib';
import type { Session } from './types.ts';

export const BLOCK_HEADER_BYTES = 32;

/** First four bytes of each kind of block: `TSB1`, `TSD1`, `TSS1`, `TSR1`. */
export const BLOCK_MAGICS = {
  series: 0x31425354,
  'market-day': 0x31445354,
  splits: 0x31535354,
  rows: 0x31525354,
} as const;

export type BlockKind = keyof typeof BLOCK_MAGICS;

export interface BlockHeader {
  readonly kind: BlockKind;
  /** Rows: the bars of a series or of a market day, the splits or the feature rows of a table. */
  readonly count: number;
  /** The range that was asked for; it says what the absence of a row means. */
  readonly from: Session;
  readonly to: Session;
  readonly flags: number;
  /** Sessions of the first and of the last row, where the block says. */
  readonly oldest: Session | undefined;
  readonly newest: Session | undefined;
  /** The checksum over key and bytes, which tells blocks of one key apart; 0 where the block is not sealed. */
  readonly seal: number;
}

const OLDEST_OFFSET = 20;
const NEWEST_OFFSET = 22;
const NOT_SAID = 0xffff;
const HEADER_CRC_OFFSET = 24;
const CRC_OFFSET = 28;

const KINDS: ReadonlyMap<number, BlockKind> = new Map(
  Object.entries(BLOCK_MAGICS).map(([kind, magic]) => [magic, kind as BlockKind]),
);

/** Writes a header that is not sealed yet and says nothing of `oldest` and `newest`. */
export function writeBlockHeader(
  bytes: Uint8Array,
  { kind, count, from, to, flags }: Omit<BlockHeader, 'oldest' | 'newest' | 'seal'>,
): void {
  const header = viewHeader(bytes);
  header.setUint32(0, BLOCK_MAGICS[kind], true);
  header.setUint32(4, count, true);
  header.setInt32(8, from, true);
  header.setInt32(12, to, true);
  header.setUint32(16, flags, true);
  header.setUint16(OLDEST_OFFSET, NOT_SAID, true);
  header.setUint16(NEWEST_OFFSET, NOT_SAID, true);
  header.setBigUint64(HEADER_CRC_OFFSET, 0n, true);
}

/** Writes the sessions of the first and the last row, which lie in the range asked for; others are not said. */
export function stampRange(bytes: Uint8Array, oldest: Session, newest: Session): void {
  const header = viewHeader(bytes);
  const days = (count: number) => (count >= 0 && count < NOT_SAID ? count : NOT_SAID);
  header.setUint16(OLDEST_OFFSET, days(oldest - header.getInt32(8, true)), true);
  header.setUint16(NEWEST_OFFSET, days(header.getInt32(12, true) - newest), true);
}

/** What the first 32 bytes say, sealed or not; `undefined` where they are not the start of a block. */
export function readBlockHeader(bytes: Uint8Array): BlockHeader | undefined {
  if (bytes.byteLength < BLOCK_HEADER_BYTES) return undefined;
  const header = viewHeader(bytes);
  const kind = KINDS.get(header.getUint32(0, true));
  if (kind === undefined) return undefined;
  const from = header.getInt32(8, true);
  const to = header.getInt32(12, true);
  const afterFrom = header.getUint16(OLDEST_OFFSET, true);
  const beforeTo = header.getUint16(NEWEST_OFFSET, true);
  return {
    kind,
    count: header.getUint32(4, true),
    from,
    to,
    flags: header.getUint32(16, true),
    oldest: afterFrom === NOT_SAID ? undefined : from + afterFrom,
    newest: beforeTo === NOT_SAID ? undefined : to - beforeTo,
    seal: header.getUint32(CRC_OFFSET, true),
  };
}

/**
 * Writes the checksums: done once, before the bytes are stored under `key`. The key is part of them, so that bytes which
 * a damaged store hands out for another key are noticed too.
 */
export function sealBlock(bytes: Uint8Array, key: string): void {
  const header = viewHeader(bytes);
  const headerCrc = crcOfHeader(bytes, key);
  header.setUint32(HEADER_CRC_OFFSET, headerCrc, true);
  header.setUint32(CRC_OFFSET, crcOfPayload(bytes, headerCrc), true);
}

/** Whether bytes are a block of a known kind, exactly as it was sealed for this key. */
export function isSealIntact(bytes: Uint8Array, key: string): boolean {
  return (
    isHeaderIntact(bytes, key) &&
    viewHeader(bytes).getUint32(CRC_OFFSET, true) ===
      crcOfPayload(bytes, viewHeader(bytes).getUint32(HEADER_CRC_OFFSET, true))
  );
}

/** The same of its first 32 bytes alone, which may be all there is at hand. */
export function isHeaderIntact(bytes: Uint8Array, key: string): boolean {
  if (bytes.byteLength < BLOCK_HEADER_BYTES) return false;
  const header = viewHeader(bytes);
  return (
    KINDS.has(header.getUint32(0, true)) &&
    header.getUint32(HEADER_CRC_OFFSET, true) === crcOfHeader(bytes, key)
  );
}

function viewHeader(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, BLOCK_HEADER_BYTES);
}

function crcOfHeader(bytes: Uint8Array, key: string): number {
  return crc32(bytes.subarray(0, HEADER_CRC_OFFSET), crc32(key));
}

/** Goes on from the header's: one pass over all bytes but the checksums. */
function crcOfPayload(bytes: Uint8Array, headerCrc: number): number {
  return crc32(bytes.subarray(BLOCK_HEADER_BYTES), headerCrc);
}
