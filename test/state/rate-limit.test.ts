import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type RateLimit, RateLimiter } from '../../src/state/rate-limit.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { mostWithin } from '../support/sliding-window.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** Less than the times of a test are exact to. */
const EPSILON = 1e-6;

const limits: fc.Arbitrary<RateLimit> = fc.record({
  calls: fc.integer({ min: 1, max: 60 }),
  perMs: fc.constantFrom(100, 1000, 3000, 60_000),
});
/** Milliseconds between one caller and the next: mostly crowds. */
const gaps = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 3 }), fc.nat({ max: 2000 })), {
  minLength: 1,
  maxLength: 200,
  size: 'max',
});

interface Served {
  readonly caller: number;
  readonly at: number;
}

/** Callers who come one after the other, some of whom leave after a while; who got a token, and when. */
async function run(
  limit: RateLimit,
  gapMs: readonly number[],
  patienceMs: readonly (number | undefined)[] = [],
) {
  const clock = new VirtualClock();
  const limiter = new RateLimiter(limit, { jitterMs: 0, clock });
  const served: Served[] = [];
  const left: number[] = [];
  const arrivals: number[] = [];
  for (const [caller, gap] of gapMs.entries()) {
    await clock.advance(gap);
    arrivals.push(clock.now());
    const leave = new AbortController();
    limiter.take(leave.signal).then(
      () => served.push({ caller, at: clock.now() }),
      () => left.push(caller),
    );
    const patience = patienceMs[caller];
    if (patience !== undefined) clock.after(patience, () => leave.abort());
  }
  await clock.advance(gapMs.length * limit.perMs + 1e6);
  return { clock, limiter, served, left, arrivals };
}

