import { closeTime, isSession, sessionUnderWay } from '../../calendar/nyse.ts';
import { MS_PER_DAY } from '../../session.ts';
import type { Session } from '../../types.ts';

/** A stretch of time, epoch milliseconds: `end` is no part of it. */
export interface SessionWindow {
  readonly start: number;
  readonly end: number;
}

const MS_PER_HOUR = 3_600_000;
/** The open in New York, 9:30, as the clocks of summer say it in UTC. */
const SUMMER_OPEN_MS = 13.5 * MS_PER_HOUR;
const OPEN_MS = 9.5 * MS_PER_HOUR;

/** While a session trades: from its open to its close. */
export function tradingHours(session: Session): SessionWindow {
  return { start: openTime(session), end: closeTime(session) };
}

/** The whole day of a session in New York, midnight to midnight. Clocks change on Sundays, when there is none. */
export function sessionDay(session: Session): SessionWindow {
  const start = openTime(session) - OPEN_MS;
  return { start, end: start + MS_PER_DAY };
}

/** The first session whose window ends after a time (epoch milliseconds), and that window. */
export function windowAfter(ms: number, windowOf: (session: Session) => SessionWindow): SessionWindow {
  // In New York it is the day of UTC, or the day before.
  for (let day = Math.floor(ms / MS_PER_DAY) - 1; ; day++) {
    if (!isSession(day)) continue;
    const window = windowOf(day);
    if (window.end > ms) return window;
  }
}

/** 9:30 in New York: the calendar says whether summer's clocks or winter's hold. */
function openTime(session: Session): number {
  const summer = session * MS_PER_DAY + SUMMER_OPEN_MS;
  return sessionUnderWay(summer, 0) === session ? summer : summer + MS_PER_HOUR;
}
