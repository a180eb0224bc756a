import { BLOCK_HEADER_BYTES, type BlockKind, writeBlockHeader } from '../../src/block.ts';

/** A block of any kind whose payload is so many bytes that are nothing in particular. */
export function blockOf(kind: BlockKind, length: number): Uint8Array {
  const bytes = Uint8Array.from({ length: BLOCK_HEADER_BYTES + length }, (_, index) => (index * 31) & 0xff);
  writeBlockHeader(bytes, { kind, count: length, from: 17_000, to: 17_010, flags: 0 });
  return bytes;
}
