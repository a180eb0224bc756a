import { layOutSeries, readSeriesHeader, viewSeries } from '../series.ts';
import type { SeriesBytes, StoreEntry } from '../types.ts';
import type { BlockStore } from './block-store.ts';

const COLUMNS = ['session', 'open', 'high', 'low', 'close', 'volume'] as const;

/**
 * A store for a scan of the past: what it stores of a symbol does not cost the later bars that are kept already.
 *
 * A series that ends before the kept one does is stored with the later bars of that behind its own; where sessions between
 * the two are not known, the kept one stays. Failure: that of the store. Holds: what is written, while it is.
 */
export function keepLater(store: BlockStore): BlockStore {
  return {
    name: store.name,
    get damaged() {
      return store.damaged;
    },
    read: (keys) => store.read(keys),
    coverage: (keys) => store.coverage(keys),
    async write(entries) {
      const kept = await store.coverage(entries.map(({ key }) => key));
      const short = entries.filter(({ series }, index) => (kept[index]?.to ?? 0) > endOf(series));
      const longer = await store.read(short.map(({ key }) => key));
      const joined = new Map(short.map(({ key, series }, index) => [key, joinLater(series, longer[index])]));
      const written = entries.flatMap(({ key, series }): StoreEntry[] => {
        const whole = joined.has(key) ? joined.get(key) : series;
        return whole === undefined ? [] : [{ key, series: whole }];
      });
      if (written.length > 0) await store.write(written);
    },
    close: () => store.close(),
  };
}

/** Where a series ends; other blocks reach as far as anything. */
function endOf(bytes: SeriesBytes): number {
  return readSeriesHeader(bytes)?.to ?? Number.POSITIVE_INFINITY;
}

/** A series and the bars of a later one behind its end; `undefined` where sessions between them are not known. */
function joinLater(bytes: SeriesBytes, keptBytes: SeriesBytes | undefined): SeriesBytes | undefined {
  if (keptBytes === undefined || readSeriesHeader(keptBytes) === undefined) return bytes;
  const early = viewSeries(bytes);
  const kept = viewSeries(keptBytes);
  if (kept.from > early.to + 1) return undefined;
  let later = kept.bars;
  while (later > 0 && kept.session[later - 1]! > early.to) later--;
  const { bytes: joined, ...columns } = layOutSeries({
    bars: early.bars + kept.bars - later,
    from: early.from,
    to: kept.to,
    flags: early.flags,
  });
  for (const name of COLUMNS) {
    columns[name].set(early[name]);
    columns[name].set(kept[name].subarray(later), early.bars);
  }
  return joined;
}
