import type { SymbolId } from '../types.ts';

/** A symbol, and milliseconds of its longest call. */
export interface SlowSymbol {
  readonly symbol: SymbolId;
  readonly ms: number;
}

/** The symbols whose calls took longest, each with the longest of its calls. Holds: `size` of them. */
export class Slowest {
  readonly #size: number;
  #slowest: readonly SlowSymbol[] = [];

  constructor(size = 10) {
    this.#size = size;
  }

  /** The slowest first; of two that took the same time, the one that came first. */
  get symbols(): readonly SlowSymbol[] {
    return this.#slowest;
  }

  offer(symbol: SymbolId, ms: number): void {
    // Nearly all calls end here.
    if (this.#slowest.length === this.#size && ms <= this.#slowest.at(-1)!.ms) return;
    const known = this.#slowest.find((each) => each.symbol === symbol);
    if (known !== undefined && known.ms >= ms) return;
    this.#slowest = [...this.#slowest.filter((each) => each !== known), { symbol, ms }]
      .sort((a, b) => b.ms - a.ms)
      .slice(0, this.#size);
  }
}
