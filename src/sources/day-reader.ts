import { parseSession } from '../session.ts';
import type { Session } from '../types.ts';

/** More dates than any market has sessions: a text beyond them is not worth keeping. */
const MAX_DATES = 100_000;
/** Midnight, there or in New York; with any other time of day it is no daily bar. */
const DATE = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ]0[045]:00(?::00(?:\.0+)?)?(?:Z| ?[+-]\d{2}:?\d{2})?)?$/;

/**
 * Reads dates as daily bars carry them: `2018-07-17`, `20180717`, `2018-07-17T04:00:00Z`, `2018-07-17 00:00:00-04:00`.
 *
 * NaN for anything else. Holds: each text once; the bars of a market share few dates.
 */
export function createDayReader(): (text: string) => Session {
  const known = new Map<string, Session>();
  return (text) => {
    let session = known.get(text);
    if (session !== undefined) return session;
    const [, year, month, day] = DATE.exec(text) ?? [];
    session = year === undefined ? Number.NaN : parseSession(`${year}-${month}-${day}`);
    // A copy: a text that was cut out of a larger one keeps all of that.
    if (known.size < MAX_DATES) known.set(Buffer.from(text).toString(), session);
    return session;
  };
}
