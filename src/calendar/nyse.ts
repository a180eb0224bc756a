/**
 * Sessions of the New York Stock Exchange, by rule, on day numbers.
 *
 * Exact from 1995 on; before that the rules of 1995 are carried back, which is right but for closures and holidays
 * that are gone. Years to come follow today's rules.
 *
 * Holds: the holidays and early closes of every year asked for (a dozen numbers a year).
 */
import { MS_PER_DAY, parseSession } from '../session.ts';
import type { Session } from '../types.ts';
import { SATURDAY, SUNDAY, weekdayOf, yearOf } from './civil-date.ts';
import { earlyClosesOf } from './early-closes.ts';
import { holidaysOf } from './holidays.ts';
import { hoursBehindUtc } from './new-york-time.ts';
import { SPECIAL_CLOSURES } from './special-closures.ts';

const MS_PER_HOUR = 3_600_000;
const OPEN_HOUR = 9.5;
const CLOSE_HOUR = 16;
const EARLY_CLOSE_HOUR = 13;

interface Year {
  readonly closures: ReadonlySet<Session>;
  readonly earlyCloses: ReadonlySet<Session>;
}

const years = new Map<number, Year>();
const specialClosures = SPECIAL_CLOSURES.map(([date]) => parseSession(date));

/** Whether the exchange opens on a day. */
export function isSession(day: Session): boolean {
  const weekday = weekdayOf(day);
  return weekday !== SATURDAY && weekday !== SUNDAY && !yearWith(day).closures.has(day);
}

/** The day itself where it is a session, else the newest session before it. Throws where it is not a day number. */
export function sessionOnOrBefore(day: Session): Session {
  // A NaN would be walked back from for ever.
  if (!Number.isSafeInteger(day)) throw new RangeError(`Expected a day number, got ${day}`);
  while (!isSession(day)) day--;
  return day;
}

/**
 * The first of `count` (from 1) sessions that end at `end`; 1 is `end` itself, or the session before it where `end`
 * is not one.
 */
export function sessionsBack(end: Session, count: number): Session {
  let session = sessionOnOrBefore(end);
  for (let left = count; left > 1; left--) session = sessionOnOrBefore(session - 1);
  return session;
}

/** The `count` sessions that end at `end` (or at the session before it), ascending. */
export function sessionsEnding(end: Session, count: number): Int32Array {
  const sessions = new Int32Array(count);
  let day = end;
  for (let index = count - 1; index >= 0; index--) {
    const session = sessionOnOrBefore(day);
    sessions[index] = session;
    day = session - 1;
  }
  return sessions;
}

/** When a session closes, epoch milliseconds UTC: 16:00 in New York, 13:00 on an early close. */
export function closeTime(session: Session): number {
  const closeHour = yearWith(session).earlyCloses.has(session) ? EARLY_CLOSE_HOUR : CLOSE_HOUR;
  return session * MS_PER_DAY + (closeHour + hoursBehindUtc(session)) * MS_PER_HOUR;
}

/**
 * The newest session whose close lies at least `delayMs` before `nowMs` (epoch milliseconds): the one whose final
 * bar can be expected.
 *
 * @param delayMs Time the data take to be final after the close.
 */
export function lastCompletedSession(nowMs: number, delayMs = 30 * 60_000): Session {
  let session = sessionOnOrBefore(Math.floor(nowMs / MS_PER_DAY));
  while (closeTime(session) > nowMs - delayMs) session = sessionOnOrBefore(session - 1);
  return session;
}

/**
 * The session that has opened and whose final bar cannot be expected yet; `undefined` where there is none.
 *
 * @param delayMs As of `lastCompletedSession`.
 */
export function sessionUnderWay(nowMs: number, delayMs?: number): Session | undefined {
  let session = lastCompletedSession(nowMs, delayMs) + 1;
  while (!isSession(session)) session++;
  const open = session * MS_PER_DAY + (OPEN_HOUR + hoursBehindUtc(session)) * MS_PER_HOUR;
  return nowMs >= open ? session : undefined;
}

function yearWith(day: Session): Year {
  const number = yearOf(day);
  let year = years.get(number);
  if (year === undefined) {
    year = {
      closures: new Set([...holidaysOf(number), ...specialClosures]),
      earlyCloses: new Set(earlyClosesOf(number)),
    };
    years.set(number, year);
  }
  return year;
}
