import { createSymbolList, findRows, type MarketDay, type SymbolList } from '../market-day.ts';
import { layOutSeries, SERIES_HEADER_BYTES, type Series, seriesByteLength, viewSeries } from '../series.ts';
import type { SeriesBytes, Session, SymbolId } from '../types.ts';
import type { SharedRoom } from './shared-room.ts';

/** Bytes that a panel takes for each bar that it may have. */
export const PANEL_BYTES_PER_BAR = 44;

/** Symbols that share a buffer, which goes with the last of their series. */
const SYMBOLS_PER_BLOCK = 64;
/** Days that are put in together: the bars of a symbol at some of them lie in one line of the processor's cache. */
const DAYS_TOGETHER = 16;
/** In the order of a series. */
const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;
const CLOSE: number = COLUMNS.indexOf('close');
/** Numbers in front of the first column. */
const HEADER_CELLS = SERIES_HEADER_BYTES / 8;

/** A day that has come, and where it goes. */
interface Waiting {
  readonly at: number;
  /** The row of each symbol in it; −1 where there is none. */
  readonly rows: Int32Array;
  readonly day: MarketDay;
}

/**
 * Bars of many symbols over some sessions: filled day by day, read symbol by symbol.
 *
 * Each symbol has a slot with room for a series, whose columns have a place for each session; what is read lies there as
 * the series that it is. A session without a bar is NaN in the column of closes. Holds: 44 bytes for each symbol and
 * session, whether there is a bar or not; 32 for each symbol; and 16 days until they are put in.
 */
export class Panel {
  readonly #list: SymbolList;
  readonly #sessions: readonly Session[];
  readonly #position: ReadonlyMap<Session, number>;
  /** The slots, `SYMBOLS_PER_BLOCK` to a block, and the numbers that each of them takes. */
  readonly #blocks: readonly Float64Array[];
  readonly #slotCells: number;
  readonly #waiting: Waiting[] = [];
  /** What `#barsOf` answers with. */
  readonly #found: Uint32Array;

