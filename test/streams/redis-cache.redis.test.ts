import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDiskStore } from '../../src/cache/disk.ts';
import { openRedisStore } from '../../src/cache/redis.ts';
import { tier } from '../../src/cache/tiered.ts';
import { parseSession } from '../../src/session.ts';
import { createMarket } from '../../src/simulator/market.ts';
import type { ScanOptions } from '../../src/streams/scan-options.ts';
import { RowMemory } from '../../src/workers/row-memory.ts';
import { collectScan } from '../support/collect-scan.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { startRedis } from '../support/redis-server.ts';
import { startSimulatedSource } from '../support/simulated-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const end = parseSession('2018-07-17');
const market = createMarket({ symbols: 150, sessions: 80, end });
const tickers = Array.from(market.tickers(), ({ ticker }) => ticker);

describeWithRedis('a cache that machines share', () => {
  /** A scan on a machine of its own: a fresh disk before the server. */
  async function scanOn(url: string, options: Partial<ScanOptions> = {}, onRead: () => void = () => {}) {
    const source = await startSimulatedSource(market);
    const disk = openDiskStore({ dir: join(temporaryFolder(), 'cache') });
    const troubles: string[] = [];
    const redis = openRedisStore({ url, onTrouble: (error) => troubles.push(error.message) });
    const shared = tier([disk, redis]);
    const store = {
      ...shared,
      damaged: 0,
      async read(keys: readonly string[]) {
        onRead();
        return shared.read(keys);
      },
    };
    try {
      const { ranking, error } = await collectScan({
        ...{ universe: tickers, source, store, asOf: end, lookback: 60, id: 'same', window: 20, ...options },
      });
      const calls = await source.provider.calls();
      return { rows: [...ranking!.rows], summary: ranking!.summary, error, calls: calls.total, troubles };
    } finally {
      await shared.close();
      await source.close();
    }
  }

  async function open() {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    return server;
  }

  it('answers the second machine from what the first one fetched, without a call', async () => {
    const { url } = await open();
    const first = await scanOn(url);
    const second = await scanOn(url);
    expect(first.calls).toBeGreaterThan(tickers.length / 2);
    expect(second.calls).toBe(0);
    expect(second.rows).toEqual(first.rows);
  });

  it('costs calls and no result where the server dies in the middle of a scan', async () => {
    const server = await open();
    const whole = await scanOn(server.url);
    let reads = 0;
    // Without room for rows that are kept, the series are read.
    const cut = await scanOn(server.url, { rows: new RowMemory({ mostRows: 0 }) }, () => {
      if (++reads === 3) process.kill(server.pid, 'SIGKILL');
    });
    expect(reads).toBeGreaterThan(3);
    expect(cut.rows).toEqual(whole.rows);
    expect(cut.error).toBeUndefined();
    expect(cut.summary.outcomes.failed).toBe(0);
    expect(cut.troubles.length).toBeGreaterThan(0);
    expect(cut.calls).toBeGreaterThan(0);
  });
});
