import { expect, it, onTestFinished } from 'vitest';
import { openDiskStore } from '../../src/cache/disk.ts';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { tier } from '../../src/cache/tiered.ts';
import { sessionsBack } from '../../src/calendar/nyse.ts';
import { viewMarketDay } from '../../src/market-day.ts';
import { parseSession } from '../../src/session.ts';
import { createMarket } from '../../src/simulator/market.ts';
import type { ScanOptions } from '../../src/streams/scan-options.ts';
import type { BarSource } from '../../src/types.ts';
import { RowMemory } from '../../src/workers/row-memory.ts';
import { collectScan } from '../support/collect-scan.ts';
import { startSimulatedSource } from '../support/simulated-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const today = parseSession('2018-07-17');
const yesterday = sessionsBack(today, 2);
const dayBefore = sessionsBack(today, 3);
const market = createMarket({ symbols: 80, sessions: 120, end: today });
const tickers = Array.from(market.tickers(), ({ ticker }) => ticker);

/** A process that stays and one that has just been started, on the same source. */
async function open() {
  const simulated = await startSimulatedSource(market);
  onTestFinished(() => simulated.close());
  let moved = 0;
  const source: BarSource = {
    ...simulated,
    get traffic() {
      return simulated.traffic;
    },
    wholeMarket: {
      ...simulated.wholeMarket!,
      // A part of the bars moves with every look.
      async fetchSnapshot(session, signal) {
        const day = viewMarketDay(await simulated.wholeMarket!.fetchSnapshot!(session, signal));
        for (let row = 0; row < day.rows; row += 3) day.close[row]! *= 1 + moved / 1000;
        return day.bytes;
      },
    },
  };
  const disk = openDiskStore({ dir: temporaryFolder() });
  onTestFinished(() => disk.close());
  const scan = async (options: Partial<ScanOptions>) => {
    const { ranking, error } = await collectScan({
      ...{ universe: tickers, source, lookback: 100, id: 'same', workers: 0, ...options },
    });
    expect(error).toBeUndefined();
    return { rows: [...ranking!.rows], summary: ranking!.summary };
  };
  const store = tier([createMemoryStore(), disk]);
  const rows = new RowMemory();
  return {
    move: () => moved++,
    resident: (options: Partial<ScanOptions>) => scan({ ...options, store, rows }),
    fresh: (options: Partial<ScanOptions>) => scan({ ...options, store: createMemoryStore() }),
  };
}

it('ranks from memory what a process that has just been started ranks', async () => {
  const { resident, fresh, move } = await open();
  const scans: readonly Partial<ScanOptions>[] = [
    { asOf: dayBefore },
    { asOf: dayBefore },
    { asOf: dayBefore, forming: yesterday },
    { asOf: dayBefore, lookback: 60 },
    { asOf: yesterday },
    { asOf: yesterday, forming: today },
    { asOf: yesterday, forming: today },
    { asOf: yesterday, weights: { trend: 7 } },
    { asOf: dayBefore },
    { asOf: today },
  ];
  for (const options of scans) {
    const { rows, summary } = await resident(options);
    const expected = await fresh(options);
    expect(rows.length).toBeGreaterThan(20);
    expect(rows).toEqual(expected.rows);
    expect([summary.outcomes, summary.market]).toEqual([expected.summary.outcomes, expected.summary.market]);
    move();
  }
});

it('asks nobody where nothing has changed', async () => {
  const { resident } = await open();
  await resident({ asOf: yesterday });
  const { summary } = await resident({ asOf: yesterday });
  expect([summary.calls, summary.cache.misses, summary.cache.prefetched]).toEqual([0, 0, 0]);
  expect(summary.cache.hit_rate).toBe(1);
});
