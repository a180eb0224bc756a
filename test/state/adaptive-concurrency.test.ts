import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { AdaptiveConcurrency, type Verdict } from '../../src/state/adaptive-concurrency.ts';

/** So many calls with the same result, each started when the one before has ended. */
function settle(adaptive: AdaptiveConcurrency, count: number, verdict: Verdict = 'well', ms = 50): void {
  for (let index = 0; index < count; index++) adaptive.settle(adaptive.epoch, verdict, ms, true);
}

/** Rounds of calls to a provider that refuses what is beyond its capacity with a failure; the part that failed. */
function rounds(adaptive: AdaptiveConcurrency, count: number, capacity: number): number {
  let calls = 0;
  let failed = 0;
  for (let round = 0; round < count; round++) {
    const { limit, epoch } = adaptive;
    for (let call = 0; call < limit; call++) {
      calls++;
      if (call >= capacity) failed++;
      adaptive.settle(epoch, call < capacity ? 'well' : 'failed', 50, true);
    }
  }
  return failed / calls;
}

describe('AdaptiveConcurrency', () => {
  it('doubles from half of its ceiling in the first round, and goes no further', () => {
    const adaptive = new AdaptiveConcurrency({ ceiling: 256 });
    expect(adaptive.limit).toBe(128);
    settle(adaptive, 128);
    expect(adaptive.limit).toBe(256);
    settle(adaptive, 1000);
    expect(adaptive.limit).toBe(256);
  });

  it('starts with what no provider minds, as far as it may', () => {
    expect([1, 64, 100, 200].map((ceiling) => new AdaptiveConcurrency({ ceiling }).limit)).toEqual([
      1, 64, 64, 100,
    ]);
  });

  it('does not grow while it is not used', () => {
    const adaptive = new AdaptiveConcurrency({ ceiling: 256 });
    for (let call = 0; call < 1000; call++) adaptive.settle(adaptive.epoch, 'well', 50, false);
    expect(adaptive.limit).toBe(128);
  });

  it('halves once for all calls that were refused together', () => {
    const adaptive = new AdaptiveConcurrency({ ceiling: 64, initial: 64 });
    const { epoch } = adaptive;
    for (let call = 0; call < 40; call++) adaptive.settle(epoch, 'refused', 1, true);
    expect(adaptive.limit).toBe(32);
    adaptive.settle(adaptive.epoch, 'refused', 1, true);
    expect(adaptive.limit).toBe(16);
  });

  it('grows by one a round from where overload was met', () => {
    const adaptive = new AdaptiveConcurrency({ ceiling: 64, initial: 64 });
    settle(adaptive, 1, 'refused');
    settle(adaptive, 33);
    expect(adaptive.limit).toBe(33);
  });

  it('stops growing while calls take four times as long as in the quickest round', () => {
    const adaptive = new AdaptiveConcurrency({ ceiling: 4096, initial: 20 });
    settle(adaptive, 21, 'well', 100);
    settle(adaptive, 200, 'well', 100);
    const { limit } = adaptive;
    // The round under way is not over.
    settle(adaptive, 2 * limit, 'well', 500);
    const slowed = adaptive.limit;
    settle(adaptive, 2000, 'well', 500);
    expect(slowed).toBeLessThan(4096);
    expect(adaptive.limit).toBe(slowed);
  });

  it('takes no measure from single calls that are answered in no time', () => {
    const adaptive = new AdaptiveConcurrency({ ceiling: 64, initial: 20 });
    for (let call = 0; call < 200; call++)
      adaptive.settle(adaptive.epoch, 'well', call % 40 === 0 ? 0 : 100, true);
    expect(adaptive.limit).toBe(64);
  });

  it('halves where more than a tenth of a round fails, and not for less', () => {
    const adaptive = new AdaptiveConcurrency({ ceiling: 50, initial: 50 });
    settle(adaptive, 5, 'failed');
    settle(adaptive, 45);
    expect(adaptive.limit).toBe(50);
    settle(adaptive, 6, 'failed');
    settle(adaptive, 44);
    expect(adaptive.limit).toBe(25);
  });

  it('stays near the capacity of a provider that refuses more', () => {
    const adaptive = new AdaptiveConcurrency({ ceiling: 64 });
    expect(rounds(adaptive, 50, 64)).toBe(0);
    // Of a fixed 64, half would fail.
    expect(rounds(adaptive, 200, 32)).toBeLessThan(0.08);
    expect(adaptive.limit).toBeGreaterThan(12);
    rounds(adaptive, 100, 64);
    expect(adaptive.limit).toBe(64);
  });

  it('gives back what did not help', () => {
    const adaptive = new AdaptiveConcurrency({ ceiling: 64 });
    const failFifth = (calls: number) => {
      for (let call = 0; call < calls; call++) settle(adaptive, 1, call % 5 === 0 ? 'failed' : 'well');
    };
    for (let rounds = 0; rounds < 20 && adaptive.epoch === 0; rounds++) failFifth(5);
    const halved = adaptive.limit;
    expect(halved).toBeLessThan(40);
    failFifth(halved);
    expect(adaptive.limit).toBeGreaterThanOrEqual(2 * halved);
    failFifth(5000);
    expect([adaptive.limit, adaptive.epoch]).toEqual([64, 1]);
    // Once all is well again, the same part counts as overload again.
    settle(adaptive, 200);
    const { epoch } = adaptive;
    for (let call = 0; call < 130 && adaptive.epoch === epoch; call++) {
      settle(adaptive, 1, call % 5 === 0 ? 'failed' : 'well');
    }
    expect(adaptive.epoch).toBe(epoch + 1);
  });

  it('does not move where the floor is the ceiling', () => {
    const adaptive = new AdaptiveConcurrency({ ceiling: 64, floor: 64 });
    settle(adaptive, 100, 'failed');
    settle(adaptive, 10, 'refused');
    expect(adaptive.limit).toBe(64);
  });

  test.prop([
    fc.integer({ min: 1, max: 300 }),
    fc.array(
      fc.tuple(fc.constantFrom<Verdict>('well', 'failed', 'refused', 'nothing'), fc.nat({ max: 5000 })),
      {
        maxLength: 2000,
        size: 'max',
      },
    ),
  ])('stays between one and its ceiling, whatever happens', (ceiling, results) => {
    const adaptive = new AdaptiveConcurrency({ ceiling });
    for (const [verdict, ms] of results) {
      adaptive.settle(adaptive.epoch, verdict, ms, true);
      expect(adaptive.limit).toBeGreaterThanOrEqual(1);
      expect(adaptive.limit).toBeLessThanOrEqual(ceiling);
    }
  });
});
