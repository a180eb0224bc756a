import { setTimeout as wait } from 'node:timers/promises';
import { ScanError } from '../../errors.ts';
import type { BarSource, Entry, History } from '../../types.ts';
import { DECODERS } from '../../workers/decoders/index.ts';
import type { Supplied } from './check-lookahead.ts';

export interface SupplySeriesOptions {
  readonly source: Pick<BarSource, 'fetchBars'>;
  readonly history: History;
  /** Requests under way at once. @default 8 */
  readonly concurrency?: number | undefined;
  /** Attempts for one symbol, the first included. @default 5 */
  readonly attempts?: number | undefined;
  /** Milliseconds of the first wait where the source names none; each further one doubles it. @default 200 */
  readonly baseMs?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Fetches and decodes the series of each entry, again where that may help.
 *
 * Order: as the entries. Failure: a symbol's is what is supplied; otherwise that of `entries`. Ends once `signal` is
 * aborted. Holds: the answers of `concurrency` symbols.
 */
export async function* supplySeries(
  entries: AsyncIterable<readonly Entry[]>,
  { source, history, concurrency = 8, attempts = 5, baseMs = 200, signal }: SupplySeriesOptions,
): AsyncGenerator<Supplied, void, undefined> {
  const supply = async ({ symbol, defect }: Entry): Promise<Supplied> => {
    if (defect !== undefined) return { symbol, defect };
    for (let attempt = 1; ; attempt++) {
      try {
        const { format, pages } = await source.fetchBars(symbol, history, signal);
        return { symbol, series: DECODERS[format](pages, symbol, history) };
      } catch (cause) {
        const error = ScanError.from(cause, 'fetch');
        if (!error.retryable || attempt >= attempts || signal.aborted) return { symbol, error };
        // An aborted wait is no failure of its own: the next attempt meets the signal.
        await wait(error.retryAfterMs ?? baseMs * 2 ** (attempt - 1), null, { signal }).catch(() => {});
      }
    }
  };
  const underWay: Promise<Supplied>[] = [];
  for await (const batch of entries) {
    for (const entry of batch) {
      underWay.push(supply(entry));
      if (underWay.length < concurrency) continue;
      const supplied = await underWay.shift()!;
      if (signal.aborted) return;
      yield supplied;
    }
  }
  for (const promise of underWay) {
    const supplied = await promise;
    if (signal.aborted) return;
    yield supplied;
  }
}
