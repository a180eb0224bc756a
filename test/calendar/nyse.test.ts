import { existsSync, readFileSync } from 'node:fs';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  closeTime,
  isSession,
  lastCompletedSession,
  sessionOnOrBefore,
  sessionsBack,
  sessionsEnding,
  sessionUnderWay,
} from '../../src/calendar/nyse.ts';
import { formatSession, parseSession } from '../../src/session.ts';

const data = new URL('../../../shared/data/calendar/', import.meta.url);
const day = (text: string) => parseSession(text);
const read = (name: string) => readFileSync(new URL(name, data), 'utf8').trim().split('\n').slice(1);

const anyDay = fc.integer({ min: day('1995-01-01'), max: day('2030-12-31') });

describe('sessions', () => {
  it('opens on an ordinary weekday and not at the weekend', () => {
    expect(
      ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23'].map((date) => isSession(day(date))),
    ).toEqual([true, false, false, true]);
  });

  it.each([
    ['2023-01-02', 'New Year on a Sunday'],
    ['2025-01-20', 'Martin Luther King'],
    ['2025-02-17', 'Presidents'],
    ['2024-03-29', 'Good Friday in March'],
    ['2025-04-18', 'Good Friday in April'],
    ['2021-05-31', 'Memorial'],
    ['2022-06-20', 'Juneteenth on a Sunday'],
    ['2027-06-18', 'Juneteenth on a Saturday'],
    ['2026-07-03', 'Independence on a Saturday'],
    ['2021-07-05', 'Independence on a Sunday'],
    ['2025-09-01', 'Labor'],
    ['2023-11-23', 'Thanksgiving'],
    ['2021-12-24', 'Christmas on a Saturday'],
    ['2022-12-26', 'Christmas on a Sunday'],
    ['2001-09-13', 'attacks'],
    ['2012-10-29', 'hurricane'],
    ['2025-01-09', 'mourning'],
  ])('is closed on %s (%s)', (date) => {
    expect(isSession(day(date))).toBe(false);
  });

  it.each([
    ['2021-12-31', 'New Year on a Saturday is not observed'],
    ['1997-01-20', 'Martin Luther King before 1998'],
    ['2021-06-18', 'Juneteenth before 2022'],
    ['2025-10-13', 'Columbus'],
    ['2025-11-11', 'Veterans'],
    ['2001-09-17', 'first day after the attacks'],
  ])('is open on %s (%s)', (date) => {
    expect(isSession(day(date))).toBe(true);
  });

  it.skipIf(!existsSync(data))('agrees with the published sessions on every day of 1995 to 2030', () => {
    const computed: string[] = [];
    for (let at = day('1995-01-01'); at <= day('2030-12-31'); at++) {
      if (isSession(at)) computed.push(formatSession(at));
    }
    expect(computed).toEqual(read('nyse-sessions-1995-2030.csv'));
  });
});

describe('walking back', () => {
  it('finds the session on or before a day', () => {
    expect(formatSession(sessionOnOrBefore(day('2001-09-16')))).toBe('2001-09-10');
    expect(formatSession(sessionOnOrBefore(day('2001-09-17')))).toBe('2001-09-17');
  });

  it('refuses what is not a day number', () => {
    expect(() => sessionOnOrBefore(Number.NaN)).toThrow(RangeError);
    expect(() => lastCompletedSession(Number.NaN)).toThrow(RangeError);
  });

  it('counts the end as the first of the sessions back', () => {
    expect(formatSession(sessionsBack(day('2026-11-20'), 1))).toBe('2026-11-20');
    expect(formatSession(sessionsBack(day('2026-11-22'), 1))).toBe('2026-11-20');
    expect(formatSession(sessionsBack(day('2025-01-10'), 3))).toBe('2025-01-07');
  });

  it.skipIf(!existsSync(data))('goes back thousands of sessions as the published list does', () => {
    const published = read('nyse-sessions-1995-2030.csv');
    const end = published.at(-1)!;
    expect(formatSession(sessionsBack(day(end), 5_000))).toBe(published.at(-5_000));
  });

  test.prop([anyDay, fc.integer({ min: 1, max: 600 })])(
    'lists exactly the sessions that it counts',
    (end, count) => {
      const sessions = sessionsEnding(end, count);
      const opened: number[] = [];
      for (let at = sessionsBack(end, count); at <= end; at++) if (isSession(at)) opened.push(at);
      expect([...sessions]).toEqual(opened);
      expect(sessions).toHaveLength(count);
    },
  );

  it('lists nothing for a count of zero', () => {
    expect([...sessionsEnding(day('2026-11-20'), 0)]).toEqual([]);
  });
});