  /** @param sessions Ascending. */
  constructor(symbols: readonly SymbolId[], sessions: readonly Session[]) {
    const width = sessions.length;
    this.#list = createSymbolList(symbols);
    this.#sessions = sessions;
    this.#position = new Map(sessions.map((session, index) => [session, index]));
    this.#slotCells = seriesByteLength(width) / 8;
    this.#found = new Uint32Array(width);
    const blocks: Float64Array[] = [];
    for (let start = 0; start < symbols.length; start += SYMBOLS_PER_BLOCK) {
      const slots = Math.min(SYMBOLS_PER_BLOCK, symbols.length - start);
      // Shared, for a store that writes on another thread: it does not need a copy.
      const cells = new Float64Array(new SharedArrayBuffer(slots * this.#slotCells * 8));
      for (let slot = 0; slot < slots; slot++) {
        const close = slot * this.#slotCells + HEADER_CELLS + CLOSE * width;
        cells.fill(Number.NaN, close, close + width);
      }
      blocks.push(cells);
    }
    this.#blocks = blocks;
  }

  /** Takes the bars of a day in. A day of another session is left out. */
  add(day: MarketDay): void {
    const at = this.#position.get(day.session);
    if (at === undefined) return;
    this.#waiting.push({ at, rows: findRows(day, this.#list), day });
    if (this.#waiting.length === DAYS_TOGETHER) this.#putIn();
  }

  /** A panel of series: the bars that they have at its sessions. */
  static of(
    series: ReadonlyMap<SymbolId, SeriesBytes>,
    symbols: readonly SymbolId[],
    sessions: readonly Session[],
  ): Panel {
    const panel = new Panel(symbols, sessions);
    for (const [symbol, name] of symbols.entries()) {
      const bytes = series.get(name);
      if (bytes === undefined) continue;
      const from = viewSeries(bytes);
      const cells = panel.#blockOf(symbol);
      for (let bar = 0; bar < from.bars; bar++) {
        const at = panel.#position.get(from.session[bar]!);
        if (at === undefined) continue;
        for (const [index, column] of COLUMNS.entries()) {
          cells[panel.#column(symbol, index) + at] = from[column][bar]!;
        }
      }
    }
    return panel;
  }

  /**
   * The bars of a symbol, by its place in the list, as a series of `from` to `to`. It lies where they lay: the panel has
   * them no longer.
   */
  take(symbol: number, from: Session, to: Session): SeriesBytes {
    const found = this.#barsOf(symbol);
    const bars = found.length;
    const cells = this.#blockOf(symbol);
    const start = this.#column(symbol, 0);
    if (bars < this.#sessions.length) {
      // Each goes to a place that is not behind its own: none is overwritten that has not gone.
      for (let index = 0; index < COLUMNS.length; index++) {
        const column = this.#column(symbol, index);
        const moved = start + index * bars;
        for (let bar = 0; bar < bars; bar++) cells[moved + bar] = cells[column + found[bar]!]!;
      }
    }
    const offset = (start - HEADER_CELLS) * 8;
    const { bytes, session } = layOutSeries({ bars, from, to, flags: 0 }, cells.buffer, offset);
    for (let bar = 0; bar < bars; bar++) session[bar] = this.#sessions[found[bar]!]!;
    // The padding: the same bars are the same bytes.
    bytes.fill(0, SERIES_HEADER_BYTES + bars * PANEL_BYTES_PER_BAR);
    return bytes;
  }

  /**
   * A series with the bars of this panel instead of its own at the same sessions, and behind them, up to `to`; its oldest
   * bars go where there are more than `most`. It lies in `room`. `corrected` where a bar that both have differs.
   */
  extend(
    symbol: number,
    bytes: SeriesBytes,
    to: Session,
    most: number,
    room: SharedRoom,
  ): { readonly series: SeriesBytes; readonly corrected: boolean } {
    const old = viewSeries(bytes);
    const found = this.#barsOf(symbol);
    const first = found.length === 0 ? Number.POSITIVE_INFINITY : this.#sessions[found[0]!]!;
    let kept = old.bars;
    while (kept > 0 && old.session[kept - 1]! >= first) kept--;
    const dropped = Math.max(0, kept + found.length - most);
    const bars = kept + found.length - dropped;
    const from = dropped === 0 ? old.from : old.session[dropped]!;
    const { buffer, offset: place } = room.take(seriesByteLength(bars));
    const header = { bars, from: Math.max(old.from, from), to, flags: old.flags };
    const series = layOutSeries(header, buffer, place);
    for (const column of [...COLUMNS, 'session'] as const) {
      series[column].set(old[column].subarray(dropped, kept));
    }
    const cells = this.#blockOf(symbol);
    const offset = kept - dropped;
    for (const [index, name] of COLUMNS.entries()) {
      const column = this.#column(symbol, index);
      for (let bar = 0; bar < found.length; bar++) series[name][offset + bar] = cells[column + found[bar]!]!;
    }
    for (let bar = 0; bar < found.length; bar++) {
      series.session[offset + bar] = this.#sessions[found[bar]!]!;
    }
    return { series: series.bytes, corrected: this.#differs(symbol, old, kept) };
  }

  /** Whether the bars from `start` on of a series are others than this panel has for their sessions. */
  #differs(symbol: number, old: Series, start: number): boolean {
    const cells = this.#blockOf(symbol);
    for (let bar = start; bar < old.bars; bar++) {
      const at = this.#position.get(old.session[bar]!);
      if (at === undefined) return true;
      // Where the panel has no bar, its close is NaN, which differs from any.
      if (COLUMNS.some((name, index) => old[name][bar] !== cells[this.#column(symbol, index) + at]))
        return true;
    }
    return false;
  }

  /** Puts the days that wait in, symbol by symbol: in one go, each line of memory is fetched once for all of them. */
  #putIn(): void {
    const waiting = this.#waiting.splice(0);
    const width = this.#sessions.length;
    for (const [block, cells] of this.#blocks.entries()) {
      const first = block * SYMBOLS_PER_BLOCK;
      const end = Math.min(first + SYMBOLS_PER_BLOCK, this.#list.size);
      for (const { at, rows, day } of waiting) {
        const { open, high, low, close, volume } = day;
        let cell = HEADER_CELLS + at;
        for (let symbol = first; symbol < end; symbol++, cell += this.#slotCells) {
          const row = rows[symbol]!;
          if (row < 0) continue;
          cells[cell] = open[row]!;
          cells[cell + width] = high[row]!;
          cells[cell + 2 * width] = low[row]!;
          cells[cell + 3 * width] = close[row]!;
          cells[cell + 4 * width] = volume[row]!;
        }
      }
    }
  }

  /** Positions of the sessions at which a symbol has a bar, ascending; until the next call. */
  #barsOf(symbol: number): Uint32Array {
    if (this.#waiting.length > 0) this.#putIn();
    const cells = this.#blockOf(symbol);
    const close = this.#column(symbol, CLOSE);
    const found = this.#found;
    let bars = 0;
    for (let at = 0; at < found.length; at++) if (!Number.isNaN(cells[close + at]!)) found[bars++] = at;
    return found.subarray(0, bars);
  }

  #blockOf(symbol: number): Float64Array {
    return this.#blocks[Math.floor(symbol / SYMBOLS_PER_BLOCK)]!;
  }

  /** Where a column of a symbol begins in its block. */
  #column(symbol: number, index: number): number {
    return (symbol % SYMBOLS_PER_BLOCK) * this.#slotCells + HEADER_CELLS + index * this.#sessions.length;
  }
}
