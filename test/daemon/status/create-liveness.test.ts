import { describe, expect, it } from 'vitest';
import { Activity } from '../../../src/daemon/status/activity.ts';
import { createLiveness } from '../../../src/daemon/status/create-liveness.ts';
import type { LiveScan } from '../../../src/state/live-scan.ts';
import { createLiveScan } from '../../support/live-scans.ts';

const PATIENCE = 600_000;

/** A daemon with a scan under way whose figures a test moves, asked every half minute. */
function start(limits: { waiting?: number; pausedUntil?: number } = {}) {
  let now = 5e6;
  let figures: Partial<LiveScan> = {};
  const live = Object.defineProperties(
    {},
    Object.fromEntries(
      Object.keys(createLiveScan()).map((name) => [
        name,
        { get: () => createLiveScan(figures)[name as keyof LiveScan] },
      ]),
    ),
  ) as LiveScan;
  const activity = new Activity();
  const isAlive = createLiveness({
    activity,
    limiter: () => ({
      counts: { taken: 0, waiting: limits.waiting ?? 0, waitedMs: 0 },
      pausedUntil: limits.pausedUntil ?? 0,
    }),
    clock: { now: () => now },
  });
  return {
    ...{ activity, live, isAlive, limits },
    move(more: Partial<LiveScan>) {
      figures = { ...figures, ...more };
    },
    /** The answers of so many milliseconds. */
    wait(ms: number): boolean {
      const end = now + ms;
      let alive = isAlive();
      while (now < end) {
        now = Math.min(end, now + 30_000);
        alive = isAlive();
      }
      return alive;
    },
  };
}

describe('a daemon', () => {
  it('is alive while it has nothing to do, for however long', () => {
    expect(start().wait(10 * PATIENCE)).toBe(true);
  });

  it('is not alive once nothing of its scan has moved for ten minutes', () => {
    const { activity, live, wait } = start();
    activity.begin(live);
    expect(wait(PATIENCE - 1)).toBe(true);
    expect(wait(1)).toBe(false);
  });

  it.each([
    ['a call', { calls: 641 }],
    ['a byte', { bytes: 3_400_001 }],
    ['an entry', { entered: 1501 }],
    ['an outcome', { outcomes: { ranked: 900, filtered: 80, stale: 5, failed: 3, skipped: 3 } }],
    ['a stage', { stages: [{ stage: 'fetch', inside: 500, passed: 1001, seconds: 4 }] }],
  ] as const)('is alive for ten minutes more with each movement: %s', (_, more) => {
    const { activity, live, wait, move } = start();
    activity.begin(live);
    wait(PATIENCE - 1);
    move(more);
    expect(wait(PATIENCE - 1)).toBe(true);
    expect(wait(1)).toBe(false);
  });

  it('has ten minutes to publish, and is alive again once that is over', () => {
    const { activity, live, wait } = start();
    activity.begin(live);
    wait(PATIENCE - 1);
    activity.publish();
    expect(wait(PATIENCE - 1)).toBe(true);
    expect(wait(1)).toBe(false);
    activity.end();
    expect(wait(0)).toBe(true);
    activity.begin(live);
    expect(wait(PATIENCE - 1)).toBe(true);
  });

  it('is alive while calls wait for the rate limit or for what the provider asked for', () => {
    const { activity, live, wait, limits } = start({ waiting: 1 });
    activity.begin(live);
    expect(wait(3 * PATIENCE)).toBe(true);
    limits.waiting = 0;
    limits.pausedUntil = 5e6 + 6 * PATIENCE;
    expect(wait(3 * PATIENCE)).toBe(true);
    expect(wait(PATIENCE)).toBe(false);
  });
});
