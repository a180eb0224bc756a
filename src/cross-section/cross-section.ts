import type { FeatureRow, Place, Signal } from '../types.ts';
import { FACTOR_NAMES, FACTORS, type Factor, type FactorName } from './factors.ts';
import { Percentiles } from './percentiles.ts';

const QUANTITIES = FACTOR_NAMES.flatMap((name) => FACTORS[name].quantities as Factor['quantities']);
/** Of each factor: its weight, and how many quantities it is the mean of. */
const WEIGHTS: readonly number[] = FACTOR_NAMES.map((name) => FACTORS[name].weight);
const COUNTS: readonly number[] = FACTOR_NAMES.map((name) => FACTORS[name].quantities.length);
const FIRST_CAPACITY = 8192;
/** What is copied when the arrays are full is five times what they hold in the end, and a tenth of them is empty. */
const GROWTH = 1.25;
/** What an absent factor counts as: neither good nor bad. */
const NEUTRAL = 50;

/** Of a composite; mirrored around 50 for Short. */
const STRONG = 80;
const WEAK = 65;
/** With less of its factors known, a symbol gets no signal. */
const LEAST_COVERAGE = 0.75;

/** A place with its factors by name: `null` where one is not available; its contribution is its weight times 50 then. */
export interface Composite extends Place {
  readonly factors: Readonly<Record<FactorName, number | null>>;
  readonly contributions: Readonly<Record<FactorName, number>>;
}

/**
 * Collects the quantities of all symbols of a scan, and then says where each one stands.
 *
 * The order in which rows are added does not matter. Holds: eleven numbers a row, a fourth more at most, and twice one of
 * the eleven arrays for a moment while they grow; once asked, places to begin looking, an eighth of that.
 */
export class CrossSection {
  /** Of each quantity, as many as rows were added; in any order. */
  readonly #values = QUANTITIES.map(() => new Float64Array(FIRST_CAPACITY));
  #length = 0;
  #percentiles: readonly Percentiles[] | undefined;
  /** What `#percentilesOf` answers with. */
  readonly #found = new Float64Array(FACTOR_NAMES.length);

  /** Adds a symbol to the population. */
  add(row: FeatureRow): void {
    if (this.#length === this.#values[0]!.length) this.#grow();
    for (let index = 0; index < QUANTITIES.length; index++) {
      this.#values[index]![this.#length] = QUANTITIES[index]!.of(row);
    }
    this.#length++;
    this.#percentiles = undefined;
  }

  /** Where a row of the population stands. */
  place(row: FeatureRow): Composite {
    const percentiles = this.#percentilesOf(row);
    const factors = {} as Record<FactorName, number | null>;
    const contributions = {} as Record<FactorName, number>;
    let composite = 0;
    let coverage = 0;
    for (let index = 0; index < FACTOR_NAMES.length; index++) {
      const name = FACTOR_NAMES[index]!;
      const percentile = percentiles[index]!;
      const isPresent = !Number.isNaN(percentile);
      factors[name] = isPresent ? percentile : null;
      contributions[name] = contributionOf(index, percentile);
      composite += contributions[name];
      if (isPresent) coverage += WEIGHTS[index]!;
    }
    return { composite, signal: signalOf(composite, coverage), coverage, factors, contributions };
  }

  /** The composite of its place alone, for whoever compares many. */
  compositeOf(row: FeatureRow): number {
    const percentiles = this.#percentilesOf(row);
    let composite = 0;
    for (let index = 0; index < WEIGHTS.length; index++) {
      composite += contributionOf(index, percentiles[index]!);
    }
    return composite;
  }

  /** The percentile of each factor; NaN where it is not available. Until the next call. */
  #percentilesOf(row: FeatureRow): Float64Array {
    this.#percentiles ??= this.#values.map((values) => new Percentiles(values.subarray(0, this.#length)));
    const found = this.#found;
    let next = 0;
    for (let index = 0; index < COUNTS.length; index++) {
      const count = COUNTS[index]!;
      let sum = 0;
      for (const end = next + count; next < end; next++) {
        sum += this.#percentiles[next]!.rank(QUANTITIES[next]!.of(row));
      }
      found[index] = sum / count;
    }
    return found;
  }

  /** One array after the other, and none waits for the garbage collector. */
  #grow(): void {
    const bytes = Math.ceil(GROWTH * this.#length) * Float64Array.BYTES_PER_ELEMENT;
    for (const [index, { buffer }] of this.#values.entries()) {
      this.#values[index] = new Float64Array(buffer.transfer(bytes));
    }
  }
}

function contributionOf(factor: number, percentile: number): number {
  return WEIGHTS[factor]! * (Number.isNaN(percentile) ? NEUTRAL : percentile);
}

/** Symmetric: what is Long at 50 + x is Short at 50 − x. */
function signalOf(composite: number, coverage: number): Signal {
  if (coverage < LEAST_COVERAGE) return 'Avoid';
  if (composite >= STRONG) return 'Strong Long';
  if (composite >= WEAK) return 'Long';
  if (composite <= 100 - STRONG) return 'Strong Short';
  if (composite <= 100 - WEAK) return 'Short';
  return 'Avoid';
}
