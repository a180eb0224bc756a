import { MS_PER_DAY } from '../session.ts';
import type { Session } from '../types.ts';
import { lastWeekday, nthWeekday, SUNDAY, yearOf } from './civil-date.ts';

const MS_PER_HOUR = 3_600_000;
/** The least and the most there is. */
const SUMMER_HOURS_BEHIND = 4;
const WINTER_HOURS_BEHIND = 5;

/**
 * Midnight in New York at which a day begins, epoch milliseconds UTC.
 *
 * Daylight saving time by the Energy Policy Act of 2005 (from 2007 on) and the Uniform Time Act as amended in 1986.
 */
export function newYorkMidnight(day: Session): number {
  return day * MS_PER_DAY + hoursBehindUtc(day) * MS_PER_HOUR;
}

/**
 * New York's distance to UTC on a day, but for the hours after midnight of a Sunday on which clocks change.
 *
 * By rule: the system's own knowledge of time zones takes ten milliseconds to load.
 */
export function hoursBehindUtc(day: Session): number {
  return isDaylightSaving(day) ? SUMMER_HOURS_BEHIND : WINTER_HOURS_BEHIND;
}

/** The day in New York on which a time (epoch milliseconds UTC) falls. */
export function newYorkDay(timeMs: number): Session {
  const day = Math.floor((timeMs - SUMMER_HOURS_BEHIND * MS_PER_HOUR) / MS_PER_DAY);
  return newYorkMidnight(day) > timeMs ? day - 1 : day;
}

/** Whether a day begins in daylight saving time: the clock is changed later on the Sunday itself. */
function isDaylightSaving(day: Session): boolean {
  const year = yearOf(day);
  const april = year < 2007;
  const begin = april ? nthWeekday(year, 4, SUNDAY, 1) : nthWeekday(year, 3, SUNDAY, 2);
  const end = april ? lastWeekday(year, 10, SUNDAY) : nthWeekday(year, 11, SUNDAY, 1);
  return day > begin && day <= end;
}
