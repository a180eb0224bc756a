/**
 * The holidays of the New York Stock Exchange, by its Rule 7.2.
 *
 * A fixed date on a Sunday is observed on Monday, one on a Saturday on Friday; except New Year's Day, because a
 * Friday that ends the year stays a session.
 */
import type { Session } from '../types.ts';
import {
  dayNumber,
  lastWeekday,
  MONDAY,
  nthWeekday,
  SATURDAY,
  SUNDAY,
  THURSDAY,
  weekdayOf,
} from './civil-date.ts';
import { easterSunday } from './easter.ts';

/** The days of a year on which a holiday is observed, ascending. Closures for a reason of their own are not in it. */
export function holidaysOf(year: number): readonly Session[] {
  const newYear = dayNumber(year, 1, 1);
  const days: Session[] = [];
  if (weekdayOf(newYear) !== SATURDAY) days.push(observed(newYear));
  if (year >= 1998) days.push(nthWeekday(year, 1, MONDAY, 3)); // Martin Luther King Jr. Day
  days.push(
    nthWeekday(year, 2, MONDAY, 3), // Washington's Birthday (Presidents' Day)
    easterSunday(year) - 2, // Good Friday
    lastWeekday(year, 5, MONDAY), // Memorial Day
  );
  if (year >= 2022) days.push(observed(dayNumber(year, 6, 19))); // Juneteenth
  days.push(
    observed(dayNumber(year, 7, 4)),
    nthWeekday(year, 9, MONDAY, 1), // Labor Day
    thanksgivingOf(year),
    observed(dayNumber(year, 12, 25)),
  );
  return days;
}

/** The fourth Thursday of November. */
export function thanksgivingOf(year: number): Session {
  return nthWeekday(year, 11, THURSDAY, 4);
}

function observed(day: Session): Session {
  const weekday = weekdayOf(day);
  if (weekday === SUNDAY) return day + 1;
  return weekday === SATURDAY ? day - 1 : day;
}
