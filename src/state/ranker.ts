import type { CrossSection } from '../cross-section/cross-section.ts';
import { COLUMN, describeFeatures, describeRow } from '../features.ts';
import { describeListing } from '../listing.ts';
import { type PlanSettings, planTrade } from '../plan/trade-plan.ts';
import type { FeatureRow, Listing, RankedRow, Signal, SymbolId, TradePlan } from '../types.ts';
import { RowStore, type RowStoreOptions } from './row-store.ts';

/** Rows beside twice the best that make it worth to drop some. */
const SURPLUS_ROWS = 4096;

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
  /** Where rows are kept. */
  readonly store?: RowStoreOptions;
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
 * The composite compares a symbol with all that were scored, so it is known only at the end. Failure: `LostGroundError`
 * where rows cannot be read back that had left memory. Holds: the symbol and listing of each ranked symbol, and its row
 * as `RowStore` does, in a file where they are many; with `top` and by the classic rating, of the best only: at most
 * `2 × top + 4,096`, and what ties with the last of them.
 */
export class Ranker {
  readonly #top: number;
  readonly #rankBy: RankBy;
  readonly #plan: RankerPlan;
  readonly #population: CrossSection;
  readonly #store: RowStoreOptions | undefined;
  #symbols: SymbolId[] = [];
  /** By the place of the row; empty where the list says nothing. */
  #listings: Listing[] = [];
  #numbers: RowStore;
  /** How many rows make it worth to drop some. */
  #full: number;

  constructor({
    population,
    top = Number.POSITIVE_INFINITY,
    rankBy = 'classic',
    plan = DEFAULT_PLAN,
    store,
  }: RankerOptions) {
    this.#population = population;
    this.#store = store;
    this.#numbers = new RowStore(store);
    this.#plan = plan;
    this.#top = top;
    this.#rankBy = rankBy;
    this.#full = rankBy === 'classic' ? 2 * top + SURPLUS_ROWS : Number.POSITIVE_INFINITY;
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

  /** Closes what rows are kept in: those that are not in memory cannot be iterated any more. */
  release(): void {
    this.#numbers.release();
  }

  /** By the signal of what counts first. */
  #planOf(row: FeatureRow, signal: Signal): TradePlan | undefined {
    if (signal === 'Avoid') return undefined;
    const isLong = signal === 'Long' || signal === 'Strong Long';
    return isLong || this.#plan.shorts ? planTrade(row, isLong ? 'long' : 'short', this.#plan) : undefined;
  }

  #keep(symbol: SymbolId, row: FeatureRow, listing: Listing | undefined): void {
    if (listing !== undefined) this.#listings[this.#symbols.length] = listing;
    this.#symbols.push(symbol);
    this.#numbers.push(row);
  }

  /** Indices of all rows, best first. */
  #order(): Uint32Array {
    const count = this.#symbols.length;
    const numbers = this.#numbers;
    const symbols = this.#symbols;
    // Keys side by side: the comparison touches small arrays instead of the rows.
    const rating = new Float64Array(count);
    const dollarVolume = new Float64Array(count);
    const composite = new Float64Array(count).fill(Number.NaN);
    const order = new Uint32Array(count);
    let at = 0;
    for (const row of numbers) {
      order[at] = at;
      rating[at] = lastIfNaN(row[COLUMN.rating]!);
      dollarVolume[at] = lastIfNaN(row[COLUMN.dollar_vol_20]!);
      // One by one, in no order, it would take a read each.
      if (numbers.hasLeft) composite[at] = this.#population.compositeOf(row);
      at++;
    }
    // Where ratings differ, as most do, nobody asks for the composite of a row in memory.
    const compositeOf = (index: number): number => {
      if (Number.isNaN(composite[index]!)) {
        composite[index] = this.#population.compositeOf(numbers.row(index));
      }
      return composite[index]!;
    };
    const byRating = (a: number, b: number) => descending(rating[a]!, rating[b]!);
    const byComposite = (a: number, b: number) => descending(compositeOf(a), compositeOf(b));
    const byDollarVolume = (a: number, b: number) => descending(dollarVolume[a]!, dollarVolume[b]!);
    const [first, second] = this.#rankBy === 'classic' ? [byRating, byComposite] : [byComposite, byRating];
    return order.sort(
      (a, b) => first(a, b) || second(a, b) || byDollarVolume(a, b) || (symbols[a]! < symbols[b]! ? -1 : 1),
    );
  }

  /** Drops the rows that cannot be among the best any more, whatever their composite will be. */
  #keepBest(): void {
    const symbols = this.#symbols;
    const numbers = this.#numbers;
    const ratings = new Float64Array(symbols.length);
    let at = 0;
    for (const row of numbers) ratings[at++] = lastIfNaN(row[COLUMN.rating]!);
    const leastRating = ratings.toSorted().at(-this.#top)!;
    const listings = this.#listings;
    this.#symbols = [];
    this.#listings = [];
    this.#numbers = new RowStore(this.#store);
    let index = 0;
    for (const row of numbers) {
      if (ratings[index]! >= leastRating) this.#keep(symbols[index]!, row, listings[index]);
      index++;
    }
    numbers.release();
    // Many may tie with the last: looking again is worth it when as many have come again.
    this.#full = Math.max(this.#full, 2 * this.#symbols.length);
  }
}

function lastIfNaN(value: number): number {
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}

// A difference would be NaN for two infinities.
function descending(a: number, b: number): number {
  return a > b ? -1 : a < b ? 1 : 0;
}
