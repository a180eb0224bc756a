/**
 * Bars of many symbols over some sessions, in memory that threads share: how it is laid out, and how days get into it.
 *
 * Each symbol has a slot with room for a series of all sessions (`series.ts`): the header's bytes, then its columns, with a
 * place for each session. A place without a bar is 0 in the column of sessions; that day was a holiday.
 */
import { createSymbolList, findRows, type MarketDay, type SymbolList } from './market-day.ts';
import { SERIES_HEADER_BYTES, seriesByteLength } from './series.ts';
import type { Session, SymbolId } from './types.ts';

/** Bytes that a panel takes for each bar that it may have. */
export const PANEL_BYTES_PER_BAR = 44;
/** Of prices and volumes: the columns of a series before that of sessions, in its order. */
export const NUMBER_COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;

/**
 * Symbols that share a buffer, which goes with the last of their series: some megabytes, which a system can back by large
 * pages.
 */
const SYMBOLS_PER_BLOCK = 512;
/** Days that are put in together: the bars of a symbol at some of them lie in one line of the processor's cache. */
const DAYS_TOGETHER = 16;
/** Symbols that all of these days are put in for before the next ones: their lines are in the cache. A part of a block. */
const SYMBOLS_IN_A_RUN = 64;
/** Numbers in front of the first column. */
const HEADER_CELLS = SERIES_HEADER_BYTES / 8;

/** A panel as plain data, for whoever shares it. */
export interface PanelShape {
  readonly symbols: SymbolList;
  /** Ascending. */
  readonly sessions: readonly Session[];
  readonly blocks: readonly SharedArrayBuffer[];
}

/** An empty panel. Holds: 44 bytes for each symbol and session, whether there is a bar or not; 32 for each symbol. */
export function createPanelShape(symbols: readonly SymbolId[], sessions: readonly Session[]): PanelShape {
  const blocks: SharedArrayBuffer[] = [];
  for (let start = 0; start < symbols.length; start += SYMBOLS_PER_BLOCK) {
    const slots = Math.min(SYMBOLS_PER_BLOCK, symbols.length - start);
    // Shared with a store that writes on another thread, too: it does not need a copy.
    blocks.push(new SharedArrayBuffer(slots * seriesByteLength(sessions.length)));
  }
  return { symbols: createSymbolList(symbols), sessions, blocks };
}

/** A day that has come, and where it goes. */
interface Waiting {
  readonly at: number;
  /** The row of each symbol in it; −1 where there is none. */
  readonly rows: Int32Array;
  readonly day: MarketDay;
}

/**
 * Puts days into a panel. Several may do so at once, on threads of their own, for days of their own.
 *
 * Order: none; of two days for a session the later one counts. Failure: none.
 * Holds: up to 16 days until they are put in, which is when there are so many, or on `flush`; their bytes must stay till then.
 */
export class PanelFiller {
  readonly #symbols: SymbolList;
  readonly #width: number;
  readonly #position: ReadonlyMap<Session, number>;
  readonly #numbers: readonly Float64Array[];
  /** The same memory, for the column of sessions. */
  readonly #integers: readonly Int32Array[];
  readonly #waiting: Waiting[] = [];
  /** Places that a day has been put into. */
  readonly #filled: Uint8Array;

  constructor({ symbols, sessions, blocks }: PanelShape) {
    this.#symbols = symbols;
    this.#width = sessions.length;
    this.#position = new Map(sessions.map((session, index) => [session, index]));
    this.#numbers = blocks.map((block) => new Float64Array(block));
    this.#integers = blocks.map((block) => new Int32Array(block));
    this.#filled = new Uint8Array(sessions.length);
  }

  /** Days that are not put in yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes the bars of a day in. A day of another session is left out. */
  add(day: MarketDay): void {
    const at = this.#position.get(day.session);
    if (at === undefined) return;
    if (this.#filled[at] === 1) this.#clear(at);
    this.#filled[at] = 1;
    this.#waiting.push({ at, rows: findRows(day, this.#symbols), day });
    if (this.#waiting.length === DAYS_TOGETHER) this.flush();
  }

  /** Puts the days that wait in, symbol by symbol: in one go, each line of memory is fetched once for all of them. */
  flush(): void {
    const waiting = this.#waiting.splice(0);
    if (waiting.length === 0) return;
    const { size } = this.#symbols;
    for (let first = 0; first < size; first += SYMBOLS_IN_A_RUN) {
      const end = Math.min(first + SYMBOLS_IN_A_RUN, size);
      const { block, cell } = slotOf(first, this.#width);
      for (const day of waiting)
        this.#putIn(day, first, end, this.#numbers[block]!, this.#integers[block]!, cell);
    }
  }

  /** Puts the bars of a run of symbols in, the first of which has its columns at `start`. */
  #putIn(
    { at, rows, day: { session, open, high, low, close, volume } }: Waiting,
    first: number,
    end: number,
    numbers: Float64Array,
    integers: Int32Array,
    start: number,
  ): void {
    const width = this.#width;
    const slot = seriesByteLength(width) / 8;
    let cell = start + at;
    let place = (start + NUMBER_COLUMNS.length * width) * 2 + at;
    for (let symbol = first; symbol < end; symbol++, cell += slot, place += slot * 2) {
      const row = rows[symbol]!;
      if (row < 0) continue;
      numbers[cell] = open[row]!;
      numbers[cell + width] = high[row]!;
      numbers[cell + 2 * width] = low[row]!;
      numbers[cell + 3 * width] = close[row]!;
      numbers[cell + 4 * width] = volume[row]!;
      integers[place] = session;
    }
  }

  /** Takes the bars at a place out again. */
  #clear(at: number): void {
    this.flush();
    for (let symbol = 0; symbol < this.#symbols.size; symbol++) {
      const { block, cell } = slotOf(symbol, this.#width);
      this.#integers[block]![(cell + NUMBER_COLUMNS.length * this.#width) * 2 + at] = 0;
    }
  }
}

/** Where the columns of a symbol begin: its block, and the number in it. */
export function slotOf(symbol: number, width: number): { readonly block: number; readonly cell: number } {
  return {
    block: Math.floor(symbol / SYMBOLS_PER_BLOCK),
    cell: ((symbol % SYMBOLS_PER_BLOCK) * seriesByteLength(width)) / 8 + HEADER_CELLS,
  };
}
