import { describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { parseSession } from '../../src/session.ts';
import { createMarket } from '../../src/simulator/market.ts';
import type { LiveScan } from '../../src/state/live-scan.ts';
import type { ScanOptions } from '../../src/streams/scan-options.ts';
import type { BarSource } from '../../src/types.ts';
import { collectScan } from '../support/collect-scan.ts';
import { type SimulatedSource, startSimulatedSource } from '../support/simulated-source.ts';

const asOf = parseSession('2018-07-17');
const market = createMarket({ symbols: 60, sessions: 60, end: asOf });
const tickers = Array.from(market.tickers(), ({ ticker }) => ticker);

async function startSource(): Promise<SimulatedSource> {
  const simulated = await startSimulatedSource(market);
  onTestFinished(() => simulated.close());
  return simulated;
}

/** Runs a scan of the market, and gives what could be looked at. */
async function run(source: BarSource, options: Partial<ScanOptions>, look?: (live: LiveScan) => void) {
  let live: LiveScan | undefined;
  const scanned = await collectScan(
    {
      ...{ universe: tickers, source, asOf, lookback: 50, workers: 0, window: 20, concurrency: 8 },
      onStart(started) {
        live = started;
      },
      ...options,
    },
    () => look?.(live!),
  );
  return { live: live!, summary: scanned.ranking!.summary };
}

/** As in the summary. */
function figuresOf({ id, started, entered, outcomes, calls, retries, bytes, cache, stages }: LiveScan) {
  return {
    scan: id,
    started: new Date(started).toISOString(),
    in: entered,
    ...{ outcomes, calls, retries, bytes },
    cache: expect.objectContaining(cache) as unknown,
    seconds: expect.objectContaining(
      Object.fromEntries(stages.map(({ stage, seconds }) => [stage, seconds])),
    ) as unknown,
  };
}

describe('a scan that is looked at', () => {
  it.each([false, true])('says in the end what its summary says (batch: %s)', async (batch) => {
    const source = await startSource();
    const store = createMemoryStore();
    const first = await run(source, { store, batch });
    expect(first.summary).toMatchObject(figuresOf(first.live));
    expect(first.live.cache.hits).toBe(0);
    const second = await run(source, { store, batch });
    expect(second.summary).toMatchObject(figuresOf(second.live));
    expect(second.live.cache.hits).toBeGreaterThan(50);
  });

  it('has its figures within their bounds at every outcome, and none that shrinks', async () => {
    const before = { entered: 0, calls: 0, out: 0, passed: 0 };
    const insides: number[] = [];
    const calls: number[] = [];
    const { live } = await run(await startSource(), { batch: false }, (now) => {
      const out = Object.values(now.outcomes).reduce((sum, count) => sum + count, 0);
      const passed = now.stages.reduce((sum, stage) => sum + stage.passed, 0);
      const after = { entered: now.entered, calls: now.calls, out, passed };
      for (const [name, value] of Object.entries(after)) {
        expect(value).toBeGreaterThanOrEqual(before[name as keyof typeof before]);
      }
      Object.assign(before, after);
      expect(now.credits.inside).toBeLessThanOrEqual(20);
      expect(now.fetches.underWay).toBeLessThanOrEqual(8);
      expect(now.fetches).toMatchObject({ ceiling: 8 });
      insides.push(now.credits.inside);
      calls.push(now.fetches.underWay);
    });
    expect(Math.max(...insides)).toBeGreaterThan(8);
    expect(Math.max(...calls)).toBeGreaterThan(1);
    expect([live.credits.inside, live.fetches.underWay, live.breaker]).toEqual([0, 0, 'closed']);
    expect(live.stages.map(({ inside }) => inside)).toEqual(live.stages.map(() => 0));
    expect(live.stages.find(({ stage }) => stage === 'fetch')!.passed).toBe(tickers.length);
  });

  it('names the symbols that were slowest to fetch', async () => {
    const source = await startSource();
    const [slow, slower] = [tickers[7]!, tickers[3]!];
    const delays = new Map([
      [slow, 150],
      [slower, 300],
    ]);
    const delayed: BarSource = {
      ...source,
      get traffic() {
        return source.traffic;
      },
      async fetchBars(symbol, ...rest) {
        await new Promise((resolve) => setTimeout(resolve, delays.get(symbol) ?? 0));
        return source.fetchBars(symbol, ...rest);
      },
    };
    const { live } = await run(delayed, { batch: false });
    const { slowest } = live;
    expect(slowest).toHaveLength(10);
    expect(slowest.find(({ symbol }) => symbol === slower)!.ms).toBeGreaterThanOrEqual(299);
    expect(slowest.map(({ symbol }) => symbol)).toContain(slow);
    expect(slowest.map(({ ms }) => ms)).toEqual(slowest.map(({ ms }) => ms).toSorted((a, b) => b - a));
  });
});
