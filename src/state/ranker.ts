import type { CrossSection } from '../cross-section/cross-section.ts';
import { COLUMN, describeFeatures, describeRow, ROW_WIDTH } from '../features.ts';
import { describeListing } from '../listing.ts';
import { type PlanSettings, planTrade } from '../plan/trade-plan.ts';
import type { FeatureRow, Listing, RankedRow, Signal, SymbolId, TradePlan } from '../types.ts';

const BLOCK_ROWS = 4096;

/** What counts first in a ranking; the other one breaks its ties. */
export type RankBy = 'classic' | 'composite';

export interface RankerOptions {
  /** All symbols of the scan, which those that are ranked are compared with. */
  readonly population: CrossSection;
  /** Keep only the best so many; all where it is absent. */
  readonly top?: number | undefined;
  /** @default 'classic' */
  readonly rankBy?: RankBy;
  /** What trades are planned with. */
  readonly plan?: RankerPlan;
}

export interface RankerPlan extends PlanSettings {
  /** Whether short trades are planned too. */
  readonly shorts: boolean;
}

const DEFAULT_PLAN: RankerPlan = { account: 10_000, riskPercent: 1, shorts: false };

/**
 * Keeps the rows of ranked symbols and puts them in order: rating descending (not available last), then composite
 * descending, then dollar volume descending, then symbol ascending; `rankBy` swaps the first two. Symbols being
 * unique, the order is total: it depends on nothing else.
 *
 * The composite compares a symbol with all that were scored, so it is known only at the end. Holds: the row, symbol and
 * listing of each ranked symbol; with `top` and by the classic rating, of the best only: at most `2 × top + 4,096`, and
 * what ties with the last of them.
 */
export class Ranker {
  readonly #top: number;
  readonly #rankBy: RankBy;
  readonly #plan: RankerPlan;
  readonly #population: CrossSection;
  #symbols: SymbolId[] = [];
  #listings: (Listing | undefined)[] = [];
  #numbers = new RowBlocks();
  /** How many rows make it worth to drop some. */
  #full: number;

  constructor({
    population,
    top = Number.POSITIVE_INFINITY,
    rankBy = 'classic',
    plan = DEFAULT_PLAN,
  }: RankerOptions) {
    this.#population = population;
    this.#plan = plan;
    this.#top = top;
    this.#rankBy = rankBy;
    this.#full = rankBy === 'classic' ? 2 * top + BLOCK_ROWS : Number.POSITIVE_INFINITY;
  }

  /** Takes a row in that is to be ranked: the numbers are copied. */
  add(symbol: SymbolId, row: FeatureRow, listing?: Listing): void {
    this.#keep(symbol, row, listing);
    if (this.#symbols.length >= this.#full) this.#keepBest();
  }

  /** Rows of the ranking so far: at most `top`. */
  get length(): number {
    return Math.min(this.#symbols.length, this.#top);
  }

  /** The ranking in order, each row made as it is asked for. Iterates as often as wanted. */
  rows(scan: string): Iterable<RankedRow> {
    const order = this.#order();
    const { length } = this;
    const population = this.#population;
    const numbers = this.#numbers;
    const symbols = this.#symbols;
    const listings = this.#listings;
    const make = (position: number): RankedRow => {
      const index = order[position]!;
      const row = numbers.row(index);
      const { composite, signal, coverage, factors, contributions } = population.place(row);
      const rated = describeRow(row);
      return {
        type: 'ranked',
        scan,
        rank: position + 1,
        symbol: symbols[index]!,
        ...rated,
        composite,
        composite_signal: signal,
        coverage,
        factors,
        contributions,
        plan: this.#planOf(row, this.#rankBy === 'classic' ? rated.signal : signal) ?? null,
        listing: describeListing(listings[index]),
        features: describeFeatures(row),
      };
    };
    return {
      *[Symbol.iterator]() {
        for (let position = 0; position < length; position++) yield make(position);
      },
    };
  }

  /** By the signal of what counts first. */
  #planOf(row: FeatureRow, signal: Signal): TradePlan | undefined {
    if (signal === 'Avoid') return undefined;
    const isLong = signal === 'Long' || signal === 'Strong Long';
    return isLong || this.#plan.shorts ? planTrade(row, isLong ? 'long' : 'short', this.#plan) : undefined;
  }

  #keep(symbol: SymbolId, row: FeatureRow, listing: Listing | undefined): void {
    this.#symbols.push(symbol);
    this.#listings.push(listing);
    this.#numbers.push(row);
  }

  /** Indices of all rows, best first. */
  #order(): Uint32Array {
    const count = this.#symbols.length;
    const numbers = this.#numbers;
    const symbols = this.#symbols;
    // Keys side by side: the comparison touches small arrays instead of the blocks.
    const rating = new Float64Array(count);
    const composite = new Float64Array(count).fill(Number.NaN);
    const order = new Uint32Array(count);
    for (let index = 0; index < count; index++) {
      order[index] = index;
      rating[index] = lastIfNaN(numbers.row(index)[COLUMN.rating]!);
    }
    // Where ratings differ, as most do, nobody asks for the composite.
    const compositeOf = (index: number): number => {
      if (Number.isNaN(composite[index]!)) {
        composite[index] = this.#population.place(numbers.row(index)).composite;
      }
      return composite[index]!;
    };
    const byRating = (a: number, b: number) => descending(rating[a]!, rating[b]!);
    const byComposite = (a: number, b: number) => descending(compositeOf(a), compositeOf(b));
    const byDollarVolume = (a: number, b: number) =>
      descending(
        lastIfNaN(numbers.row(a)[COLUMN.dollar_vol_20]!),
        lastIfNaN(numbers.row(b)[COLUMN.dollar_vol_20]!),
      );
    const [first, second] = this.#rankBy === 'classic' ? [byRating, byComposite] : [byComposite, byRating];
    return order.sort(
      (a, b) => first(a, b) || second(a, b) || byDollarVolume(a, b) || (symbols[a]! < symbols[b]! ? -1 : 1),
    );
  }

  /** Drops the rows that cannot be among the best any more, whatever their composite will be. */
  #keepBest(): void {
    const symbols = this.#symbols;
    const numbers = this.#numbers;
    const ratings = Float64Array.from(symbols, (_symbol, index) =>
      lastIfNaN(numbers.row(index)[COLUMN.rating]!),
    );
    const leastRating = ratings.toSorted().at(-this.#top)!;
    const listings = this.#listings;
    this.#symbols = [];
    this.#listings = [];
    this.#numbers = new RowBlocks();
    for (const [index, symbol] of symbols.entries()) {
      if (ratings[index]! >= leastRating) this.#keep(symbol, numbers.row(index), listings[index]);
    }
    // Many may tie with the last: looking again is worth it when as many have come again.
    this.#full = Math.max(this.#full, 2 * this.#symbols.length);
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
}

function lastIfNaN(value: number): number {
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}

// A difference would be NaN for two infinities.
function descending(a: number, b: number): number {
  return a > b ? -1 : a < b ? 1 : 0;
}
