import { fc, test } from '@fast-check/vitest';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BlockStore } from '../../src/cache/block-store.ts';
import { openDiskStore } from '../../src/cache/disk.ts';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { sessionsBack } from '../../src/calendar/nyse.ts';
import { layOutSeries, viewSeries } from '../../src/series.ts';
import { parseSession } from '../../src/session.ts';
import { createMarket } from '../../src/simulator/market.ts';
import { rowsKey, seriesKey } from '../../src/store-keys.ts';
import type { ScanOptions } from '../../src/streams/scan-options.ts';
import type { BarSource } from '../../src/types.ts';
import { collectScan } from '../support/collect-scan.ts';
import { startSimulatedSource } from '../support/simulated-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const today = parseSession('2018-07-17');
const yesterday = sessionsBack(today, 2);
const market = createMarket({ symbols: 60, sessions: 90, end: today });
const tickers = Array.from(market.tickers(), ({ ticker }) => ticker);
const source = await startSimulatedSource(market);
afterAll(() => source.close());
const base = { universe: tickers, source, lookback: 60, asOf: yesterday, id: 'same', workers: 0 } as const;

/** A store that counts the series that are read from it. */
function counted(store: BlockStore): BlockStore & { series: number } {
  const counting = {
    ...store,
    series: 0,
    get damaged() {
      return store.damaged;
    },
    async read(keys: readonly string[]) {
      const found = await store.read(keys);
      for (const [index, key] of keys.entries()) {
        if (found[index] !== undefined && !key.endsWith('|')) counting.series++;
      }
      return found;
    },
  };
  return counting;
}

async function scan(store: BlockStore, options: Partial<ScanOptions> = {}) {
  const { ranking, error } = await collectScan({ ...base, store, ...options });
  expect(error).toBeUndefined();
  return { rows: [...ranking!.rows], summary: ranking!.summary };
}

describe('rows that are kept', () => {
  const options = fc.record({
    asOf: fc.constantFrom(yesterday, today),
    lookback: fc.constantFrom(40, 60),
    weights: fc.constantFrom({}, { trend: 7 }),
    batch: fc.boolean(),
    universe: fc.constantFrom(tickers, tickers.slice(0, 20), tickers.slice(10)),
  });
  test.prop([fc.array(options, { minLength: 2, maxLength: 5, size: 'max' })], { numRuns: 8 })(
    'are those that a scan without a past has',
    async (scans) => {
      const dir = temporaryFolder();
      for (const own of scans) {
        // A process that has just been started, on the same folder.
        const disk = openDiskStore({ dir });
        const { rows, summary } = await scan(disk, own);
        await disk.close();
        const fresh = await scan(createMemoryStore(), own);
        expect(rows).toEqual(fresh.rows);
        expect([summary.outcomes, summary.market]).toEqual([fresh.summary.outcomes, fresh.summary.market]);
      }
    },
    60_000,
  );

  const open = async () => {
    const disk = openDiskStore({ dir: temporaryFolder() });
    onTestFinished(() => disk.close());
    const first = await scan(disk);
    return { disk, first, store: counted(disk) };
  };

  it('spare reading the series', async () => {
    const { first, store } = await open();
    for (const batch of [true, false]) {
      const { rows, summary } = await scan(store, { batch });
      expect(rows).toEqual(first.rows);
      expect([summary.calls, summary.cache.hit_rate]).toEqual([0, 1]);
    }
    expect(store.series).toBe(0);
  });

  it('are scored anew where the bars are others', async () => {
    const { store } = await open();
    const key = seriesKey(source.dataset, 'SPY');
    const [bytes] = await store.read([key]);
    const { bytes: corrected, ...columns } = layOutSeries(viewSeries(bytes!));
    const { close, ...others } = viewSeries(bytes!);
    for (const name of ['open', 'high', 'low', 'volume', 'session'] as const) columns[name].set(others[name]);
    columns.close.set(close.map((price) => price * 1.001));
    await store.write([{ key, series: corrected }]);
    store.series = 0;
    const { rows } = await scan(store);
    expect(store.series).toBe(1);
    const alone = createMemoryStore();
    await alone.write([{ key, series: corrected }]);
    const fresh = await scan(alone);
    expect(rows).toEqual(fresh.rows);
  });

  it('are scored anew where a split has become known', async () => {
    const { store } = await open();
    const split: BarSource = {
      ...source,
      get traffic() {
        return source.traffic;
      },
      dataset: source.dataset,
      splits: {
        fetchSplits: async (...asked) => [
          ...(await source.splits!.fetchSplits(...asked)),
          { symbol: 'SPY', session: yesterday - 10, ratio: 2 },
        ],
      },
    };
    // The table that is kept is of before: it is fetched anew where it is gone.
    await store.write([{ key: `${source.dataset}|splits|`, series: new Uint8Array(40) }]);
    const { rows } = await scan(store, { source: split });
    const fresh = await scan(createMemoryStore(), { source: split });
    expect(rows).toEqual(fresh.rows);
    expect(store.series).toBe(1);
  });

  it('are scored anew where the table is damaged, and kept again', async () => {
    const { first, store } = await open();
    await store.write([{ key: rowsKey(source.dataset), series: new Uint8Array(40) }]);
    expect((await scan(store)).rows).toEqual(first.rows);
    expect(store.series).toBeGreaterThan(20);
    store.series = 0;
    expect((await scan(store)).rows).toEqual(first.rows);
    expect(store.series).toBe(0);
  });

  it('cost no result where the store fails', async () => {
    const { first, disk } = await open();
    const fail = async () => {
      throw new Error('the disk is gone');
    };
    const failing: Partial<BlockStore>[] = [
      { coverage: fail },
      { write: fail },
      { read: (keys) => (keys[0]!.endsWith('|rows|') ? fail() : disk.read(keys)) },
    ];
    for (const broken of failing) {
      expect((await scan({ ...disk, ...broken })).rows).toEqual(first.rows);
    }
  });
});
