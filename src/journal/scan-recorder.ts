import type { BesideSeries, Listing, Outcome, Ranking, SymbolId } from '../types.ts';
import { decidingSettings } from './deciding-settings.ts';
import { digestRows } from './digest-rows.ts';
import { hashRow } from './hash-row.ts';
import { FORM, type Manifest, type ScoredSymbol } from './manifest.ts';

/** What a scan does not say of itself. */
export interface RecordedScan {
  /** Its result. */
  readonly ranking: Ranking;
  /** Of its source. */
  readonly dataset: string;
  /** As the scan was asked for: where a request has its own condition or its own `top`, these. */
  readonly settings: Parameters<typeof decidingSettings>[0];
}

/**
 * Notes of a scan, while it runs, what its ranking is made of.
 *
 * Order: it does not matter. Failure: none. Holds: for each scored symbol its name, its listing and a number.
 */
export class ScanRecorder {
  readonly #symbols: SymbolId[] = [];
  readonly #listings: (Listing | undefined)[] = [];
  readonly #hashes: number[] = [];
  #besideOf: (symbol: SymbolId) => BesideSeries = () => ({});

  /** Takes what is known of symbols beside their series. */
  readonly onBeside = (besideOf: (symbol: SymbolId) => BesideSeries): void => {
    this.#besideOf = besideOf;
  };

  /** Takes an outcome. What was not scored, or is stale, has no part in the ranking. */
  take(outcome: Outcome): void {
    if ((outcome.kind !== 'ranked' && outcome.kind !== 'filtered') || outcome.row === undefined) return;
    this.#symbols.push(outcome.entry.symbol);
    this.#listings.push(outcome.entry.listing);
    this.#hashes.push(hashRow(outcome.row));
  }

  /** Whatever was taken in so far, in the order in which it came. */
  *scored(): Generator<ScoredSymbol> {
    for (const [index, symbol] of this.#symbols.entries()) {
      const listing = this.#listings[index];
      yield {
        symbol,
        hash: this.#hashes[index]!,
        ...(listing && { listing }),
        beside: this.#besideOf(symbol),
      };
    }
  }

  /** The manifest of the scan, once it is over. Goes over the rows of the ranking once. */
  manifest({ ranking, dataset, settings }: RecordedScan): Manifest {
    const { scan, version, as_of, forming, source, started } = ranking.summary;
    return {
      head: {
        ...{ type: 'manifest', form: FORM, scan, version, as_of, forming, source, dataset, started },
        settings: decidingSettings(settings),
        symbols: this.#symbols.length,
        rows: ranking.length,
        sha256: digestRows(ranking),
      },
      scored: [...this.scored()],
    };
  }
}
