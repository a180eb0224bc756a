import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Breaker, type BreakerOptions } from '../../src/state/breaker.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** A breaker with a small memory, and ways to put calls through it. */
function create(options: BreakerOptions = {}) {
  const clock = new VirtualClock();
  const small = { window: 10, minimum: 5, bound: 0.5, coolDownMs: 100, capMs: 1000 };
  const breaker = new Breaker({ ...small, clock, ...options });
  const call = (hasFailed: boolean, count = 1) => {
    for (let index = 0; index < count; index++) breaker.settle(breaker.start(), hasFailed);
  };
  return { clock, breaker, call };
}

/** A breaker that has just opened. */
function opened(options: BreakerOptions = {}) {
  const created = create(options);
  created.call(false, 5);
  created.call(true, 5);
  expect(created.breaker.state).toBe('open');
  return created;
}

describe('Breaker', () => {
  it('opens where half of the last calls fail', () => {
    const { breaker, call } = create();
    call(false, 100);
    call(true, 4);
    expect([breaker.state, breaker.waitMs]).toEqual(['closed', 0]);
    call(true);
    expect([breaker.state, breaker.waitMs]).toEqual(['open', 100]);
  });

  it('takes a provider that fails every other call for one that goes on', () => {
    const breaker = new Breaker();
    for (let call = 0; call < 1000; call++) breaker.settle(breaker.start(), call % 2 === 0);
    expect(breaker.state).toBe('closed');
  });

  it('concludes nothing from a few calls', () => {
    const { breaker, call } = create({ minimum: 8 });
    call(false);
    call(true, 6);
    expect(breaker.state).toBe('closed');
    call(true);
    expect(breaker.state).toBe('open');
  });

  it('stays closed for a provider that has never answered', () => {
    const { breaker, call } = create();
    call(true, 1000);
    expect(breaker.waitMs).toBe(0);
  });

  it('lets one probe through after the cool-down, and closes where it is answered', async () => {
    const { clock, breaker } = opened();
    await clock.advance(99);
    expect(breaker.waitMs).toBe(1);
    await clock.advance(1);
    expect([breaker.state, breaker.waitMs]).toEqual(['half-open', 0]);
    const probe = breaker.start();
    expect([breaker.state, breaker.waitMs]).toEqual(['half-open', Number.POSITIVE_INFINITY]);
    breaker.settle(probe, false);
    expect([breaker.state, breaker.waitMs]).toEqual(['closed', 0]);
  });

  it('waits twice as long each time that a probe fails, up to a bound', async () => {
    const { clock, breaker, call } = opened();
    const waits: number[] = [];
    for (let probe = 0; probe < 5; probe++) {
      waits.push(breaker.waitMs);
      await clock.advance(breaker.waitMs);
      call(true);
    }
    expect(waits).toEqual([100, 200, 400, 800, 1000]);
    await clock.advance(1000);
    call(false);
    // It starts from the shortest again, and from no memory of the trouble before.
    call(true, 4);
    expect(breaker.state).toBe('closed');
    call(true);
    expect(breaker.waitMs).toBe(100);
  });

  it('lets another probe through where nothing was seen of the first', async () => {
    const { clock, breaker } = opened();
    await clock.advance(100);
    breaker.settle(breaker.start(), undefined);
    expect([breaker.state, breaker.waitMs]).toEqual(['half-open', 0]);
  });

  it('does not listen to calls from before it opened', async () => {
    const { clock, breaker, call } = create();
    const old = Array.from({ length: 20 }, () => breaker.start());
    call(false, 5);
    call(true, 5);
    breaker.settle(old[0]!, false);
    expect(breaker.state).toBe('open');
    await clock.advance(100);
    const probe = breaker.start();
    breaker.settle(old[1]!, true);
    expect(breaker.waitMs).toBe(Number.POSITIVE_INFINITY);
    breaker.settle(probe, false);
    for (const ticket of old) breaker.settle(ticket, true);
    expect(breaker.state).toBe('closed');
  });

  it('says once that the provider is lost', async () => {
    const lost: number[] = [];
    const { clock, breaker, call } = opened({ patienceMs: 500, onLost: (ms) => lost.push(ms) });
    for (let probe = 0; probe < 5; probe++) {
      await clock.advance(breaker.waitMs);
      call(true);
    }
    expect(lost).toEqual([700]);
  });

  it('takes a provider for well that answers nearly all calls, some dead symbols or not', () => {
    const { breaker, call } = create({ window: 100, minimum: 50 });
    call(false, 49);
    expect(breaker.isWell).toBe(false);
    call(false, 451);
    expect(breaker.isWell).toBe(true);
    call(true, 34);
    expect(breaker.isWell).toBe(true);
    call(true, 34);
    expect(breaker.isWell).toBe(false);
  });

  it('does not take a provider for well that never answered', () => {
    const { breaker, call } = create({ minimum: 5 });
    for (let count = 0; count < 60; count++) {
      call(true);
      expect(breaker.isWell).toBe(false);
    }
  });

  test.prop([
    fc.array(fc.record({ hasFailed: fc.boolean(), ms: fc.constantFrom(0, 0, 0, 30, 150) }), {
      maxLength: 300,
      size: 'max',
    }),
  ])(
    'opens with enough failures among enough calls only, and never for longer than its bound',
    async (events) => {
      const { clock, breaker } = create({ capMs: 400 });
      let recent: boolean[] = [];
      let hasAnswered = false;
      for (const { hasFailed, ms } of events) {
        await clock.advance(ms);
        const before = breaker.state;
        expect(breaker.waitMs).toBeLessThanOrEqual(400);
        if (breaker.waitMs > 0) {
          expect(before).toBe('open');
          continue;
        }
        breaker.settle(breaker.start(), hasFailed);
        if (before === 'half-open') {
          expect(breaker.state).toBe(hasFailed ? 'open' : 'closed');
          recent = [];
          continue;
        }
        recent = [...recent, hasFailed].slice(-10);
        hasAnswered ||= !hasFailed;
        const failures = recent.filter(Boolean).length;
        const mustOpen = hasAnswered && hasFailed && recent.length >= 5 && failures >= recent.length / 2;
        expect(breaker.state).toBe(mustOpen ? 'open' : 'closed');
      }
    },
  );
});