describe('RateLimiter', () => {
  test.prop([limits, gaps], { numRuns: 60 })(
    'hands out no more than the limit in any stretch',
    async (limit, gapMs) => {
      const times = (await run(limit, gapMs)).served.map(({ at }) => at);
      expect(times).toHaveLength(gapMs.length);
      expect(mostWithin(times, limit.perMs - EPSILON)).toBeLessThanOrEqual(limit.calls);
      if (limit.perMs > 1000) {
        const share = Math.ceil((limit.calls * 1000) / limit.perMs);
        expect(mostWithin(times, 1000 - EPSILON)).toBeLessThanOrEqual(share);
      }
    },
  );

  test.prop([limits, gaps], { numRuns: 60 })(
    'makes nobody wait longer than the calls before make necessary',
    async (limit, gapMs) => {
      const { served, arrivals } = await run(limit, gapMs);
      const share = (ms: number) => (limit.calls * ms) / limit.perMs;
      const times: number[] = [];
      for (const arrival of arrivals) {
        const behind = (calls: number, ms: number) => (times.at(-calls) ?? Number.NEGATIVE_INFINITY) + ms;
        let at = Math.max(arrival, times.at(-1) ?? 0, behind(limit.calls, limit.perMs));
        if (limit.perMs > 1000) at = Math.max(at, behind(Math.ceil(share(1000)), 1000));
        if (limit.perMs >= 1000 && share(1000) >= 20)
          at = Math.max(at, behind(Math.ceil(share(100) * 1.25), 100));
        times.push(at);
      }
      for (const [index, { at }] of served.entries()) expect(at).toBeCloseTo(times[index]!, 3);
    },
  );

  test.prop(
    [
      limits,
      gaps,
      fc.array(fc.option(fc.nat({ max: 5000 }), { nil: undefined }), { maxLength: 200, size: 'max' }),
    ],
    {
      numRuns: 60,
    },
  )('serves in order whoever has not left, and gives their places on', async (limit, gapMs, patienceMs) => {
    const { served, left, limiter } = await run(limit, gapMs, patienceMs);
    const callers = served.map(({ caller }) => caller);
    expect(callers).toEqual(callers.toSorted((a, b) => a - b));
    expect([...callers, ...left].sort((a, b) => a - b)).toEqual(gapMs.map((_, caller) => caller));
    expect(limiter.counts).toMatchObject({ taken: served.length, waiting: 0 });
  });

  test.prop([limits, fc.integer({ min: 1, max: 300 })], { numRuns: 60 })(
    'foresees how long so many calls take',
    async (limit, calls) => {
      const { limiter, served } = await run(limit, new Array<number>(calls).fill(0));
      const seconds = (served.at(-1)!.at - served[0]!.at) / 1000;
      expect(limiter.secondsFor(calls)).toBeLessThanOrEqual(seconds + EPSILON);
      expect(limiter.secondsFor(calls)).toBeGreaterThan(seconds - 1);
    },
  );

  it('keeps the rate over a long time', async () => {
    const { served } = await run({ calls: 100, perMs: 1000 }, new Array<number>(2000).fill(0));
    expect(served.at(-1)!.at - served[0]!.at).toBeLessThan(20_000);
  });

  it('widens its windows by the jitter', async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter({ calls: 1, perMs: 1000 }, { jitterMs: 30, clock });
    expect(limiter.tryTake()).toBe(true);
    await clock.advance(1029);
    expect(limiter.tryTake()).toBe(false);
    await clock.advance(1);
    expect(limiter.tryTake()).toBe(true);
  });

  it('does not let who asks for a token at once overtake those in line', async () => {
    const clock = new VirtualClock();
    // By how much timers are late.
    let lateMs = 0;
    const limiter = new RateLimiter(
      { calls: 1, perMs: 10 },
      { jitterMs: 0, clock: { now: () => clock.now() + lateMs, after: clock.after } },
    );
    limiter.tryTake();
    const turn = limiter.take();
    lateMs = 10;
    expect(limiter.tryTake()).toBe(false);
    await clock.advance(10);
    await turn;
    expect(limiter.counts.taken).toBe(2);
  });

  it('hands out nothing before the end of a pause, with a limit and without', async () => {
    for (const limit of [undefined, { calls: 5, perMs: 10 }]) {
      const clock = new VirtualClock();
      const limiter = new RateLimiter(limit, { clock });
      limiter.pauseUntil(clock.now() + 100);
      limiter.pauseFor(50);
      let served = false;
      const turn = limiter.take().then(() => {
        served = true;
      });
      await clock.advance(99);
      expect(served).toBe(false);
      // It came while somebody waited for the end of the first.
      limiter.pauseFor(11);
      await clock.advance(10);
      expect(served).toBe(false);
      await clock.advance(1);
      await turn;
      expect(limiter.counts).toEqual({ taken: 1, waiting: 0, waitedMs: 110 });
    }
  });

  it('says what the calls of a signal have waited', async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter({ calls: 1, perMs: 100 }, { jitterMs: 0, clock });
    const { signal } = new AbortController();
    await limiter.take(signal);
    expect(limiter.waitedBy(signal)).toBe(0);
    const second = limiter.take(signal);
    await clock.advance(60);
    expect(limiter.waitedBy(signal)).toBe(60);
    await clock.advance(60);
    await second;
    void limiter.take(signal);
    await clock.advance(30);
    expect(limiter.waitedBy(signal)).toBe(130);
  });

  it('rejects an aborted signal with its reason, and leaves no timer behind the last', async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter({ calls: 1, perMs: 100 }, { clock });
    limiter.tryTake();
    const reason = new Error('no longer wanted');
    await expect(limiter.take(AbortSignal.abort(reason))).rejects.toBe(reason);
    const leave = new AbortController();
    const turn = limiter.take(leave.signal);
    leave.abort(reason);
    await expect(turn).rejects.toBe(reason);
    await clock.advance(1000);
    expect(clock.pending).toBe(0);
    expect(limiter.tryTake()).toBe(true);
  });

  it.each([
    { calls: 0, perMs: 1000 },
    { calls: 1.5, perMs: 1000 },
    { calls: 1, perMs: 0 },
    { calls: 1, perMs: Number.NaN },
  ])('refuses a limit of $calls in $perMs ms', (limit) => {
    expect(() => new RateLimiter(limit)).toThrow(RangeError);
  });

  it('holds over real connections', async () => {
    const limit = { calls: 20, perMs: 200 };
    const arrivals: number[] = [];
    const server = await scriptedServer((response) => {
      arrivals.push(performance.now());
      response.end();
    });
    const tokens: number[] = [];
    class NotingLimiter extends RateLimiter {
      override record(calls: number): void {
        super.record(calls);
        tokens.push(performance.now());
      }
    }
    const limiter = new NotingLimiter(limit);
    await Promise.all(
      Array.from({ length: 90 }, async () => {
        await limiter.take();
        await (await fetch(server.url)).text();
      }),
    );
    expect([tokens.length, arrivals.length]).toEqual([90, 90]);
    expect(mostWithin(tokens, limit.perMs)).toBe(limit.calls);
    // Each arrived after it was handed out, and at most so much later.
    const longest = Math.max(...arrivals.map((arrival, index) => arrival - tokens[index]!));
    expect(mostWithin(arrivals, limit.perMs - longest)).toBeLessThanOrEqual(limit.calls);
  });
});
