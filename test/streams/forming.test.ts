import { expect, it, onTestFinished } from 'vitest';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { sessionsBack } from '../../src/calendar/nyse.ts';
import { formatSession, parseSession } from '../../src/session.ts';
import { createMarket } from '../../src/simulator/market.ts';
import type { ScanOptions } from '../../src/streams/scan-options.ts';
import { collectScan } from '../support/collect-scan.ts';
import { startSimulatedSource } from '../support/simulated-source.ts';

const today = parseSession('2018-07-17');
const yesterday = sessionsBack(today, 2);
const market = createMarket({ symbols: 60, sessions: 80, end: today });
const tickers = Array.from(market.tickers(), ({ ticker }) => ticker);

async function open() {
  const source = await startSimulatedSource(market);
  onTestFinished(() => source.close());
  const scan = async (options: Partial<ScanOptions>) => {
    const { ranking, error } = await collectScan({
      ...{ universe: tickers, source, lookback: 50, id: 'same', batch: false, ...options },
    });
    return { rows: [...(ranking?.rows ?? [])], summary: ranking!.summary, error };
  };
  return { source, scan };
}

it.each([0, 1])('scores the bars of today as if it were over, on %i threads', async (workers) => {
  const { scan } = await open();
  const whole = await scan({ asOf: today, workers });
  const live = await scan({ asOf: yesterday, forming: today, workers });
  const traded = live.rows.filter(({ session }) => session === formatSession(today));
  expect(traded.length).toBeGreaterThan(30);
  const expected = new Map(whole.rows.map((row) => [row.symbol, row]));
  for (const { symbol, features } of traded) {
    expect([symbol, features]).toEqual([symbol, expected.get(symbol)!.features]);
  }
  expect(live.summary).toMatchObject({ as_of: formatSession(yesterday), forming: formatSession(today) });
});

it('takes one call once everything else is kept, and keeps nothing of it', async () => {
  const { source, scan } = await open();
  const store = createMemoryStore();
  await scan({ asOf: yesterday, store });
  // The splits of today are asked for with the first such scan.
  await scan({ asOf: yesterday, forming: today, store });
  const before = await source.provider.calls();
  const { summary } = await scan({ asOf: yesterday, forming: today, store });
  const after = await source.provider.calls();
  expect([after.total - before.total, after.snapshot - before.snapshot, summary.calls]).toEqual([1, 1, 1]);
  const headers = await store.coverage(tickers.map((ticker) => `${source.dataset}|${ticker}`));
  expect(headers.every((header) => header?.to === yesterday)).toBe(true);
});

it('is a lost ground where the source has no snapshot', async () => {
  const { source, scan } = await open();
  const { wholeMarket: _, ...without } = source;
  const { error } = await scan({ source: without, asOf: yesterday, forming: today });
  expect(error).toMatchObject({ name: 'LostGroundError', message: expect.stringContaining('no snapshot') });
});
