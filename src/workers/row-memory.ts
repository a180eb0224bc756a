import type { KeptRow } from '../row-table.ts';
import type { BesideSeries, FeatureRow, FormingBar, SplitPairs, SymbolId } from '../types.ts';

/** What a row follows from beside the series. */
export interface RowOrigin extends BesideSeries {
  /** All but the symbol's own: the same text, the same computation over the same sessions. */
  readonly question: string;
}

/** A row, and which series it is of. */
export interface Remembered extends RowOrigin {
  readonly row: FeatureRow;
  /** The checksum of the series under its key: another one is of other bars. */
  readonly seal: number;
}

/** Symbols whose rows are kept: 20 MB. */
const MOST_ROWS = 32_768;

/**
 * The rows that symbols had last, for whoever scans them again: a symbol is scored anew only where something has changed
 * of what its row follows from, which is its bars, its splits, the bar of the session under way, and the question.
 *
 * Nobody writes into a row once it was scored. Failure: none.
 * Holds: a row (600 bytes) for each of at most `mostRows` symbols; beyond, those of other questions go, and no more come.
 */
export class RowMemory {
  readonly #rows = new Map<SymbolId, Remembered>();
  readonly #mostRows: number;
  /** The question that all rows answer since there was no room for one more: to look for others once more would find none. */
  #fullOf: string | undefined;

  constructor({ mostRows = MOST_ROWS }: { readonly mostRows?: number } = {}) {
    this.#mostRows = mostRows;
  }

  /** How many rows there are. */
  get size(): number {
    return this.#rows.size;
  }

  /** The row of a symbol, where it would come out the same from a series with the same seal. */
  recall(symbol: SymbolId, { question, splits, forming }: RowOrigin): Remembered | undefined {
    const known = this.#rows.get(symbol);
    return known !== undefined &&
      known.question === question &&
      areSameSplits(known.splits, splits) &&
      areSameBars(known.forming, forming)
      ? known
      : undefined;
  }

  remember(symbol: SymbolId, { row, seal, question, splits, forming }: Remembered): void {
    if (this.#rows.size >= this.#mostRows && !this.#rows.has(symbol)) {
      if (this.#fullOf !== question) this.#forgetOthers(question);
      if (this.#rows.size >= this.#mostRows) {
        this.#fullOf = question;
        return;
      }
    }
    if (this.#fullOf !== question) this.#fullOf = undefined;
    this.#rows.set(symbol, { row, seal, question, splits, forming });
  }

  /** The rows that answer a question without a bar of the session under way. */
  *answersTo(question: string): Generator<KeptRow> {
    for (const [symbol, { row, question: theirs, seal, splits, forming }] of this.#rows) {
      if (theirs === question && forming === undefined) yield { symbol, row, seal, splits };
    }
  }

  #forgetOthers(question: string): void {
    for (const [symbol, { question: theirs }] of this.#rows) {
      if (theirs !== question) this.#rows.delete(symbol);
    }
  }
}

function areSameSplits(a: SplitPairs | undefined, b: SplitPairs | undefined): boolean {
  if (a === b) return true;
  return a?.length === b?.length && a!.every((value, index) => value === b![index]);
}

function areSameBars(a: FormingBar | undefined, b: FormingBar | undefined): boolean {
  if (a === b) return true;
  return (
    a?.session === b?.session &&
    a?.open === b?.open &&
    a?.high === b?.high &&
    a?.low === b?.low &&
    a?.close === b?.close &&
    a?.volume === b?.volume
  );
}
