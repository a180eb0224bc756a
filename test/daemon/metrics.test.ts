import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMetrics, type Metrics } from '../../src/daemon/metrics.ts';
import { Activity } from '../../src/daemon/status/activity.ts';
import { RateLimiter } from '../../src/state/rate-limit.ts';
import type { Summary } from '../../src/types.ts';
import { createLiveScan } from '../support/live-scans.ts';
import { createRanking } from '../support/rankings.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const DOCS = new URL('../../docs/daemon.md', import.meta.url);

async function start(now?: () => number): Promise<Metrics> {
  const metrics = await createMetrics(now === undefined ? {} : { now });
  onTestFinished(() => metrics.close());
  return metrics;
}

function summaryOf(more: Partial<Summary> = {}): Summary {
  return {
    ...createRanking(0).summary,
    ended: '2026-11-20T21:00:00.000Z',
    stopped: null,
    outcomes: { ranked: 90, filtered: 5, stale: 1, failed: 0, skipped: 4 },
    calls: 7,
    retries: 2,
    bytes: 4096,
    corrected: 3,
    cache: { hits: 50, misses: 10, prefetched: 40, hit_rate: 0.5 },
    seconds: { total: 4, fetch: 3, score: 1.5 },
    symbols_per_second: 25,
    ...more,
  };
}

/** The samples of a text, by name and labels. */
async function samples(metrics: Metrics): Promise<Record<string, number>> {
  const lines = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at).replace(/^tapescan_/, ''), Number(line.slice(at + 1))];
    }),
  );
}

