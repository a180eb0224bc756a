import type { Session, SymbolId } from '../types.ts';
import type { Market } from './market.ts';
import type { SimulatedBars } from './simulated-bars.ts';

const FIRST_CAPACITY = 1 << 16;
const GROWTH = 1.5;

/** The bars of many symbols as columns: filled row by row in any order, then sorted, then served as a market. */
export class BarTable {
  readonly #numbers = new Map<SymbolId, number>();
  readonly #symbols: SymbolId[] = [];
  #rows = 0;
  #capacity = FIRST_CAPACITY;
  #symbol = new Int32Array(FIRST_CAPACITY);
  #session = new Int32Array(FIRST_CAPACITY);
  /** Open, high, low, close, volume. */
  readonly #values = Array.from({ length: 5 }, () => new Float64Array(FIRST_CAPACITY));
  /** Once sorted: first row of each symbol, and the end of the last. */
  #starts = new Int32Array(0);

  /** The number that stands for a symbol in `add`. */
  numberOf(symbol: SymbolId): number {
    let number = this.#numbers.get(symbol);
    if (number === undefined) {
      number = this.#symbols.push(symbol) - 1;
      this.#numbers.set(symbol, number);
    }
    return number;
  }

  add(
    symbol: number,
    session: Session,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ): void {
    if (this.#rows === this.#capacity) this.#resize(Math.ceil(this.#capacity * GROWTH));
    const row = this.#rows++;
    const values = this.#values;
    this.#symbol[row] = symbol;
    this.#session[row] = session;
    values[0]![row] = open;
    values[1]![row] = high;
    values[2]![row] = low;
    values[3]![row] = close;
    values[4]![row] = volume;
  }

  /**
   * Brings the rows into order of symbol and session.
   *
   * Failure: returns the symbol and the row (from 0, as added) of a second bar for one session.
   */
  sort(): { readonly symbol: SymbolId; readonly row: number } | undefined {
    this.#resize(this.#rows);
    const starts = this.#countedStarts();
    const order = this.#stableOrder(starts);
    const session = this.#session;
    for (let symbol = 0; symbol < this.#symbols.length; symbol++) {
      const rows = order.subarray(starts[symbol]!, starts[symbol + 1]!);
      if (!isAscending(rows, session)) rows.sort((a, b) => session[a]! - session[b]! || a - b);
      for (let index = 1; index < rows.length; index++) {
        const row = rows[index]!;
        if (session[row] === session[rows[index - 1]!]) return { symbol: this.#symbols[symbol]!, row };
      }
    }
    if (!order.every((row, index) => row === index)) {
      this.#session = order.map((row) => session[row]!);
      // One column at a time, so that only one is there twice.
      this.#values.forEach((column, index) => {
        this.#values[index] = Float64Array.from(order, (row) => column[row]!);
      });
    }
    this.#symbol = new Int32Array(0);
    this.#starts = starts;
    return undefined;
  }

  /** The sorted table as a market: bars are views on the columns. */
  asMarket(name: string): Market {
    const numbers = this.#numbers;
    const ascending = [...this.#symbols].sort();
    const starts = this.#starts;
    const session = this.#session;
    const [open, high, low, close, volume] = this.#values as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    return {
      name,
      size: ascending.length,
      sessions: Int32Array.from(new Set(session)).sort(),
      *tickers(after = '') {
        for (const ticker of ascending) {
          if (ticker <= after) continue;
          const listed = session[starts[numbers.get(ticker)!]!]!;
          const delisted = undefined;
          yield { ticker, name: ticker, type: 'CS', exchange: 'XNYS', listed, delisted, active: true };
        }
      },
      bars(symbol): SimulatedBars | undefined {
        const number = numbers.get(symbol);
        if (number === undefined) return undefined;
        const start = starts[number]!;
        const end = starts[number + 1]!;
        return {
          session: session.subarray(start, end),
          open: open.subarray(start, end),
          high: high.subarray(start, end),
          low: low.subarray(start, end),
          close: close.subarray(start, end),
          volume: volume.subarray(start, end),
          splits: [],
        };
      },
    };
  }

  #resize(capacity: number): void {
    this.#capacity = capacity;
    // `transfer` lets the allocator extend in place, and frees the old block at once.
    this.#symbol = new Int32Array(this.#symbol.buffer.transfer(capacity * 4));
    this.#session = new Int32Array(this.#session.buffer.transfer(capacity * 4));
    this.#values.forEach((column, index) => {
      this.#values[index] = new Float64Array((column.buffer as ArrayBuffer).transfer(capacity * 8));
    });
  }

  #countedStarts(): Int32Array<ArrayBuffer> {
    const starts = new Int32Array(this.#symbols.length + 1);
    for (const symbol of this.#symbol) starts[symbol + 1]!++;
    for (let symbol = 0; symbol < this.#symbols.length; symbol++) starts[symbol + 1]! += starts[symbol]!;
    return starts;
  }

  /** Rows by symbol, in the order they were added. */
  #stableOrder(starts: Int32Array): Int32Array<ArrayBuffer> {
    const next = starts.slice();
    const order = new Int32Array(this.#rows);
    for (let row = 0; row < this.#rows; row++) order[next[this.#symbol[row]!]!++] = row;
    return order;
  }
}

function isAscending(rows: Int32Array, session: Int32Array): boolean {
  for (let index = 1; index < rows.length; index++) {
    if (session[rows[index]!]! <= session[rows[index - 1]!]!) return false;
  }
  return true;
}
