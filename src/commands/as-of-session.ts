import { lastCompletedSession, sessionOnOrBefore } from '../calendar/nyse.ts';
import type { Settings } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { formatSession } from '../session.ts';
import type { Session } from '../types.ts';

/** The session that a scan looks back from. `now`: epoch ms. Failure: `ConfigError` where it is not over yet. */
export function asOfSession(
  { asOf, publishDelay }: Pick<Settings, 'asOf' | 'publishDelay'>,
  now = Date.now(),
): Session {
  const last = lastCompletedSession(now, publishDelay);
  if (asOf === undefined) return last;
  const session = sessionOnOrBefore(asOf);
  if (session > last) {
    throw new ConfigError([
      `--as-of ${formatSession(asOf)}: expected a session that is over; the last one is ${formatSession(last)}`,
    ]);
  }
  return session;
}
