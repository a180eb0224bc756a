/** The splits of all symbols over a range of sessions, and how they are kept: JSON behind the header of `block.ts`. */
import { BLOCK_HEADER_BYTES, readBlockHeader, writeBlockHeader } from './block.ts';
import type { Session, Split, SplitPairs, SymbolId } from './types.ts';

/** The splits of each symbol, ascending by session. */
export type SplitTable = ReadonlyMap<SymbolId, SplitPairs>;

/** Of two splits of one symbol at one session, the later one counts. */
export function tableOf(splits: Iterable<Split>): SplitTable {
  const bySymbol = new Map<SymbolId, Map<Session, number>>();
  for (const { symbol, session, ratio } of splits) {
    const own = bySymbol.get(symbol) ?? new Map<Session, number>();
    bySymbol.set(symbol, own.set(session, ratio));
  }
  return new Map(
    Array.from(bySymbol, ([symbol, own]) => [symbol, [...own].sort(([a], [b]) => a - b).flat()] as const),
  );
}

/** Splits that take effect from `from` to `to`, as bytes to be stored. */
export function encodeSplits(splits: readonly Split[], from: Session, to: Session): Uint8Array {
  const rows = splits.map(({ symbol, session, ratio }) => [symbol, session, ratio]);
  const text = Buffer.from(JSON.stringify(rows));
  const bytes = new Uint8Array(BLOCK_HEADER_BYTES + text.length);
  bytes.set(text, BLOCK_HEADER_BYTES);
  writeBlockHeader(bytes, { kind: 'splits', count: splits.length, from, to, flags: 0 });
  return bytes;
}

/** The splits of stored bytes and the range they are of; `undefined` where they are something else. */
export function decodeSplits(
  bytes: Uint8Array,
): { readonly splits: readonly Split[]; readonly from: Session; readonly to: Session } | undefined {
  const header = readBlockHeader(bytes);
  if (header?.kind !== 'splits') return undefined;
  const { buffer, byteOffset, byteLength } = bytes;
  const text = Buffer.from(buffer, byteOffset + BLOCK_HEADER_BYTES, byteLength - BLOCK_HEADER_BYTES);
  const rows = JSON.parse(text.toString()) as readonly (readonly [SymbolId, Session, number])[];
  const splits = rows.map(([symbol, session, ratio]) => ({ symbol, session, ratio }));
  return { splits, from: header.from, to: header.to };
}
