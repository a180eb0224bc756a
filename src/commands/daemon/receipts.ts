import { receiptOf } from '../../sinks/receipt-of.ts';
import type { Outcome, Ranking, Receipt } from '../../types.ts';

/** The receipts of a scan that go with its ranking. Holds: a receipt for each symbol that is not in the ranking. */
export class Receipts {
  readonly #scan: string;
  readonly #isCut: boolean;
  readonly #receipts: Receipt[] = [];

  /** @param isCut Whether the ranking may lack symbols that were ranked. */
  constructor(scan: string, isCut: boolean) {
    this.#scan = scan;
    this.#isCut = isCut;
  }

  take(outcome: Outcome): void {
    if (outcome.kind !== 'ranked' || this.#isCut) this.#receipts.push(receiptOf(this.#scan, outcome));
  }

  /** The ranking, and how every symbol that is not in it left. */
  addTo(ranking: Ranking): Ranking {
    if (!this.#isCut) return { ...ranking, receipts: this.#receipts };
    const written = new Set(Array.from(ranking.rows, ({ symbol }) => symbol));
    const receipts = this.#receipts.filter(
      ({ outcome, symbol }) => outcome !== 'ranked' || !written.has(symbol),
    );
    return { ...ranking, receipts };
  }
}
