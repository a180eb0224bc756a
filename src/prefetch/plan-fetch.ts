import type { ManySymbols, Session } from '../types.ts';

/** What a scan needs and nothing keeps yet. */
export interface Demand {
  /** The sessions looked at, ascending. */
  readonly sessions: readonly Session[];
  /** Symbols of which nothing usable is kept. */
  readonly absent: number;
  /** Symbols that are kept up to a session and not further, by that session. */
  readonly behind: ReadonlyMap<Session, number>;
  /** Sessions whose whole market is kept. */
  readonly landed: ReadonlySet<Session>;
}

/** What the source offers beside one symbol at a time, and what a call costs there. */
export interface Offer {
  readonly manySymbols?: Pick<ManySymbols, 'calls'> | undefined;
  readonly wholeMarket: boolean;
  /** Seconds that so many calls take under the rate limit. */
  readonly secondsFor: (calls: number) => number;
}

/** How bars are had: a session of the whole market, many symbols, or one symbol a call. */
export type Way = 'days' | 'many' | 'alone';

export interface FetchPlan {
  /** Of the symbols of which nothing is kept, and of those that lack the last sessions. */
  readonly absent: Way;
  readonly behind: Way;
  /** Sessions to be fetched whole, ascending. */
  readonly days: readonly Session[];
  readonly calls: number;
  /** Of bodies, about; and of those of symbols that are fetched alone. */
  readonly bytes: number;
  readonly bytesAlone: number;
  /** By the rate limit and the bytes, about. */
  readonly seconds: number;
}

/** As bodies come: JSON of a bar with its keys, without compression. */
const BYTES_PER_BAR = 100;
/** A day of the US market: 11,500 symbols. */
const BYTES_PER_DAY = 11_500 * BYTES_PER_BAR;
/** Of a good connection; it only weighs bytes against calls. */
const BYTES_PER_SECOND = 10e6;

/**
 * The plan that takes the least time: calls by the rate limit, and bytes. Under a tight limit that is the one with the
 * fewest calls; without any, a few hundred symbols are not worth a third of a gigabyte of whole sessions.
 *
 * Symbols without bars and symbols some sessions behind are decided apart: the next day, three new symbols do not cost a
 * year of sessions. Of equals, the one with fewer calls. Failure: none. Holds: nothing.
 */
export function planFetch(demand: Demand, offer: Offer): FetchPlan {
  const ways: readonly Way[] = [
    ...(offer.wholeMarket ? (['days'] as const) : []),
    ...(offer.manySymbols ? (['many'] as const) : []),
    'alone',
  ];
  const behindCount = [...demand.behind.values()].reduce((sum, count) => sum + count, 0);
  const plans = (demand.absent > 0 ? ways : (['alone'] as const)).flatMap((absent) =>
    (behindCount > 0 ? ways : (['alone'] as const)).map((behind) =>
      priced(absent, behind, demand, offer, behindCount),
    ),
  );
  return plans.reduce((best, plan) =>
    plan.seconds < best.seconds || (plan.seconds === best.seconds && plan.calls < best.calls) ? plan : best,
  );
}

function priced(
  absent: Way,
  behind: Way,
  { sessions, absent: absentCount, behind: gaps, landed }: Demand,
  { manySymbols, secondsFor }: Offer,
  behindCount: number,
): FetchPlan {
  const days = new Set<Session>();
  const want = (session: Session) => {
    if (!landed.has(session)) days.add(session);
  };
  let calls = 0;
  let bars = 0;
  let barsAlone = 0;

  if (absent === 'days') sessions.forEach(want);
  else if (absentCount > 0) {
    calls += absent === 'many' ? manySymbols!.calls(absentCount, sessions.length) : absentCount;
    bars += absentCount * sessions.length;
    if (absent === 'alone') barsAlone += absentCount * sessions.length;
  }
  if (behind === 'alone') {
    // One symbol is asked for whole: a range of its own would be a call too.
    calls += behindCount;
    bars += behindCount * sessions.length;
    barsAlone += behindCount * sessions.length;
  } else {
    for (const [last, count] of gaps) {
      const missing = sessions.filter((session) => session > last);
      if (behind === 'many') {
        const asked = missing.length + OVERLAP_SESSIONS;
        calls += manySymbols!.calls(count, asked);
        bars += count * asked;
      } else missing.forEach(want);
    }
    // The newest session that is kept is asked for again: it may have been corrected since.
    if (behind === 'days' && gaps.size > 0) days.add(newestOf(gaps.keys()));
  }
  calls += days.size;
  const bytes = bars * BYTES_PER_BAR + days.size * BYTES_PER_DAY;
  return {
    absent,
    behind,
    days: [...days].sort((a, b) => a - b),
    calls,
    bytes,
    bytesAlone: barsAlone * BYTES_PER_BAR,
    seconds: secondsFor(calls) + bytes / BYTES_PER_SECOND,
  };
}

/** Sessions that are asked for again, to find out whether they were corrected. */
export const OVERLAP_SESSIONS = 1;

function newestOf(sessions: Iterable<Session>): Session {
  return Math.max(...sessions);
}
