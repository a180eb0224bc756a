import { Observable } from 'rxjs';
import { Stop } from '../state/stop.ts';
import { tracedParts } from '../trace/traced-parts.ts';
import type { Outcome, Ranking } from '../types.ts';
import { armStop } from './arm-stop.ts';
import { fillScanOptions } from './fill-scan-options.ts';
import { type PreparedScan, prepareScan } from './prepare-scan.ts';
import { scan } from './scan.ts';
import type { ScanOptions } from './scan-options.ts';
import { summarize } from './summarize.ts';
import { watchScan } from './watch-scan.ts';

/** What a scan emits: the outcome of every entry as it happens, then its ranking; it completes when all is stored. */
export type ScanEvent = Outcome | { readonly kind: 'ranking'; readonly ranking: Ranking };

/**
 * Runs a scan on its parts: makes what it needs, watches the deadline and the ground, and ends with the ranking.
 *
 * Each subscription is a scan. Unsubscribing before the end stops it and drops the ranking; `signal` stops it and
 * keeps the ranking. Order: outcomes as symbols finish. Failure: where the ground was lost, the ranking of what was
 * finished comes first, then a `LostGroundError`. Holds: `window` symbols, and a compact row for each ranked one, in a
 * temporary file where they are many; the file is there for as long as anybody can reach the ranking.
 */
export function runScan(options: ScanOptions): Observable<ScanEvent> {
  return new Observable<ScanEvent>((subscriber) => {
    const filled = fillScanOptions(tracedParts(options));
    const stop = new Stop();
    const disarm = armStop(stop, filled);
    // First of all, so that it is done also where a part of the scan cannot be made.
    subscriber.add(() => {
      stop.stop('interrupted');
      disarm();
    });
    const prepared = prepareScan(filled, stop);
    const { parts, state, prefetch, rows } = prepared;
    filled.onStart?.(watchScan(state.books, { ...state, handedOut: () => prefetch.store.handedOut }));

    // Whoever has the ranking iterates it when they like: then its rows are there for as long as anybody can reach them.
    let isHandedOut = false;
    subscriber.add(() => {
      if (!isHandedOut) state.books.ranker.release();
    });
    let closing: Promise<void> | undefined;
    const close = () => {
      disarm();
      closing ??= parts.scorer.close();
      return closing;
    };
    const end = async () => {
      await close();
      if (subscriber.closed) return;
      bookPrefetch(prepared);
      judgeEnd(prepared);
      const ranking = rankingOf(prepared);
      isHandedOut = true;
      // It waits for nothing that is only to be kept.
      const saved = rows.save();
      subscriber.next({ kind: 'ranking', ranking });
      await Promise.all([saved, prefetch.settled()]);
      const { cause: lost } = state.books.stop;
      if (lost) subscriber.error(lost);
      else subscriber.complete();
    };
    const subscription = scan(parts).subscribe({
      next: (outcome) => subscriber.next(outcome),
      error: (error: unknown) => {
        void close().finally(() => subscriber.error(error));
      },
      complete: () => {
        end().catch((error: unknown) => subscriber.error(error));
      },
    });
    return () => {
      subscription.unsubscribe();
      void close();
    };
  });
}

/** What was read while the prefetch had just brought it was no hit of the cache. */
function bookPrefetch({ state: { books }, prefetch }: PreparedScan): void {
  books.cache.prefetched = prefetch.store.handedOut;
  books.cache.hits -= prefetch.store.handedOut;
  books.corrected = prefetch.corrected;
}

/** The ground is lost too where a scan came to its end without one usable answer, and nothing was kept. */
function judgeEnd({ state: { books, ground } }: PreparedScan): void {
  const { stop, cache } = books;
  const verdict = cache.hits === 0 ? ground.verdict() : undefined;
  if (verdict !== undefined) stop.stop('ground-lost', verdict);
}

function rankingOf({ state: { books } }: PreparedScan): Ranking {
  const { id, ranker, clock } = books;
  clock.move('rank', 1);
  const rows = ranker.rows(id);
  clock.move('rank', -1);
  return { rows, length: ranker.length, summary: summarize(books) };
}
