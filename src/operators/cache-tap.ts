import type { OperatorFunction } from 'rxjs';
import { FLAG_OLDER_EXIST, readSeriesHeader, viewSeries } from '../series.ts';
import type { Entry, History, SeriesBytes, SeriesStore, Traveller } from '../types.ts';
import { batchMap } from './batch-map.ts';

type Entered = Extract<Traveller, { kind: 'entered' }>;
type Fresh = Extract<Traveller, { kind: 'fresh' }>;

export interface CacheTapOptions {
  /** Names the data, so that two sources never share an entry. */
  readonly dataset: string;
  readonly history: History;
  /** Told how many symbols each read answered, and how many not. */
  readonly onRead?: (hits: number, misses: number) => void;
  /** Told when the store failed: it costs time, not results. */
  readonly onStoreError?: (error: unknown, doing: 'read' | 'write') => void;
}

/**
 * Takes the series of each symbol from the store where the stored one answers the question, and marks the symbol
 * missing where it does not.
 *
 * Order: kept. Failure: a store that cannot be read is an empty one. Holds: a batch of series.
 */
export function readCache(
  store: SeriesStore,
  { dataset, history, onRead = () => {}, onStoreError = () => {} }: CacheTapOptions,
): OperatorFunction<Entered, Traveller> {
  return batchMap(
    async (batch) => {
      let found: readonly (SeriesBytes | undefined)[] = [];
      try {
        found = await store.read(batch.map(({ entry }) => storeKey(dataset, entry)));
      } catch (error) {
        onStoreError(error, 'read');
      }
      let hits = 0;
      const travellers = batch.map(({ entry }, index): Traveller => {
        const series = found[index];
        if (series === undefined || !answers(series, history)) return { kind: 'missing', entry };
        hits++;
        return { kind: 'cached', entry, series };
      });
      onRead(hits, batch.length - hits);
      return travellers;
    },
    { size: 256 },
  );
}

/**
 * Stores the series that came fresh from the source.
 *
 * Order: kept. Failure: a store that cannot be written is reported, the symbols pass. Holds: a batch of series.
 */
export function writeCache(
  store: SeriesStore,
  { dataset, onStoreError = () => {} }: CacheTapOptions,
): OperatorFunction<Fresh, Traveller> {
  return batchMap(
    async (batch) => {
      try {
        await store.write(batch.map(({ entry, series }) => ({ key: storeKey(dataset, entry), series })));
      } catch (error) {
        onStoreError(error, 'write');
      }
      // The bytes have served: a row is all that goes on.
      return batch.map(({ entry, row }): Traveller => ({ kind: 'scored', entry, row }));
    },
    { size: 256 },
  );
}

function storeKey(dataset: string, entry: Entry): string {
  return `${dataset}|${entry.symbol}`;
}

/**
 * Whether a stored series says all that the source would say of this history: it was asked for up to the as-of
 * session or later, and holds enough bars up to there, or all there are.
 */
export function answers(bytes: SeriesBytes, { from, to, bars }: History): boolean {
  const header = readSeriesHeader(bytes);
  if (header === undefined || header.to < to) return false;
  if (header.from <= from && (header.flags & FLAG_OLDER_EXIST) === 0) return true;
  const oldestNeeded = viewSeries(bytes).session[bars - 1];
  return oldestNeeded !== undefined && oldestNeeded <= to;
}
