import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { newYorkDay, newYorkMidnight } from '../../src/calendar/new-york-time.ts';
import { formatSession, MS_PER_DAY, parseSession } from '../../src/session.ts';

const inNewYork = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'medium',
});
const days = fc.integer({ min: parseSession('1987-01-01'), max: parseSession('2037-12-31') });

describe('newYorkMidnight', () => {
  test.prop([days], { numRuns: 2000 })(
    'agrees with the time zone database on every day since 1987',
    (day) => {
      expect(inNewYork.format(newYorkMidnight(day))).toBe(`${formatSession(day)} 00:00:00`);
    },
  );

  it('agrees with recorded answers of the provider', () => {
    expect(newYorkMidnight(parseSession('2005-04-01'))).toBe(1_112_331_600_000);
    expect(newYorkMidnight(parseSession('2005-04-04'))).toBe(1_112_587_200_000);
  });
});

describe('newYorkDay', () => {
  test.prop([days, fc.integer({ min: 0, max: MS_PER_DAY - 1 })], { numRuns: 2000 })(
    'finds the day of any time',
    (day, ms) => {
      const time = day * MS_PER_DAY + ms;
      expect(formatSession(newYorkDay(time))).toBe(inNewYork.format(time).slice(0, 10));
    },
  );
});
