import type { BlockStore } from '../cache/block-store.ts';
import { layOutSeries, readSeriesHeader, viewSeries } from '../series.ts';
import { splitsKey } from '../store-keys.ts';
import type { SeriesBytes, Session } from '../types.ts';

export interface ReplayStoreOptions {
  readonly dataset: string;
  /** The last session of which the scan had kept bars: the later ones of a series had not come yet. */
  readonly to: Session;
}

/**
 * A store as a scan found it, to be read only: series end where they ended then, and splits are not its business, as a scan knows
 * which it took. Order and failure: those of `store`. Holds: a copy of each series that has gone on since, while it is read.
 */
export function createReplayStore(store: BlockStore, { dataset, to }: ReplayStoreOptions): BlockStore {
  const splits = splitsKey(dataset);
  return {
    name: store.name,
    get damaged() {
      return store.damaged;
    },
    async read(keys) {
      const found = await store.read(keys);
      return found.map((bytes, index) => (bytes && keys[index] !== splits ? until(bytes, to) : undefined));
    },
    coverage: async (keys) => keys.map(() => undefined),
    async write() {},
    close: () => store.close(),
  };
}

/** A series without its bars after a session; whatever else it is, as it is. */
function until(bytes: SeriesBytes, to: Session): SeriesBytes {
  const header = readSeriesHeader(bytes);
  if (header === undefined || header.to <= to) return bytes;
  // What a client cut from a larger block may stand anywhere in it; columns of doubles may not.
  const series = viewSeries(bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes));
  let { bars } = series;
  while (bars > 0 && series.session[bars - 1]! > to) bars--;
  const shorter = layOutSeries({ bars, from: header.from, to, flags: header.flags });
  for (const name of ['open', 'high', 'low', 'close', 'volume', 'session'] as const) {
    shorter[name].set(series[name].subarray(0, bars));
  }
  return shorter.bytes;
}
