import type { BlockStore } from '../cache/block-store.ts';
import { isSession } from '../calendar/nyse.ts';
import { type MarketDay, viewMarketDay } from '../market-day.ts';
import { PANEL_BYTES_PER_BAR } from '../panel-filler.ts';
import { viewSeries } from '../series.ts';
import { formatSession } from '../session.ts';
import { dayKey, seriesKey } from '../store-keys.ts';
import type { BarSource, History, SeriesBytes, Session, StoreEntry, SymbolId } from '../types.ts';
import { type BroughtStore, withBrought } from './brought-store.ts';
import { fetchDays } from './fetch-days.ts';
import { fetchSymbols } from './fetch-symbols.ts';
import { Panel } from './panel.ts';
import { type FetchPlan, OVERLAP_SESSIONS, planFetch } from './plan-fetch.ts';
import type { RetryCall } from './retry-call.ts';
import { SharedRoom } from './shared-room.ts';
import { type Survey, survey } from './survey.ts';

/** Bytes of a panel that whole sessions may take; beyond it, symbols are fetched in other ways. */
const MAX_PANEL_BYTES = 512 * 2 ** 20;
const BATCH = 256;
/** Batches that may be on their way into the store. Their series are in memory all the same, until the scan has read them. */
const MAX_WRITES = 32;
/** A day is a megabyte. Fewer at once wait for a provider that is far away: 8 took 2.5 times as long at 200 ms a call. */
const MAX_DAYS_UNDER_WAY = 64;
/** Sessions that are kept beyond those looked at, so that a series is not cut anew every day. */
const SPARE_SESSIONS = 64;

export interface PrefetchOptions {
  readonly source: Pick<BarSource, 'dataset' | 'manySymbols' | 'wholeMarket'>;
  readonly store: BlockStore;
  readonly history: History;
  readonly call: RetryCall;
  /** Calls under way at once. */
  readonly concurrency: number;
  /** Seconds that so many calls take under the rate limit. */
  readonly secondsFor: (calls: number) => number;
  /** Sessions for which a symbol without any bar is believed to have none still. */
  readonly noDataSessions: number;
  readonly onPlan?: (plan: FetchPlan, survey: Survey) => void;
  /** Told what had to be left to fetching symbols alone, and why. */
  readonly onFailure?: (error: unknown) => void;
  readonly onStoreError?: (error: unknown, doing: 'read' | 'write') => void;
}

export interface Prefetch {
  /** The store for the scan: with what was brought, on its way into the store behind it. */
  readonly store: BroughtStore;
  /** Series that had other bars than the source has now. */
  readonly corrected: number;
  /** What is kept of some symbols, and the cheapest way to what is not. */
  plan(symbols: readonly SymbolId[]): Promise<{ readonly plan: FetchPlan; readonly survey: Survey }>;
  /** Plans, and fetches what is cheaper to have for many symbols at once; what is left is missing still. */
  fetch(symbols: readonly SymbolId[]): Promise<void>;
  /** Resolves when everything that was brought is stored. */
  settled(): Promise<void>;
}

/**
 * Fills the store before a scan, for many symbols at once: whole sessions of the market, or many symbols a call, whatever
 * takes the least time for what is missing.
 *
 * Where all sessions of the market are there, a symbol in none of them has no bars. What it cannot bring is left to the scan, which fetches symbols alone. Failure: none; what fails is reported.
 * Holds: 44 bytes for each symbol and session that it brings, while it does, and the series until they are read.
 */