describe('closeTime', () => {
  it.each([
    ['2026-11-20', '2026-11-20T21:00:00.000Z', 'winter'],
    ['2026-07-15', '2026-07-15T20:00:00.000Z', 'summer'],
    ['2025-03-07', '2025-03-07T21:00:00.000Z', 'last session before summer time'],
    ['2025-03-10', '2025-03-10T20:00:00.000Z', 'first session of summer time'],
    ['2025-11-03', '2025-11-03T21:00:00.000Z', 'first session of winter time'],
    ['2006-03-31', '2006-03-31T21:00:00.000Z', 'winter under the rule before 2007'],
    ['2025-07-03', '2025-07-03T17:00:00.000Z', 'before Independence Day'],
    ['2024-11-29', '2024-11-29T18:00:00.000Z', 'after Thanksgiving'],
    ['2025-12-24', '2025-12-24T18:00:00.000Z', 'Christmas Eve'],
    ['2002-07-05', '2002-07-05T17:00:00.000Z', 'Friday after Independence Day, before 2013'],
    ['2002-07-03', '2002-07-03T20:00:00.000Z', 'Wednesday before Independence Day, before 2013'],
    ['1999-12-31', '1999-12-31T18:00:00.000Z', 'announced'],
    ['2022-07-01', '2022-07-01T20:00:00.000Z', 'Friday before an Independence Day on Monday'],
    ['2022-12-23', '2022-12-23T21:00:00.000Z', 'Friday before a Christmas Eve on Saturday'],
  ])('is %s → %s (%s)', (date, expected) => {
    expect(new Date(closeTime(day(date))).toISOString()).toBe(expected);
  });

  it.skipIf(!existsSync(data))('agrees with the published early closes of 2013 to 2030', () => {
    const early: string[] = [];
    for (let at = day('2013-01-01'); at <= day('2030-12-31'); at++) {
      // 13:00 in New York is 17:00 or 18:00 UTC; 16:00 is 20:00 or 21:00.
      if (isSession(at) && new Date(closeTime(at)).getUTCHours() < 19) early.push(formatSession(at));
    }
    expect(early).toEqual(read('nyse-early-closes-2013-2030.csv'));
  });
});

describe('lastCompletedSession', () => {
  const last = (instant: string, delayMs?: number) =>
    formatSession(lastCompletedSession(Date.parse(instant), delayMs));

  it('turns to the day half an hour after its close, to the millisecond', () => {
    expect(last('2026-11-20T21:29:59.999Z')).toBe('2026-11-19');
    expect(last('2026-11-20T21:30:00.000Z')).toBe('2026-11-20');
  });

  it('takes the delay it is given', () => {
    expect(last('2026-11-20T21:00:00.000Z', 0)).toBe('2026-11-20');
    expect(last('2026-11-22T12:00:00.000Z', 40 * 3_600_000)).toBe('2026-11-19');
  });

  it('stays with Friday over the weekend and a Monday holiday', () => {
    expect(last('2025-02-17T23:00:00Z')).toBe('2025-02-14');
    expect(last('2025-02-18T15:00:00Z')).toBe('2025-02-14');
  });

  it('knows that an early close is early', () => {
    expect(last('2025-12-24T18:30:00Z')).toBe('2025-12-24');
  });

  it('goes by the day of New York, not of UTC', () => {
    expect(last('2026-11-21T02:00:00Z')).toBe('2026-11-20');
    expect(last('2026-11-20T02:00:00Z')).toBe('2026-11-19');
  });

  test.prop([anyDay, fc.integer({ min: 0, max: 86_399_999 })])(
    'leaves no completed session after it',
    (date, ms) => {
      const now = date * 86_400_000 + ms;
      const session = lastCompletedSession(now);
      expect(isSession(session)).toBe(true);
      expect(closeTime(session) + 30 * 60_000).toBeLessThanOrEqual(now);
      let next = session + 1;
      while (!isSession(next)) next++;
      expect(closeTime(next) + 30 * 60_000).toBeGreaterThan(now);
    },
  );
});

describe('sessionUnderWay', () => {
  it.each([
    ['before the open', '2026-11-20T14:29:00Z', undefined],
    ['at the open', '2026-11-20T14:30:00Z', '2026-11-20'],
    ['while its final bar is awaited', '2026-11-20T21:20:00Z', '2026-11-20'],
    ['once its final bar can be expected', '2026-11-20T21:30:00Z', undefined],
    ['on a Saturday', '2026-11-21T16:00:00Z', undefined],
    ['in summer time', '2026-07-15T13:30:00Z', '2026-07-15'],
    ['after an early close', '2026-11-27T18:30:00Z', undefined],
  ])('%s', (_when, time, expected) => {
    const session = sessionUnderWay(Date.parse(time));
    expect(session && formatSession(session)).toBe(expected);
  });
});
