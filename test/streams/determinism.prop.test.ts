import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { openDiskStore } from '../../src/cache/disk.ts';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { tier } from '../../src/cache/tiered.ts';
import { sessionsBack } from '../../src/calendar/nyse.ts';
import { parseSession } from '../../src/session.ts';
import type { FaultKind } from '../../src/simulator/faults.ts';
import { createMarket, type Market } from '../../src/simulator/market.ts';
import { jsonLines } from '../../src/sinks/json-lines.ts';
import type { ScanOptions } from '../../src/streams/scan-options.ts';
import type { BarSource, Summary } from '../../src/types.ts';
import { collectScan } from '../support/collect-scan.ts';
import { type SimulatedSource, startSimulatedSource } from '../support/simulated-source.ts';

const end = parseSession('2018-07-17');
const asOf = sessionsBack(end, 6);
const distinct = createMarket({ symbols: 150, sessions: 320, end });
const tickers = Array.from(distinct.tickers(), ({ ticker }) => ticker);
/** Neighbours have the same bars, so that ties are the rule. */
const market: Market = {
  ...distinct,
  bars: (symbol) => distinct.bars(tickers[tickers.indexOf(symbol) & ~1]!),
};
/** Of these, none can end a symbol for good, and none but `slow` takes time. */
const TRANSIENT: readonly FaultKind[] = [
  '429',
  '429-retry-after',
  '500',
  'reset',
  'truncate',
  'malformed',
  'html',
  'error-200',
  'slow',
  'empty',
  'wrong-symbol',
];

const folder = mkdtempSync(join(tmpdir(), 'tapescan-determinism-'));
let folders = 0;
let calm: SimulatedSource;
let faulty: SimulatedSource;
beforeAll(async () => {
  calm = await startSimulatedSource(market);
  const faults = Object.fromEntries(TRANSIENT.map((kind) => [kind, 0.3 / TRANSIENT.length]));
  faulty = await startSimulatedSource(market, { faults, slowMs: 60, jitterMs: 5 });
});
afterAll(async () => {
  await calm.close();
  await faulty.close();
  rmSync(folder, { recursive: true });
});

/** The ranking as NDJSON, and the summary. */
async function rank(
  options: Partial<ScanOptions> & { source: BarSource },
): Promise<{ text: string; summary: Summary }> {
  const { ranking, error } = await collectScan({ universe: tickers, asOf, id: 'fixed', ...options });
  if (error !== undefined) throw error;
  return { text: [...jsonLines(ranking!)].join(''), summary: ranking!.summary };
}

const variant = fc.record({
  universe: fc.shuffledSubarray(tickers, { minLength: tickers.length }),
  isFaulty: fc.boolean(),
  concurrency: fc.constantFrom(2, 7, 64),
  window: fc.constantFrom(30, 1000),
  workers: fc.constantFrom<(number | 'auto')[]>(0, 0, 'auto', 1, 2),
});
const lookback = fc.constantFrom(25, 80, 260);

describe('the ranking as text', () => {
  test.prop([fc.array(variant, { minLength: 4, maxLength: 4 }), lookback], { numRuns: 4 })(
    'is the same byte for byte whatever the order, the concurrency, the window, the threads and the faults',
    async (variants, lookback) => {
      const { text } = await rank({ source: calm, lookback });
      expect(text.split('\n').length).toBeGreaterThan(50);
      await Promise.all(
        variants.map(async ({ isFaulty, ...options }) => {
          const source = isFaulty ? faulty : calm;
          const again = await rank({ source, lookback, attempts: 100, ...options });
          expect(again.summary.outcomes).toMatchObject({ failed: 0, skipped: 0 });
          if (isFaulty) expect(again.summary.retries).toBeGreaterThan(0);
          expect(again.text).toBe(text);
        }),
      );
    },
    60_000,
  );

  test.prop(
    [
      fc.record({
        lookback: fc.constantFrom(25, 80, 260),
        /** What the scan before looked at. */
        earlier: fc.record({
          lookback: fc.constantFrom(20, 80, 100, 300),
          asOf: fc.constantFrom(asOf - 1, asOf, end),
        }),
        /** Share of the symbols that it looked at. */
        share: fc.constantFrom(0.3, 1),
        store: fc.constantFrom('memory', 'disk', 'tiered'),
        workers: fc.constantFrom(0, 0, 1),
      }),
    ],
    { numRuns: 15 },
  )(
    'is the same byte for byte with a cold cache, a warm one, and one that another scan filled',
    async ({ lookback, earlier, share, store: kind, workers }) => {
      const { text } = await rank({ source: calm, lookback, workers });
      const disk = () => openDiskStore({ dir: join(folder, String(folders++)) });
      const store =
        kind === 'memory'
          ? createMemoryStore()
          : kind === 'disk'
            ? disk()
            : tier([createMemoryStore(), disk()]);
      try {
        const universe = tickers.slice(0, tickers.length * share);
        await rank({ source: calm, store, universe, workers, ...earlier });
        const mixed = await rank({ source: calm, store, lookback, workers });
        const warm = await rank({ source: calm, store, lookback, workers });
        expect([mixed.text, warm.text]).toEqual([text, text]);
        expect(warm.summary).toMatchObject({ calls: 0, cache: { hits: tickers.length, misses: 0 } });
      } finally {
        await store.close();
      }
    },
    60_000,
  );

  test.prop([fc.nat({ max: 160 }), fc.constantFrom(0, 1)], { numRuns: 10 })(
    'begins with `top`',
    async (top, workers) => {
      const all = (await rank({ source: calm, lookback: 80 })).text.split('\n').slice(0, -1);
      const best = (await rank({ source: calm, lookback: 80, top, workers })).text.split('\n').slice(0, -1);
      expect(best).toEqual(all.slice(0, top));
    },
    60_000,
  );
});
