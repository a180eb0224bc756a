import { describe, expect, it, onTestFinished } from 'vitest';
import { Activity } from '../../src/daemon/status/activity.ts';
import { createStatus, type StatusOptions } from '../../src/daemon/status.ts';
import { VERSION } from '../../src/version.ts';
import { createLiveScan } from '../support/live-scans.ts';
import { createRanking } from '../support/rankings.ts';

const STARTED = 1_000_000;

function start(options: Partial<StatusOptions> = {}) {
  let now = STARTED;
  const activity = new Activity();
  const status = createStatus({ activity, waiting: () => 0, now: () => now, ...options });
  onTestFinished(() => status.close());
  return {
    ...{ activity, status },
    pass(ms: number) {
      now += ms;
    },
  };
}

describe('the status of a daemon', () => {
  it('says of an idle one that it is there', () => {
    const { status, pass } = start();
    pass(2500);
    expect(status.look()).toEqual({
      type: 'status',
      format: 1,
      version: VERSION,
      at: '1970-01-01T00:16:42.500Z',
      uptime_seconds: 2.5,
      state: 'idle',
      scan: null,
      waiting_scans: 0,
      next_due: null,
      last_scan: null,
      limiter: null,
      outputs: [],
      memory: { rss_bytes: expect.any(Number), heap_bytes: expect.any(Number) },
      event_loop_p99_ms: expect.any(Number),
    });
    expect(status.look().memory.rss_bytes).toBeGreaterThan(1e7);
  });

  it('has the figures of the scan under way', () => {
    const { status, activity, pass } = start();
    activity.begin(createLiveScan());
    pass(2000);
    const { scan, state } = status.look();
    expect([state, status.isScanning]).toEqual(['scanning', true]);
    expect(scan).toEqual({
      scan: 'a-scan',
      as_of: '2018-07-17',
      started: '1970-01-01T00:16:40.000Z',
      seconds: 2,
      in: 1500,
      outcomes: { ranked: 900, filtered: 80, stale: 5, failed: 3, skipped: 2 },
      per_second: { in: 750, out: 495, calls: 320 },
      credits: { inside: 510, window: 2048 },
      stages: [
        { stage: 'cache_read', inside: 0, passed: 1500, seconds: 0.25, per_second: 750 },
        { stage: 'fetch', inside: 500, passed: 1000, seconds: 4, per_second: 500 },
      ],
      fetches: { under_way: 31, limit: 32, ceiling: 64 },
      breaker: 'closed',
      cache: { hits: 300, prefetched: 100, misses: 600, hit_rate: 0.3 },
      calls: 640,
      retries: 12,
      bytes: 3_400_000,
      slowest: [
        { symbol: 'SLOW', ms: 1234 },
        { symbol: 'LATE', ms: 800 },
      ],
    });
  });

  it('tells rates since the last look, and begins anew with each scan', () => {
    const { status, activity, pass } = start();
    activity.begin(createLiveScan({ calls: 100 }));
    pass(1000);
    expect(status.look().scan!.per_second.calls).toBe(100);
    pass(1000);
    expect(status.look().scan!.per_second.calls).toBe(0);
    activity.end();
    activity.begin(createLiveScan({ calls: 60, started: STARTED + 2000 }));
    pass(1000);
    expect(status.look().scan!.per_second.calls).toBe(60);
  });

  it('has the last scan in short once it is over', () => {
    const { status, activity } = start();
    const { summary } = createRanking(3, { scan: 'over' });
    activity.begin(createLiveScan());
    activity.end(summary);
    const { scan, last_scan: last } = status.look();
    expect(scan).toBeNull();
    expect(last).toEqual({
      scan: 'over',
      as_of: summary.as_of,
      ended: summary.ended,
      stopped: summary.stopped,
      seconds: summary.seconds.total ?? 0,
      in: summary.in,
      outcomes: summary.outcomes,
      calls: summary.calls,
      hit_rate: summary.cache.hit_rate,
    });
  });

  it('asks for the rest each time', () => {
    let waiting = 2;
    const { status } = start({
      waiting: () => waiting,
      limiter: () => ({ counts: { taken: 9, waiting: 3, waitedMs: 1500 } }),
      outputs: () => [{ name: 'ranked.json', waiting: { rankings: 1, bytes: 2048 } }, { name: 'all.csv' }],
      nextDue: () => STARTED + 60_000,
    });
    expect(status.look()).toMatchObject({
      waiting_scans: 2,
      limiter: { taken: 9, waiting: 3, waited_seconds: 1.5 },
      outputs: [
        { name: 'ranked.json', waiting: { rankings: 1, bytes: 2048 } },
        { name: 'all.csv', waiting: null },
      ],
      next_due: '1970-01-01T00:17:40.000Z',
    });
    waiting = 0;
    expect(status.look().waiting_scans).toBe(0);
  });

  it('sees an event loop that stands still', async () => {
    const { status, pass } = start();
    await new Promise((resolve) => setTimeout(resolve, 50));
    pass(1000);
    status.look();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stop = performance.now() + 300;
    while (performance.now() < stop);
    await new Promise((resolve) => setTimeout(resolve, 20));
    pass(1000);
    expect(status.look().event_loop_p99_ms).toBeGreaterThan(200);
  });
});
