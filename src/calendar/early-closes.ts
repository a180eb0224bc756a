/** Sessions that end at 13:00 New York time, by rule. Closes brought forward on the day itself are not in it. */
import { parseSession } from '../session.ts';
import type { Session } from '../types.ts';
import { dayNumber, FRIDAY, SUNDAY, WEDNESDAY, weekdayOf } from './civil-date.ts';
import { thanksgivingOf } from './holidays.ts';

/** Announced early closes that follow no rule. */
const ANNOUNCED = [
  ['1997-12-26', 'day after Christmas'],
  ['1999-12-31', 'eve of the year 2000'],
  ['2003-12-26', 'day after Christmas'],
] as const;

/**
 * The sessions of a year that close early, ascending: around Independence Day, the Friday after Thanksgiving,
 * Christmas Eve. The rules hold since 1995.
 */
export function earlyClosesOf(year: number): readonly Session[] {
  const days = [...independenceEarlyClose(year), thanksgivingOf(year) + 1];
  const christmasEve = dayNumber(year, 12, 24);
  // On a Friday it is the observed holiday itself.
  if (isMondayToThursday(christmasEve)) days.push(christmasEve);
  for (const [date] of ANNOUNCED) if (date.startsWith(`${year}-`)) days.push(parseSession(date));
  return days.sort((a, b) => a - b);
}

function independenceEarlyClose(year: number): readonly Session[] {
  const eve = dayNumber(year, 7, 3);
  // Until 2012 a holiday on Thursday had its early close on the Friday after, not on the Wednesday before.
  if (year < 2013 && weekdayOf(eve) === WEDNESDAY) return [eve + 2];
  return isMondayToThursday(eve) ? [eve] : [];
}

function isMondayToThursday(day: Session): boolean {
  const weekday = weekdayOf(day);
  return weekday > SUNDAY && weekday < FRIDAY;
}
