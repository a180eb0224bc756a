import type { BlockStore } from '../cache/block-store.ts';
import { type MarketDay, viewMarketDay } from '../market-day.ts';
import { dayKey } from '../store-keys.ts';
import type { PanelFeed, Session, WholeMarket } from '../types.ts';
import type { RetryCall } from './retry-call.ts';

export interface FetchDaysOptions {
  readonly wholeMarket: WholeMarket;
  readonly store: BlockStore;
  readonly dataset: string;
  readonly call: RetryCall;
  /** Days under way at once. */
  readonly concurrency: number;
  /** Seconds that so many calls take under the rate limit. */
  readonly seconds: number;
  /** A way for days that need not be at hand; where it is missing, all of them are. */
  readonly feed?: PanelFeed | undefined;
  /** Told of each day that is at hand, as it lands. */
  readonly onDay: (day: MarketDay) => void;
  /** Told when a day could not be stored. */
  readonly onStoreError: (error: unknown) => void;
  readonly now?: () => number;
}

/**
 * Seconds for all of the sessions from which on they are stored. A year of the market is 130 MB: what comes again in less is
 * not worth writing it.
 */
const DEAR_SECONDS = 10;

/** A fresh day with less than this part of the symbols of the fullest one has not been published in full. */
const LEAST_PART = 0.5;
/** The newest sessions of those asked for, which may not have been published yet: what older ones lack, they lack for good. */
const FRESH_SESSIONS = 3;

/**
 * Fetches whole sessions, the newest first. Where they take long, by the rate limit or as they come, each is stored as it
 * comes: what has landed stays landed, whatever happens to the rest. Others are fed on, where there is a feed.
 *
 * A fresh session for which the provider has no rows, or far fewer than for others, is not published yet: it does not land.
 * It is judged when an older one has come, or all have: alone, any day is the fullest. Before a provider's first session
 * all are empty. Returns the sessions that have not landed. Failure: that of `call`, once what was under way has ended.
 * Holds: `concurrency` days, and the fresh ones until they are judged.
 */
export async function fetchDays(
  sessions: readonly Session[],
  {
    wholeMarket,
    store,
    dataset,
    call,
    concurrency,
    seconds,
    feed,
    onDay,
    onStoreError,
    now = () => performance.now(),
  }: FetchDaysOptions,
): Promise<readonly Session[]> {
  const waiting = [...sessions].sort((a, b) => a - b);
  const unfinished: Session[] = [];
  const fresh = waiting.at(-FRESH_SESSIONS) ?? waiting[0]!;
  let most = 0;
  let failure: { readonly error: unknown } | undefined;

  const held: MarketDay[] = [];
  const started = now();
  let landed = 0;

  const areDear = (): boolean => {
    const secondsEach = landed === 0 ? 0 : (now() - started) / 1000 / landed;
    return Math.max(seconds, secondsEach * sessions.length) >= DEAR_SECONDS;
  };
  const land = async (day: MarketDay): Promise<void> => {
    onDay(day);
    landed++;
    if (!areDear()) return;
    await store.write([{ key: dayKey(dataset, day.session), series: day.bytes }]).catch(onStoreError);
  };
  const judgeHeld = async (): Promise<void> => {
    for (const day of held.splice(0)) {
      if (day.rows > 0 && day.rows >= most * LEAST_PART) await land(day);
      else unfinished.push(day.session);
    }
  };
  const fetch = async (session: Session): Promise<void> => {
    if (feed !== undefined && session < fresh && !areDear()) {
      most = Math.max(most, await call((signal) => feed.fetchDay(session, signal)));
      landed++;
      await judgeHeld();
      return;
    }
    const day = viewMarketDay(await call((signal) => wholeMarket.fetchDay(session, signal)));
    most = Math.max(most, day.rows);
    if (session >= fresh) {
      held.push(day);
      return;
    }
    await land(day);
    await judgeHeld();
  };
  const lane = async (): Promise<void> => {
    for (
      let session = waiting.pop();
      session !== undefined && failure === undefined;
      session = waiting.pop()
    ) {
      try {
        await fetch(session);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, sessions.length) }, lane));
  if (failure !== undefined) throw failure.error;
  await judgeHeld();
  return unfinished;
}
