import { COLUMN, describeFeatures, describeRow, ROW_WIDTH } from '../features.ts';
import type { FeatureRow, RankedRow, SymbolId } from '../types.ts';

const BLOCK_ROWS = 4096;

export interface RankerOptions {
  /** Keep only the best so many; all where it is absent. */
  readonly top?: number | undefined;
}

/**
 * Keeps the rows of ranked symbols and puts them in order: rating descending (not available last), then dollar
 * volume descending, then symbol ascending. Symbols being unique, the order is total: it depends on nothing else.
 *
 * Holds: the numbers of each row in blocks, and its symbol; with `top`, of at most `2 × top + 4,096` rows, whatever
 * comes in.
 */
export class Ranker {
  readonly #top: number;
  #symbols: SymbolId[] = [];
  #numbers = new RowBlocks();

  constructor({ top = Number.POSITIVE_INFINITY }: RankerOptions = {}) {
    this.#top = top;
  }

  /** Takes a row in: the numbers are copied. */
  add(symbol: SymbolId, row: FeatureRow): void {
    this.#symbols.push(symbol);
    this.#numbers.push(row);
    if (this.#symbols.length >= 2 * this.#top + BLOCK_ROWS) this.#keepBest();
  }

  /** Rows of the ranking so far: at most `top`. */
  get length(): number {
    return Math.min(this.#symbols.length, this.#top);
  }

  /** The ranking in order, each row made as it is asked for. Iterates as often as wanted. */
  rows(scan: string): Iterable<RankedRow> {
    const order = this.#order();
    const { length } = this;
    const numbers = this.#numbers;
    const symbols = this.#symbols;
    const make = (position: number): RankedRow => {
      const index = order[position]!;
      const row = numbers.row(index);
      return {
        type: 'ranked',
        scan,
        rank: position + 1,
        symbol: symbols[index]!,
        ...describeRow(row),
        features: describeFeatures(row),
      };
    };
    return {
      *[Symbol.iterator]() {
        for (let position = 0; position < length; position++) yield make(position);
      },
    };
  }

  /** Indices of all rows, best first. */
  #order(): Uint32Array {
    const count = this.#symbols.length;
    // Keys side by side: the comparison touches two small arrays instead of the blocks.
    const rating = new Float64Array(count);
    const dollarVolume = new Float64Array(count);
    const order = new Uint32Array(count);
    for (let index = 0; index < count; index++) {
      order[index] = index;
      rating[index] = lastIfNaN(this.#numbers.value(index, COLUMN.rating));
      dollarVolume[index] = lastIfNaN(this.#numbers.value(index, COLUMN.dollar_vol_20));
    }
    const symbols = this.#symbols;
    return order.sort(
      (a, b) =>
        descending(rating[a]!, rating[b]!) ||
        descending(dollarVolume[a]!, dollarVolume[b]!) ||
        (symbols[a]! < symbols[b]! ? -1 : 1),
    );
  }

  #keepBest(): void {
    const best = this.#order().subarray(0, this.#top);
    const symbols = this.#symbols;
    const numbers = this.#numbers;
    this.#symbols = [];
    this.#numbers = new RowBlocks();
    for (const index of best) this.add(symbols[index]!, numbers.row(index));
  }
}

/** Rows in blocks of numbers: growing never copies what is there. */
class RowBlocks {
  readonly #blocks: Float64Array[] = [];
  #length = 0;

  push(row: FeatureRow): void {
    if (this.#length % BLOCK_ROWS === 0) this.#blocks.push(new Float64Array(BLOCK_ROWS * ROW_WIDTH));
    this.#length++;
    this.row(this.#length - 1).set(row);
  }

  row(index: number): FeatureRow {
    const start = (index % BLOCK_ROWS) * ROW_WIDTH;
    return this.#blocks[Math.floor(index / BLOCK_ROWS)]!.subarray(start, start + ROW_WIDTH);
  }

  value(index: number, column: number): number {
    return this.#blocks[Math.floor(index / BLOCK_ROWS)]![(index % BLOCK_ROWS) * ROW_WIDTH + column]!;
  }
}

function lastIfNaN(value: number): number {
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}

// A difference would be NaN for two infinities.
function descending(a: number, b: number): number {
  return a > b ? -1 : a < b ? 1 : 0;
}
