/**
 * The bars of all symbols at one session, in one block of bytes.
 *
 * Layout: the header of `block.ts`, with the session as both ends of its range and the rows as its count, then
 *
 *     32 open, high, low, close, volume: f64 × rows each
 *     …  end of each name among the names: u32 × rows, padded to 8 bytes
 *     …  names in UTF-8, one behind the other
 *
 * Ascending by the bytes of the name, one row a name: two days, or a day and a list, are matched by walking both once.
 */
import { BLOCK_HEADER_BYTES, readBlockHeader, writeBlockHeader } from './block.ts';
import type { Session, SymbolId } from './types.ts';

/** Set where the session has not ended: its bars change until it has. */
export const FLAG_FORMING = 4;

/** The columns of a market day, as views on its bytes. */
export interface MarketDay {
  readonly rows: number;
  readonly session: Session;
  readonly flags: number;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Shares. */
  readonly volume: Float64Array;
  readonly names: NameColumn;
  readonly bytes: Uint8Array;
}

/** Names in UTF-8, one behind the other: `ends` says where each of them ends. */
export interface NameColumn {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** One row of a market day. */
export interface DayBar {
  readonly symbol: SymbolId;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface MarketDayHeader {
  readonly rows: number;
  readonly session: Session;
  readonly flags: number;
  /** Bytes of all names together. */
  readonly nameBytes: number;
}

/**
 * A market day with its header written, and its columns and names to be filled: ascending, each name once.
 *
 * @param room So many bytes, 8-aligned, with anything in them. @default fresh memory, which threads can share
 */
export function layOutMarketDay(
  { rows, session, flags, nameBytes }: MarketDayHeader,
  room: (bytes: number) => Uint8Array = freshRoom,
): MarketDay {
  const bytes = room(namesOffset(rows) + nameBytes);
  writeBlockHeader(bytes, { kind: 'market-day', count: rows, from: session, to: session, flags });
  return columnsOf(bytes, rows, session, flags);
}

/** A market day of `bars` in any order; of two bars for one symbol, the later one counts. */
export function encodeMarketDay(session: Session, bars: Iterable<DayBar>, flags = 0): Uint8Array {
  const bySymbol = new Map(Array.from(bars, (bar) => [bar.symbol, bar]));
  const names = Array.from(bySymbol.keys(), (symbol) => Buffer.from(symbol)).sort(Buffer.compare);
  const joined = Buffer.concat(names);
  const day = layOutMarketDay({ rows: names.length, session, flags, nameBytes: joined.length });
  day.names.bytes.set(joined);
  let end = 0;
  names.forEach((name, row) => {
    const bar = bySymbol.get(name.toString())!;
    for (const column of ['open', 'high', 'low', 'close', 'volume'] as const) day[column][row] = bar[column];
    end += name.length;
    day.names.ends[row] = end;
  });
  return day.bytes;
}

/** Views on the columns of encoded bytes, which must be 8-aligned. Throws where they are not a market day. */
export function viewMarketDay(bytes: Uint8Array): MarketDay {
  const header = readBlockHeader(bytes);
  if (header?.kind === 'market-day' && bytes.byteLength >= namesOffset(header.count)) {
    const { count, from, flags } = header;
    const day = columnsOf(bytes, count, from, flags);
    if (day.names.bytes.length === (day.names.ends[count - 1] ?? 0)) return day;
  }
  throw new TypeError(`Expected an encoded market day, got ${bytes.byteLength} other bytes`);
}

/** The symbol of a row. */
export function symbolAt({ names: { bytes, ends } }: MarketDay, row: number): SymbolId {
  const { buffer, byteOffset } = bytes;
  const start = row === 0 ? 0 : ends[row - 1]!;
  return Buffer.from(buffer, byteOffset + start, ends[row]! - start).toString();
}

/** Symbols as they are looked up in many days: sorted once. */
export interface SymbolList {
  readonly size: number;
  /** Ascending by bytes. */
  readonly names: NameColumn;
  /** Where each name was in the list. */
  readonly places: Uint32Array;
}

/** Holds: the names, and 8 bytes a symbol. */
export function createSymbolList(symbols: readonly SymbolId[]): SymbolList {
  const names = symbols.map((symbol) => Buffer.from(symbol));
  const places = Uint32Array.from(names.keys()).sort((a, b) => Buffer.compare(names[a]!, names[b]!));
  const ends = new Uint32Array(names.length);
  let end = 0;
  places.forEach((place, index) => {
    end += names[place]!.length;
    ends[index] = end;
  });
  const bytes = Buffer.concat(Array.from(places, (place) => names[place]!));
  return { size: names.length, names: { bytes, ends }, places };
}

/** The row of each symbol of a list in a day, in the list's order; −1 where the day has none. */
export function findRows(day: MarketDay, { size, names, places }: SymbolList): Int32Array {
  const rows = new Int32Array(size).fill(-1);
  const { bytes: wanted, ends: wantedEnds } = names;
  const { bytes: there, ends: thereEnds } = day.names;
  let row = 0;
  let rowStart = 0;
  let start = 0;
  for (let index = 0; index < size; index++) {
    const end = wantedEnds[index]!;
    const length = end - start;
    for (; row < day.rows; row++) {
      const rowEnd = thereEnds[row]!;
      const shorter = Math.min(length, rowEnd - rowStart);
      let at = 0;
      while (at < shorter && there[rowStart + at] === wanted[start + at]) at++;
      // Positive where the day's name comes after the wanted one.
      const order = at < shorter ? there[rowStart + at]! - wanted[start + at]! : rowEnd - rowStart - length;
      if (order === 0) rows[places[index]!] = row;
      // The row stays: the list may have the symbol twice.
      if (order >= 0) break;
      rowStart = rowEnd;
    }
    start = end;
  }
  return rows;
}

/** Shared, for a store that writes on another thread: it does not need a copy. */
function freshRoom(bytes: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(bytes));
}

function namesOffset(rows: number): number {
  return BLOCK_HEADER_BYTES + rows * 40 + ((rows * 4 + 7) & ~7);
}

function columnsOf(bytes: Uint8Array, rows: number, session: Session, flags: number): MarketDay {
  const { buffer } = bytes;
  const start = bytes.byteOffset + BLOCK_HEADER_BYTES;
  const column = (index: number) => new Float64Array(buffer, start + index * rows * 8, rows);
  return {
    rows,
    session,
    flags,
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(4),
    names: {
      ends: new Uint32Array(buffer, start + rows * 40, rows),
      bytes: bytes.subarray(namesOffset(rows)),
    },
    bytes,
  };
}
