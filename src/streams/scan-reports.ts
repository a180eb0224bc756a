import type { BlockStore } from '../cache/block-store.ts';
import { noStore } from '../cache/none.ts';
import type { ScanError } from '../errors.ts';
import type { FetchPlan } from '../prefetch/plan-fetch.ts';
import type { Survey } from '../prefetch/survey.ts';
import type { ScanOptions } from './scan-options.ts';
import type { Books } from './summarize.ts';

export interface ScanReportsOptions {
  readonly books: Pick<Books, 'cache' | 'retries' | 'stop'>;
  readonly store: BlockStore;
  readonly log: ScanOptions['log'];
}

export type ScanReports = ReturnType<typeof scanReports>;

/** What the parts of a scan call back on the way: counted in its books, and told to the log. Holds: one flag. */
export function scanReports({ books, store, log }: ScanReportsOptions) {
  let storeFailed = false;
  return {
    onPlan(plan: FetchPlan, { answered, absent, behind }: Survey): void {
      const symbols = { answered: answered.size, absentSymbols: absent.length, behindSymbols: behind.length };
      log?.info({ ...plan, days: plan.days.length, ...symbols }, 'Planned');
    },

    /** Fetching for many symbols failed. That of a stopped scan is cut off, which is no failure. */
    onFailure(error: unknown): void {
      if (books.stop.reason !== undefined) return;
      log?.warn({ err: error }, 'Fetching for many symbols at once failed: each is fetched alone');
    },

    onRetry({ code, stage, retryAfterMs }: ScanError, delayMs: number): void {
      books.retries++;
      log?.debug({ code, stage, retryAfterMs, delayMs: Math.round(delayMs) }, 'Asking again');
    },

    onRead(hits: number, misses: number): void {
      // Where nothing is kept, nothing was missed.
      if (store === noStore) return;
      books.cache.hits += hits;
      books.cache.misses += misses;
    },

    /** Told once: a store that fails does so at every batch. */
    onStoreError(error: unknown, doing: 'read' | 'write'): void {
      if (storeFailed) return;
      storeFailed = true;
      log?.warn({ err: error, store: store.name }, `The cache cannot ${doing}: the scan goes on without`);
    },
  };
}
