import type { BlockHeader } from './block.ts';
import { FLAG_OLDER_EXIST, readSeriesHeader, viewSeries } from './series.ts';
import type { History, SeriesBytes, Session } from './types.ts';

/** What is kept of a symbol: all that is asked for, all but the last sessions, or nothing that helps. */
export type Standing = 'answered' | 'behind' | 'absent';

/** Days of the calendar for each session, at most: a long weekend is four days. */
const DAYS_PER_SESSION = 2;

/**
 * How a kept series stands to what a scan looks at, by its header alone.
 *
 * A header says how many bars there are and not where: of a series that goes on beyond the as-of session, every day
 * beyond it is taken to have a bar. At worst a symbol is taken for absent that is not. Without any bar, a symbol is
 * believed to have none for `noDataSessions` more. Failure: none. Holds: nothing.
 */
export function standingOf(
  header: Pick<BlockHeader, 'kind' | 'count' | 'from' | 'to' | 'flags'> | undefined,
  { from, to, bars }: History,
  noDataSessions = 0,
): Standing {
  if (header?.kind !== 'series') return 'absent';
  const beyond = Math.max(0, header.to - to);
  const reachesBack =
    (header.from <= from && (header.flags & FLAG_OLDER_EXIST) === 0) || header.count - beyond >= bars;
  if (!reachesBack) return 'absent';
  if (header.to >= to) return 'answered';
  if (header.count > 0) return 'behind';
  return isStillWithoutData(header.to, to, noDataSessions) ? 'answered' : 'absent';
}

/**
 * Whether a kept series says all that the source would say of a history: it was asked for up to the as-of session or
 * later, and holds enough bars up to there, or all there are.
 */
export function answers(bytes: SeriesBytes, { from, to, bars }: History, noDataSessions = 0): boolean {
  const header = readSeriesHeader(bytes);
  if (header === undefined) return false;
  const reachesBack = header.from <= from && (header.flags & FLAG_OLDER_EXIST) === 0;
  if (header.to < to) {
    return header.bars === 0 && reachesBack && isStillWithoutData(header.to, to, noDataSessions);
  }
  if (reachesBack) return true;
  const oldestNeeded = viewSeries(bytes).session[bars - 1];
  return oldestNeeded !== undefined && oldestNeeded <= to;
}

function isStillWithoutData(last: Session, to: Session, noDataSessions: number): boolean {
  return last + noDataSessions * DAYS_PER_SESSION >= to;
}
