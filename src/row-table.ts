/**
 * Feature rows of many symbols, and how they are kept: what was scored, and what each row follows from.
 *
 * Layout: the header of `block.ts` (magic `TSR1`, `count` rows, the range that they look at), u32 numbers in a row, u32
 * bytes of the text, then the rows: f64 each, the seals of their series: u32 each, padded to 8 bytes, and the text: JSON
 * with the question, the symbols, and the splits of those that have some, by their place.
 */
import { BLOCK_HEADER_BYTES, readBlockHeader, writeBlockHeader } from './block.ts';
import type { FeatureRow, Session, SplitPairs, SymbolId } from './types.ts';

/** A row, and what it follows from. */
export interface KeptRow {
  readonly symbol: SymbolId;
  readonly row: FeatureRow;
  /** The checksum of the series that was scored, under its key. */
  readonly seal: number;
  readonly splits: SplitPairs | undefined;
}

export interface RowTable {
  /** What all rows follow from beside their series and splits, as text: the same text, the same answers. */
  readonly question: string;
  readonly from: Session;
  readonly to: Session;
  /** Numbers in a row. */
  readonly width: number;
  readonly rows: readonly KeptRow[];
}

interface Text {
  readonly question: string;
  readonly symbols: readonly SymbolId[];
  readonly splits: readonly (readonly [index: number, pairs: SplitPairs])[];
}

const LENGTHS_BYTES = 8;
const ROWS_OFFSET = BLOCK_HEADER_BYTES + LENGTHS_BYTES;

/** Rows as bytes to be stored. */
export function encodeRows({ question, from, to, width, rows }: RowTable): Uint8Array {
  const text = Buffer.from(
    JSON.stringify({
      question,
      symbols: rows.map(({ symbol }) => symbol),
      splits: rows.flatMap(({ splits }, index) => (splits === undefined ? [] : [[index, splits] as const])),
    } satisfies Text),
  );
  const { sealsOffset, textOffset } = offsets(rows.length, width);
  // Shared, for a store that writes on another thread: it does not need a copy.
  const bytes = new Uint8Array(new SharedArrayBuffer(textOffset + text.length));
  writeBlockHeader(bytes, { kind: 'rows', count: rows.length, from, to, flags: 0 });
  new Uint32Array(bytes.buffer, BLOCK_HEADER_BYTES, 2).set([width, text.length]);
  const numbers = new Float64Array(bytes.buffer, ROWS_OFFSET, rows.length * width);
  const seals = new Uint32Array(bytes.buffer, sealsOffset, rows.length);
  for (const [index, { row, seal }] of rows.entries()) {
    numbers.set(row, index * width);
    seals[index] = seal;
  }
  bytes.set(text, textOffset);
  return bytes;
}

/**
 * The rows of stored bytes, as views on them; `undefined` where the bytes are something else, or answer another question.
 */
export function decodeRows(bytes: Uint8Array, question: string): RowTable | undefined {
  const header = readBlockHeader(bytes);
  if (header?.kind !== 'rows') return undefined;
  // What a client cut from a larger block may stand anywhere in it; columns of doubles may not.
  const { buffer, byteOffset } = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  const { count, from, to } = header;
  const [width, textBytes] = new Uint32Array(buffer, byteOffset + BLOCK_HEADER_BYTES, 2) as unknown as [
    number,
    number,
  ];
  const { sealsOffset, textOffset } = offsets(count, width);
  if (bytes.byteLength !== textOffset + textBytes) return undefined;
  const text = JSON.parse(Buffer.from(buffer, byteOffset + textOffset, textBytes).toString()) as Text;
  if (text.question !== question) return undefined;
  const splits = new Map(text.splits);
  const numbers = new Float64Array(buffer, byteOffset + ROWS_OFFSET, count * width);
  const seals = new Uint32Array(buffer, byteOffset + sealsOffset, count);
  return {
    question,
    from,
    to,
    width,
    rows: text.symbols.map((symbol, index) => ({
      symbol,
      row: numbers.subarray(index * width, (index + 1) * width),
      seal: seals[index]!,
      splits: splits.get(index),
    })),
  };
}

function offsets(
  count: number,
  width: number,
): { readonly sealsOffset: number; readonly textOffset: number } {
  const sealsOffset = ROWS_OFFSET + count * width * 8;
  return { sealsOffset, textOffset: sealsOffset + ((count * 4 + 7) & ~7) };
}
