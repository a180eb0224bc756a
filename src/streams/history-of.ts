import { sessionOnOrBefore, sessionsBack } from '../calendar/nyse.ts';
import type { History, Session } from '../types.ts';

/** The bars that a scan as of a session looks at. */
export function historyOf(asOf: Session, lookback: number, slack = 0): History {
  return {
    from: sessionsBack(asOf, lookback + slack),
    to: sessionOnOrBefore(asOf),
    bars: lookback,
  };
}