describe('createMetrics', () => {
  it('adds scans up', async () => {
    const metrics = await start(() => Date.parse('2026-11-20T21:01:30Z'));
    metrics.scan(summaryOf());
    metrics.scan(summaryOf({ seconds: { total: 2, fetch: 1 }, symbols_per_second: 50 }));
    expect(await samples(metrics)).toMatchObject({
      'scans_total{result="complete"}': 2,
      'outcomes_total{kind="ranked"}': 180,
      'outcomes_total{kind="failed"}': 0,
      scan_duration_seconds_count: 2,
      scan_duration_seconds_sum: 6,
      'scan_duration_seconds_bucket{le="2.5"}': 1,
      last_scan_duration_seconds: 2,
      last_scan_age_seconds: 90,
      last_scan_symbols_per_second: 50,
      'stage_seconds_total{stage="fetch"}': 4,
      'stage_seconds_total{stage="score"}': 1.5,
      calls_total: 14,
      retries_total: 4,
      received_bytes_total: 8192,
      corrected_series_total: 6,
      'cache_lookups_total{result="hit"}': 100,
      'cache_lookups_total{result="miss"}': 20,
      'cache_lookups_total{result="prefetched"}': 80,
    });
  });

  it.each([
    ['complete', {}],
    ['partial', { outcomes: { ranked: 1, filtered: 0, stale: 0, failed: 1, skipped: 0 } }],
    [
      'deadline',
      { stopped: 'deadline', outcomes: { ranked: 1, filtered: 0, stale: 0, failed: 1, skipped: 0 } },
    ],
    ['interrupted', { stopped: 'interrupted' }],
    ['ground-lost', { stopped: 'ground-lost' }],
  ] as const)('counts a scan as %s', async (result, more) => {
    const metrics = await start();
    metrics.scan(summaryOf(more));
    const scans = Object.entries(await samples(metrics)).filter(([name]) => name.startsWith('scans_total'));
    expect(scans.length).toBe(5);
    expect(scans.filter(([, count]) => count > 0)).toEqual([[`scans_total{result="${result}"}`, 1]]);
  });

  it('looks at what is watched when it is asked', async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter({ calls: 1, perMs: 100 }, { clock, jitterMs: 0 });
    let depth = 3;
    const metrics = await start();
    metrics.watch({ limiter });
    metrics.watch({ queueDepth: () => depth });
    const calls = Promise.all([limiter.take(), limiter.take(), limiter.take()]);
    await clock.advance(100);
    expect(await samples(metrics)).toMatchObject({
      queue_depth: 3,
      limiter_taken_total: 2,
      limiter_waiting: 1,
      limiter_waited_seconds_total: 0.1,
    });

    depth = 0;
    await clock.advance(100);
    await calls;
    expect(await samples(metrics)).toMatchObject({
      queue_depth: 0,
      limiter_taken_total: 3,
      limiter_waiting: 0,
    });
  });

  it('looks at the scan under way', async () => {
    const activity = new Activity();
    const metrics = await start();
    metrics.watch({ activity });
    activity.begin(createLiveScan({ breaker: 'half-open' }));
    expect(await samples(metrics)).toMatchObject({
      credits_in_flight: 510,
      fetches_in_flight: 31,
      fetch_limit: 32,
      'stage_symbols_inside{stage="fetch"}': 500,
      'stage_symbols_inside{stage="cache_read"}': 0,
      'stage_symbols_total{stage="fetch"}': 1000,
      'stage_symbols_total{stage="cache_read"}': 1500,
      'breaker_state{state="closed"}': 0,
      'breaker_state{state="half-open"}': 1,
      'breaker_state{state="open"}': 0,
    });
  });

  it('keeps counting over scans, and has nothing under way between them', async () => {
    const activity = new Activity();
    const metrics = await start();
    metrics.watch({ activity });
    activity.begin(createLiveScan());
    activity.end();
    const idle = await samples(metrics);
    expect(idle).toMatchObject({
      credits_in_flight: 0,
      fetches_in_flight: 0,
      'stage_symbols_inside{stage="fetch"}': 0,
      'stage_symbols_total{stage="fetch"}': 1000,
      'breaker_state{state="closed"}': 1,
    });
    expect(idle).not.toHaveProperty('fetch_limit');
    activity.begin(createLiveScan());
    expect((await samples(metrics))['stage_symbols_total{stage="fetch"}']).toBe(2000);
  });

  it('counts alerts, and tells the part of the last scan that was kept', async () => {
    const metrics = await start();
    metrics.alerts(2);
    metrics.alerts(3);
    metrics.scan(summaryOf());
    expect(await samples(metrics)).toMatchObject({ alerts_total: 5, last_scan_cache_hit_ratio: 0.5 });
    metrics.scan(summaryOf({ cache: { hits: 0, misses: 0, prefetched: 0, hit_rate: null } }));
    expect(await samples(metrics)).not.toHaveProperty('last_scan_cache_hit_ratio');
  });

  it('says nothing of what it does not know', async () => {
    const known = Object.keys(await samples(await start()));
    const unknown = /^(last_scan|queue|credits|fetch|limiter|breaker|stage)/;
    expect(known.filter((name) => unknown.test(name))).toEqual([]);
    expect(known).toContain('calls_total');
  });

  it('sees an event loop that stands still, and forgets it once that was said', async () => {
    const metrics = await start();
    await sleep(50);
    await metrics.text();
    await sleep(50);
    const stop = performance.now() + 300;
    while (performance.now() < stop);
    await sleep(20);
    const late = await samples(metrics);
    expect(late['event_loop_delay_seconds{quantile="0.99"}']).toBeGreaterThan(0.2);
    expect(late.resident_memory_bytes).toBeGreaterThan(1e7);
    expect((await samples(metrics))['event_loop_delay_seconds{quantile="0.99"}']).toBe(0);
  });

  it('keeps a registry of its own', async () => {
    const [first, second] = [await start(), await start()];
    first.scan(summaryOf());
    expect((await samples(second)).calls_total).toBe(0);
    expect(first.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('has the metrics that the documentation lists', async () => {
    const metrics = await start();
    const activity = new Activity();
    activity.begin(createLiveScan());
    metrics.scan(summaryOf());
    metrics.watch({ limiter: new RateLimiter(), activity, queueDepth: () => 0 });
    const text = await metrics.text();
    const types = new Map(
      Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name, type]) => [name!, type!]),
    );
    const rows = Array.from(text.matchAll(/^# HELP (\S+) (.*)$/gm), ([, name, help]) => {
      const labels = new Set(
        Array.from(text.matchAll(new RegExp(`^${name}\\{(.*)\\} `, 'gm')), ([, pairs]) =>
          Array.from(pairs!.matchAll(/(\w+)=/g), ([, label]) => `\`${label}\``).join(', '),
        ),
      );
      return `| \`${name}\` | ${types.get(name!)} | ${[...labels].join()} | ${help} |`;
    });
    const documented = readFileSync(DOCS, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `tapescan_'));
    expect(documented.toSorted()).toEqual(rows.toSorted());
  });
});
