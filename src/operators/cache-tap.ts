import type { OperatorFunction } from 'rxjs';
import { answers } from '../standing.ts';
import { seriesKey } from '../store-keys.ts';
import type { FeatureRow, History, SeriesBytes, SeriesStore, SymbolId, Traveller } from '../types.ts';
import { batchMap } from './batch-map.ts';

type Entered = Extract<Traveller, { kind: 'entered' }>;
type Fresh = Extract<Traveller, { kind: 'fresh' }>;

export interface CacheTapOptions {
  /** Names the data, so that two sources never share an entry. */
  readonly dataset: string;
  readonly history: History;
  /** Sessions for which a symbol without any bar is believed to have none still. @default 0 */
  readonly noDataSessions?: number;
  /** The rows of symbols that need not be read and scored, by place. @default of none */
  readonly recall?: (symbols: readonly SymbolId[]) => Promise<readonly (FeatureRow | undefined)[]>;
  /** Told how many symbols each read answered, and how many not. */
  readonly onRead?: (hits: number, misses: number) => void;
  /** Told when the store failed: it costs time, not results. */
  readonly onStoreError?: (error: unknown, doing: 'read' | 'write') => void;
}

/**
 * Takes the row of each symbol that is known to come out as it did before, the series of each other one from the store where
 * the stored one answers the question, and marks the symbol missing where it does not.
 *
 * Order: kept. Failure: a store that cannot be read is an empty one. Holds: a batch of series.
 */
export function readCache(
  store: SeriesStore,
  {
    dataset,
    history,
    noDataSessions = 0,
    recall = async () => [],
    onRead = () => {},
    onStoreError = () => {},
  }: CacheTapOptions,
): OperatorFunction<Entered, Traveller> {
  const read = async (batch: readonly Entered[]): Promise<readonly (SeriesBytes | undefined)[]> => {
    if (batch.length === 0) return [];
    try {
      return await store.read(batch.map(({ entry }) => seriesKey(dataset, entry.symbol)));
    } catch (error) {
      onStoreError(error, 'read');
      return [];
    }
  };
  return batchMap(
    async (batch) => {
      const rows = await recall(batch.map(({ entry }) => entry.symbol));
      const found = (await read(batch.filter((_, index) => rows[index] === undefined))).values();
      let hits = 0;
      const travellers = batch.map(({ entry }, index): Traveller => {
        const row = rows[index];
        const series = row === undefined ? found.next().value : undefined;
        if (row === undefined && (series === undefined || !answers(series, history, noDataSessions))) {
          return { kind: 'missing', entry };
        }
        hits++;
        return row === undefined
          ? { kind: 'cached', entry, series: series! }
          : { kind: 'scored', entry, row };
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
