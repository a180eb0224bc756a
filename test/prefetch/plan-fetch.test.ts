import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type Demand, type Offer, planFetch } from '../../src/prefetch/plan-fetch.ts';

const sessions = Array.from({ length: 260 }, (_, index) => 20_000 + index);
const last = sessions.at(-1)!;
const demand = (changed: Partial<Demand>): Demand => ({
  sessions,
  absent: 0,
  behind: new Map(),
  landed: new Set(),
  ...changed,
});
/** What a provider asks its customers to stay below. */
const freely = (calls: number) => calls / 100;
const fivePerMinute = (calls: number) => (calls / 5) * 60;
const many = { calls: (symbols: number, bars: number) => Math.ceil((symbols * bars) / 10_000) };
const grouped: Offer = { wholeMarket: true, secondsFor: freely };

describe('planFetch', () => {
  it('asks nothing where nothing is missing', () => {
    expect(planFetch(demand({}), grouped)).toMatchObject({ calls: 0, bytes: 0, days: [] });
  });

  it('fetches a cold market session by session', () => {
    expect(planFetch(demand({ absent: 6000 }), grouped)).toMatchObject({ absent: 'days', calls: 260 });
  });

  it('fetches many symbols a call where that takes fewer', () => {
    const plan = planFetch(demand({ absent: 6000 }), { ...grouped, manySymbols: many });
    expect(plan).toMatchObject({ absent: 'many', calls: 156, days: [] });
  });

  it('asks for a hundred symbols one by one where calls are free, and not for the whole market', () => {
    expect(planFetch(demand({ absent: 100 }), grouped)).toMatchObject({ absent: 'alone', calls: 100 });
    expect(planFetch(demand({ absent: 300 }), grouped)).toMatchObject({ absent: 'alone', calls: 300 });
  });

  it('saves calls where they are few', () => {
    const limited = { ...grouped, secondsFor: fivePerMinute };
    expect(planFetch(demand({ absent: 300 }), limited)).toMatchObject({ absent: 'days', calls: 260 });
  });

  it('takes two calls the next day: the new session, and the last one again', () => {
    const plan = planFetch(demand({ behind: new Map([[last - 1, 6000]]) }), grouped);
    expect(plan).toMatchObject({ behind: 'days', days: [last - 1, last], calls: 2 });
  });

  it('takes one call a session of a gap, and one for the overlap', () => {
    expect(planFetch(demand({ behind: new Map([[last - 5, 6000]]) }), grouped).calls).toBe(6);
  });

  it('fetches new symbols apart from those that are a day behind', () => {
    const plan = planFetch(demand({ absent: 3, behind: new Map([[last - 1, 6000]]) }), grouped);
    expect(plan).toMatchObject({ absent: 'alone', behind: 'days', calls: 5 });
  });

  it('does not fetch a session again that has landed', () => {
    const landed = new Set(sessions.slice(0, 200));
    const plan = planFetch(demand({ absent: 6000, landed }), grouped);
    expect(plan).toMatchObject({ calls: 60, days: sessions.slice(200) });
  });

  it('goes symbol by symbol where there is nothing else', () => {
    const alone = { wholeMarket: false, secondsFor: freely };
    const plan = planFetch(demand({ absent: 6000, behind: new Map([[last - 1, 10]]) }), alone);
    expect(plan).toMatchObject({ absent: 'alone', behind: 'alone', calls: 6010 });
  });

  test.prop([
    fc.integer({ min: 0, max: 20_000 }),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 9000 })), { maxLength: 5 }),
    fc.boolean(),
    fc.boolean(),
    fc.constantFrom(freely, fivePerMinute),
  ])(
    'never takes longer than symbol by symbol, and no day that is not needed',
    (absent, gaps, days, several, secondsFor) => {
      const behind = new Map(gaps.map(([ago, count]) => [last - ago, count]));
      const offer = { wholeMarket: days, manySymbols: several ? many : undefined, secondsFor };
      const plan = planFetch(demand({ absent, behind }), offer);
      const alone = planFetch(demand({ absent, behind }), { wholeMarket: false, secondsFor });
      expect(plan.seconds).toBeLessThanOrEqual(alone.seconds);
      expect(plan.days.every((session) => sessions.includes(session))).toBe(true);
      if (!days) expect(plan.days).toEqual([]);
    },
  );
});