export function createPrefetch({
  source: { dataset, manySymbols, wholeMarket },
  store,
  history,
  call,
  concurrency,
  secondsFor,
  noDataSessions,
  onPlan = () => {},
  onFailure = () => {},
  onStoreError = () => {},
}: PrefetchOptions): Prefetch {
  const sessions = sessionsOf(history);
  const most = history.bars + SPARE_SESSIONS;
  const front = withBrought(store, onStoreError);
  const writing = new Set<Promise<void>>();
  let corrected = 0;

  const plan: Prefetch['plan'] = async (symbols) => {
    const found = await survey(symbols, { store: front, dataset, history, sessions, noDataSessions });
    const panelBytes = (found.absent.length + found.behind.length) * sessions.length * PANEL_BYTES_PER_BAR;
    const fits = panelBytes <= MAX_PANEL_BYTES;
    return {
      survey: found,
      plan: planFetch(found.demand, {
        manySymbols,
        wholeMarket: wholeMarket !== undefined && fits,
        secondsFor,
      }),
    };
  };

  /** Hands series to the scan, and stores them in the meantime; a store that is slow holds it back. */
  const bring = async (series: Iterable<readonly [SymbolId, SeriesBytes]>): Promise<void> => {
    const entries: StoreEntry[] = [];
    for (const [symbol, bytes] of series) {
      const key = seriesKey(dataset, symbol);
      front.bring(key, bytes);
      entries.push({ key, series: bytes });
    }
    const written = store.write(entries).catch((error: unknown) => onStoreError(error, 'write'));
    writing.add(written);
    void written.finally(() => writing.delete(written));
    if (writing.size >= MAX_WRITES) await Promise.race(writing);
  };

  /** Brings series by whole sessions: those of symbols of which nothing is kept, and those that end too early. */
  const fetchByDays = async (found: Survey, take: FetchPlan): Promise<void> => {
    const absent = take.absent === 'days' ? found.absent : [];
    const late = take.behind === 'days' ? found.behind : [];
    if (absent.length + late.length === 0) return;
    const after = absent.length > 0 ? sessions[0]! - 1 : Math.min(...late.map(({ last }) => last));
    // The sessions are at hand: who had no bar may have one now.
    const heard = found.silent.filter(({ last }) => last >= after);
    const behind = [...late, ...heard].map(({ symbol }) => symbol);
    const symbols = [...absent, ...behind];
    const days = sessions.filter((session) => session >= after);
    wholeMarket!.expect?.(take.days.length);
    const panel = new Panel(symbols, days);
    const feed = wholeMarket!.fillPanel?.(panel.shape);
    const fetched = new Set<Session>(take.days);
    const unfinished = new Set<Session>();
    try {
      const lacking = await fetchDays(take.days, {
        wholeMarket: wholeMarket!,
        store,
        dataset,
        call,
        concurrency: Math.min(concurrency, MAX_DAYS_UNDER_WAY),
        seconds: secondsFor(take.days.length),
        feed,
        onDay: (day) => panel.add(day),
        onStoreError: (error) => onStoreError(error, 'write'),
      });
      for (const session of lacking) unfinished.add(session);
    } finally {
      await feed?.end();
    }
    for (const session of days) {
      if (fetched.has(session)) continue;
      const day = await keptDay(session);
      if (day === undefined) unfinished.add(session);
      else panel.add(day);
    }
    // Of a session that is missing nobody knows who had a bar.
    const lacking = days.filter((session) => session > after && unfinished.has(session));
    if (lacking.length > 0) {
      throw new Error(`The provider has not published ${lacking.map(formatSession).join(', ')} in full`);
    }
    for (let start = 0; start < absent.length; start += BATCH) {
      await bring(
        // Every session of the whole market is there: who is in none of them has no bars.
        absent
          .slice(start, start + BATCH)
          .map((symbol, index) => [symbol, panel.take(start + index, history.from, history.to)] as const),
      );
    }
    await extendKept(behind, (index, own, room) =>
      panel.extend(absent.length + index, own, history.to, most, room),
    );
  };

  /** Brings the series that are kept of some symbols, with the bars that have come since. */
  const extendKept = async (
    symbols: readonly SymbolId[],
    extend: (index: number, own: SeriesBytes, room: SharedRoom) => ReturnType<Panel['extend']> | undefined,
  ): Promise<void> => {
    const room = new SharedRoom();
    for (let start = 0; start < symbols.length; start += BATCH) {
      const batch = symbols.slice(start, start + BATCH);
      const kept = await store.read(batch.map((symbol) => seriesKey(dataset, symbol)));
      await bring(
        batch.flatMap((symbol, index) => {
          const own = kept[index];
          const extended = own && extend(start + index, own, room);
          if (extended === undefined) return [];
          if (extended.corrected) corrected++;
          return [[symbol, extended.series] as const];
        }),
      );
    }
  };

  const keptDay = async (session: Session): Promise<MarketDay | undefined> => {
    try {
      const [bytes] = await store.read([dayKey(dataset, session)]);
      return bytes === undefined ? undefined : viewMarketDay(bytes);
    } catch (error) {
      onStoreError(error, 'read');
      return undefined;
    }
  };

  const fetchByMany = async (found: Survey, take: FetchPlan): Promise<void> => {
    const many = { manySymbols: manySymbols!, call, concurrency };
    if (take.absent === 'many') {
      await fetchSymbols(found.absent, {
        ...many,
        history,
        // A symbol without bars may be unknown to a call of many, and known to one of its own.
        onSeries: (series) => bring(withBars(series)),
      });
    }
    if (take.behind !== 'many') return;
    for (const [last, symbols] of bySession(found)) {
      const missing = sessions.filter((session) => session > last);
      const from = sessions.findLast((session) => session <= last)!;
      const bars = missing.length + OVERLAP_SESSIONS;
      const brought = new Map<SymbolId, SeriesBytes>();
      await fetchSymbols(symbols, {
        ...many,
        history: { from, to: history.to, bars },
        onSeries: (series) => {
          for (const [symbol, bytes] of series) brought.set(symbol, bytes);
        },
      });
      const panel = Panel.of(brought, symbols, [from, ...missing]);
      await extendKept(symbols, (index, own, room) =>
        brought.has(symbols[index]!) ? panel.extend(index, own, history.to, most, room) : undefined,
      );
    }
  };

  return {
    store: front,
    get corrected() {
      return corrected;
    },
    plan,
    async fetch(symbols) {
      const { plan: take, survey: found } = await plan(symbols);
      for (const [symbol, header] of found.answered) front.note(seriesKey(dataset, symbol), header);
      onPlan(take, found);
      for (const way of [fetchByDays, fetchByMany]) {
        try {
          await way(found, take);
        } catch (error) {
          onFailure(error);
        }
      }
    },
    async settled() {
      await Promise.all(writing);
    },
  };
}

/** The sessions of a history, ascending. */
export function sessionsOf({ from, to }: Pick<History, 'from' | 'to'>): readonly Session[] {
  const sessions: Session[] = [];
  for (let day = from; day <= to; day++) if (isSession(day)) sessions.push(day);
  return sessions;
}

function* withBars(series: ReadonlyMap<SymbolId, SeriesBytes>): Generator<readonly [SymbolId, SeriesBytes]> {
  for (const entry of series) if (viewSeries(entry[1]).bars > 0) yield entry;
}

function bySession({ behind }: Survey): Map<Session, SymbolId[]> {
  const groups = new Map<Session, SymbolId[]>();
  for (const { symbol, last } of behind) {
    const group = groups.get(last);
    if (group === undefined) groups.set(last, [symbol]);
    else group.push(symbol);
  }
  return groups;
}
