/** A session is a day number; dates as text exist at the edges only. */
import type { Session } from './types.ts';

export const MS_PER_DAY = 86_400_000;

/** `2018-07-17` as days since 1970-01-01. NaN where the text is not a date of the calendar. */
export function parseSession(text: string): Session {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return Number.NaN;
  const session = Date.parse(`${text}T00:00:00Z`) / MS_PER_DAY;
  // `Date.parse` accepts 2018-02-30 as March: the round trip tells.
  return Number.isFinite(session) && formatSession(session) === text ? session : Number.NaN;
}

let formatted: { readonly session: Session; readonly text: string } | undefined;

/** Days since 1970-01-01 as `2018-07-17`. */
export function formatSession(session: Session): string {
  // The rows of a scan are nearly all of one session.
  if (formatted?.session !== session) {
    formatted = { session, text: new Date(session * MS_PER_DAY).toISOString().slice(0, 10) };
  }
  return formatted.text;
}
