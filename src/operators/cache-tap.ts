import type { OperatorFunction } from 'rxjs';
import { answers } from '../standing.ts';
import { seriesKey } from '../store-keys.ts';
import type { History, SeriesBytes, SeriesStore, Traveller } from '../types.ts';
import { batchMap } from './batch-map.ts';

type Entered = Extract<Traveller, { kind: 'entered' }>;
type Fresh = Extract<Traveller, { kind: 'fresh' }>;

export interface CacheTapOptions {
  /** Names the data, so that two sources never share an entry. */
  readonly dataset: string;
  readonly history: History;
  /** Sessions for which a symbol without any bar is believed to have none still. @default 0 */
  readonly noDataSessions?: number;
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
  { dataset, history, noDataSessions = 0, onRead = () => {}, onStoreError = () => {} }: CacheTapOptions,
): OperatorFunction<Entered, Traveller> {
  return batchMap(
    async (batch) => {
      let found: readonly (SeriesBytes | undefined)[] = [];
      try {
        found = await store.read(batch.map(({ entry }) => seriesKey(dataset, entry.symbol)));
      } catch (error) {
        onStoreError(error, 'read');
      }
      let hits = 0;
      const travellers = batch.map(({ entry }, index): Traveller => {
        const series = found[index];
        if (series === undefined || !answers(series, history, noDataSessions))
          return { kind: 'missing', entry };
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
        await store.write(
          batch.map(({ entry, series }) => ({ key: seriesKey(dataset, entry.symbol), series })),
        );
      } catch (error) {
        onStoreError(error, 'write');
      }
      // The bytes have served: a row is all that goes on.
      return batch.map(({ entry, row }): Traveller => ({ kind: 'scored', entry, row }));
    },
    { size: 256 },
  );
}
