import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, expect } from 'vitest';
import type { BlockStore } from '../../src/cache/block-store.ts';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { parseSession } from '../../src/session.ts';
import { createMarket } from '../../src/simulator/market.ts';
import type { Outcome } from '../../src/types.ts';
import { collectScan } from '../support/collect-scan.ts';
import { type SimulatedSource, startSimulatedSource } from '../support/simulated-source.ts';

const asOf = parseSession('2018-07-17');
const market = createMarket({ symbols: 200, sessions: 40, end: asOf });
const tickers = Array.from(market.tickers(), ({ ticker }) => ticker);

let source: SimulatedSource;
beforeAll(async () => {
  source = await startSimulatedSource(market, { faults: { '500': 0.05 } });
});
afterAll(() => source.close());

test.prop(
  [
    fc.record({
      window: fc.integer({ min: 1, max: 120 }),
      concurrency: fc.constantFrom(4, 64),
      workers: fc.constantFrom(0, 0, 0, 1),
      count: fc.integer({ min: 1, max: tickers.length }),
      /** Turns of the event loop that writing a batch of receipts takes. */
      turns: fc.nat({ max: 5 }),
    }),
  ],
  { numRuns: 12 },
)(
  'a scan holds its window of symbols, and never one more',
  async ({ window, concurrency, workers, count, turns }) => {
    let entered = 0;
    let left = 0;
    let most = 0;
    const memory = createMemoryStore();
    const store: BlockStore = {
      ...memory,
      async read(keys) {
        // The tables of splits and of rows are no symbol.
        if (!/\|(splits|rows)\|$/.test(keys[0]!)) entered += keys.length;
        most = Math.max(most, entered - left);
        return memory.read(keys);
      },
    };
    const receipts = {
      async write(outcomes: readonly Outcome[]) {
        for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
        left += outcomes.length;
      },
    };
    const universe = tickers.slice(0, Math.min(count, 3 * window));
    const { outcomes } = await collectScan({
      ...{ universe, source, store, receipts, asOf, lookback: 30, window, concurrency, workers, attempts: 2 },
    });
    expect(outcomes).toHaveLength(universe.length);
    expect([entered, left]).toEqual([universe.length, universe.length]);
    expect(most).toBe(Math.min(window, universe.length));
  },
  60_000,
);
