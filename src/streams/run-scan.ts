import { Observable } from 'rxjs';
import type { BlockStore } from '../cache/block-store.ts';
import { noStore } from '../cache/none.ts';
import { lastCompletedSession, sessionOnOrBefore, sessionsBack } from '../calendar/nyse.ts';
import { CrossSection } from '../cross-section/cross-section.ts';
import { ConfigError, LostGroundError, ScanError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { describedBy } from '../operators/prescreen.ts';
import type { Beside } from '../operators/score-on.ts';
import type { ScreenBounds } from '../operators/screen.ts';
import { loadForming } from '../prefetch/load-forming.ts';
import { loadSplits } from '../prefetch/load-splits.ts';
import { createPrefetch } from '../prefetch/prefetch.ts';
import { createRetryCall } from '../prefetch/retry-call.ts';
import { formatSession } from '../session.ts';
import { Breaker } from '../state/breaker.ts';
import { Credits } from '../state/credits.ts';
import { GroundCheck } from '../state/ground-check.ts';
import { Ledger } from '../state/ledger.ts';
import { LONGEST_TIMER_MS } from '../state/longest-timer.ts';
import { Market } from '../state/market.ts';
import { type RankBy, Ranker, type RankerPlan } from '../state/ranker.ts';
import { type Limiter, RateLimiter } from '../state/rate-limit.ts';
import { RetryBudget } from '../state/retry-budget.ts';
import { StageClock } from '../state/stage-clock.ts';
import { Stop } from '../state/stop.ts';
import type {
  BarSource,
  History,
  Listing,
  Outcome,
  Ranking,
  ReceiptWriter,
  Screen,
  Session,
  SymbolId,
} from '../types.ts';
import type { Prescreen } from '../universe/prescreen-rules.ts';
import { CLASSIC_WEIGHTS, type ClassicWeights } from '../workers/classic.ts';
import { createScorer } from '../workers/scorer.ts';
import { entriesUntil, type Universe } from './entries-until.ts';
import { prefetched } from './prefetched.ts';
import { scan } from './scan.ts';
import { type Books, summarize } from './summarize.ts';

export interface ScanOptions {
  /** What to scan: symbols, or the bytes of a list of symbols. */
  readonly universe: Universe;
  /** Where bars come from. The caller closes it. */
  readonly source: BarSource;
  /** Where bars are kept. The caller closes it. @default nowhere */
  readonly store?: BlockStore;
  /** Where receipts go, one an outcome. The caller closes it. */
  readonly receipts?: ReceiptWriter;
  /** Names the scan in its rows. @default made from the session, the time and chance */
  readonly id?: string;
  /** The as-of session. @default the last completed one */
  readonly asOf?: Session;
  /** A session under way, after `asOf`, whose bars so far are scored too, and not kept. @default none */
  readonly forming?: Session | undefined;
  /** Sessions looked at, and bars at most. @default 260 */
  readonly lookback?: number;
  /** Sessions further back in which a symbol with gaps may find the bars that it lacks. @default 0 */
  readonly slack?: number;
  /** Sessions for which a symbol without any bar is believed to have none still. @default 5 */
  readonly noDataSessions?: number;
  /** Whether bars may be fetched for many symbols at once, where the source can. @default true */
  readonly batch?: boolean;
  /** The rate limit that the source asks before each call. @default none but what the provider asks for */
  readonly limiter?: Limiter;
  /** Repetitions for each first attempt, all symbols together; 100 on top. @default 0.2 */
  readonly retryShare?: number;
  /** Keep only the best so many rows. @default all */
  readonly top?: number | undefined;
  /** What counts first in the ranking. @default 'classic' */
  readonly rankBy?: RankBy;
  /** What trades are planned with. @default an account of $10,000, 1 % at risk, no shorts */
  readonly plan?: RankerPlan;
  /** Requests under way at once. @default 64 */
  readonly concurrency?: number;
  /** Symbols inside at once. @default 2048, fewer where `lookback` makes them large */
  readonly window?: number | undefined;
  /** Scoring threads; 0 scores in place. @default 'auto': threads where the work is worth them */
  readonly workers?: number | 'auto';
  /** Milliseconds for one request, from sending to last byte. @default 10_000 */
  readonly timeoutMs?: number;
  /** Milliseconds for one symbol, its calls and the waits between; what the provider asks to wait comes on top. @default 60_000 */
  readonly symbolTimeoutMs?: number;
  /** Attempts for one symbol, the first included. @default 5 */
  readonly attempts?: number;
  /** Milliseconds for the scan; the rest is skipped. @default 1_800_000 */
  readonly deadlineMs?: number;
  /** Weights of the rating, where they differ from the classic ones. */
  readonly weights?: Partial<ClassicWeights>;
  /** Names of the rules before data that an entry fails. @default none */
  readonly prescreen?: Prescreen;
  /** What directories say of symbols. @default nothing */
  readonly listings?: ReadonlyMap<SymbolId, Listing>;
  /** Bounds of the rules on data. */
  readonly bounds?: ScreenBounds;
  /** What the user asks of a symbol. @default nothing */
  readonly screens?: readonly Screen[];
  /** Ends the scan in order: what is finished is ranked, the rest is skipped. */
  readonly signal?: AbortSignal;
  readonly log?: Pick<Logger, 'debug' | 'info' | 'warn'>;
}

/** What a scan emits: the outcome of every entry as it happens, then its ranking. */
export type ScanEvent = Outcome | { readonly kind: 'ranking'; readonly ranking: Ranking };

const DEFAULT_WINDOW = 2048;
/** Calls a second where there is no limit: what providers ask their customers to stay below. */
const CALLS_PER_SECOND = 100;
/** Attempts for a call that all symbols depend on, at least. */
const SHARED_ATTEMPTS = 8;
/** Bytes that the bodies inside may take by their own size limit, with the default window. */
const WINDOW_BYTES = 256 * 2 ** 20;
/** Bodies of the size limit are far above what comes: 80 to 110 bytes a bar. */
const BYTES_PER_BAR = 256;
/**
 * Runs a scan on its parts: makes what it needs, watches the deadline and the ground, and ends with the ranking.
 *
 * Each subscription is a scan. Unsubscribing before the end stops it and drops the ranking; `signal` stops it and
 * keeps the ranking. Order: outcomes as symbols finish. Failure: where the ground was lost, the ranking of what was
 * finished comes first, then a `LostGroundError`. Holds: `window` symbols, and a compact row for each ranked one.
 */
export function runScan(options: ScanOptions): Observable<ScanEvent> {
  return new Observable<ScanEvent>((subscriber) => {
    const {
      universe,
      source,
      store = noStore,
      receipts,
      asOf = lastCompletedSession(Date.now()),
      id = newScanId(asOf),
      forming,
      lookback = 260,
      slack = 0,
      noDataSessions = 5,
      batch = true,
      limiter = new RateLimiter(),
      retryShare,
      top,
      rankBy = 'classic',
      plan,
      concurrency = 64,
      window = defaultWindow(lookback),
      workers = 'auto',
      timeoutMs = 10_000,
      symbolTimeoutMs = 60_000,
      attempts = 5,
      deadlineMs = 1_800_000,
      weights,
      prescreen = () => [],
      listings,
      bounds = {},
      screens = [],
      signal,
      log,
    } = options;
    validate({ lookback, concurrency, window, attempts });
    const history = historyOf(asOf, lookback, slack);
    const scorer = createScorer({
      workers,
      history,
      // The session under way takes the place of the oldest one.
      lookFrom: forming === undefined ? undefined : sessionsBack(forming, lookback + slack),
      weights: { ...CLASSIC_WEIGHTS, ...weights },
    });
    const stop = new Stop();
    const ledger = new Ledger();
    const population = new CrossSection();
    const ranker = new Ranker({ population, top, rankBy, ...(plan && { plan }) });
    const market = new Market();
    const clock = new StageClock();
    const ground = new GroundCheck(source.name, Math.max(concurrency, 20));
    const books: Books = {
      id,
      asOf: history.to,
      forming,
      started: Date.now(),
      source,
      trafficBefore: { ...source.traffic },
      stop,
      ledger,
      ranker,
      market,
      clock,
      cache: { hits: 0, misses: 0, prefetched: 0 },
      corrected: 0,
      retries: 0,
    };
    let storeFailed = false;
    const breaker = new Breaker({
      onLost: (troubleMs) =>
        stop.stop(
          'ground-lost',
          new LostGroundError(
            `${source.name} has not answered usably for ${Math.round(troubleMs / 1000)} s; try again later: what was fetched is kept`,
          ),
        ),
    });

    const interrupt = () => stop.stop('interrupted');
    const deadline = setTimeout(() => stop.stop('deadline'), Math.min(deadlineMs, LONGEST_TIMER_MS));
    if (signal?.aborted) interrupt();
    signal?.addEventListener('abort', interrupt);

    const onStoreError = (error: unknown, doing: 'read' | 'write') => {
      if (storeFailed) return;
      storeFailed = true;
      log?.warn({ err: error, store: store.name }, `The cache cannot ${doing}: the scan goes on without`);
    };
    const onRetry = ({ code, stage, retryAfterMs }: ScanError, delayMs: number) => {
      books.retries++;
      log?.debug({ code, stage, retryAfterMs, delayMs: Math.round(delayMs) }, 'Asking again');
    };
    const call = createRetryCall({ attempts: Math.max(attempts, SHARED_ATTEMPTS), timeoutMs, stop, onRetry });
    const prefetch = createPrefetch({
      source: batch ? source : { dataset: source.dataset },
      store,
      history,
      call,
      concurrency,
      secondsFor: secondsUnder(limiter),
      noDataSessions,
      onPlan: (plan, { answered, absent, behind }) =>
        log?.info(
          {
            ...plan,
            days: plan.days.length,
            answered,
            absentSymbols: absent.length,
            behindSymbols: behind.length,
          },
          'Planned',
        ),
      onFailure: (error) => {
        if (stop.reason === undefined)
          log?.warn({ err: error }, 'Fetching for many symbols at once failed: each is fetched alone');
      },
      onStoreError,
    });
    const splits = loadSplits({
      source,
      store,
      history: { from: history.from, to: forming ?? history.to },
      call,
    }).catch((error: unknown) => {
      throw ground.withoutSplits(ScanError.from(error, 'fetch'));
    });
    const today =
      forming === undefined
        ? undefined
        : loadForming(source, forming, call).catch((cause: unknown) => {
            throw LostGroundError.from(cause, 'The bars of the session under way cannot be had');
          });
    const beside = Promise.all([splits, today]).then(
      ([table, bars]): Beside =>
        (symbol) => ({ splits: table.get(symbol), forming: bars?.get(symbol) }),
    );
    // Whoever scores is told of it; a scan that ends before has not asked.
    beside.catch(() => {});
    const outcomes = scan({
      universe: prefetched(entriesUntil(universe, stop), {
        prefetch,
        async prepare() {
          const cut = new AbortController();
          stop.onStop(() => cut.abort());
          await source.prepare?.(history, cut.signal).catch((cause: unknown) => {
            stop.stop('ground-lost', LostGroundError.from(cause, `${source.name} cannot be read`));
          });
        },
        isWanted: (entry) =>
          entry.defect === undefined && prescreen(entry, describedBy(listings, entry).listing).length === 0,
        clock,
        stop,
      }),
      source,
      store: prefetch.store,
      scorer,
      beside,
      receipts,
      history,
      rules: { failed: prescreen, listings },
      bounds,
      screens,
      fetching: { concurrency, timeoutMs, limiter, breaker },
      retry: {
        budget: new RetryBudget(retryShare === undefined ? {} : { share: retryShare }),
        isWell: () => breaker.isWell,
        attempts,
        symbolTimeoutMs,
        onAttempt: (result) => {
          const lost = ground.judge(result);
          if (lost) stop.stop('ground-lost', lost);
        },
        onRetry,
      },
      cache: {
        onRead: (hits, misses) => {
          // Where nothing is kept, nothing was missed.
          if (store === noStore) return;
          books.cache.hits += hits;
          books.cache.misses += misses;
        },
        noDataSessions,
        onStoreError,
      },
      credits: new Credits(window),
      ledger,
      population,
      ranker,
      market,
      clock,
      stop,
    });

    let closing: Promise<void> | undefined;
    const close = () => {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', interrupt);
      closing ??= scorer.close();
      return closing;
    };
    const end = async () => {
      await Promise.all([close(), prefetch.settled()]);
      books.cache.prefetched = prefetch.store.handedOut;
      books.cache.hits -= prefetch.store.handedOut;
      books.corrected = prefetch.corrected;
      const nothingUsable = stop.reason === undefined && books.cache.hits === 0;
      const lost = stop.cause ?? (nothingUsable ? ground.verdict() : undefined);
      clock.move('rank', 1);
      const rows = ranker.rows(id);
      clock.move('rank', -1);
      subscriber.next({
        kind: 'ranking',
        ranking: { rows, length: ranker.length, summary: summarize(books) },
      });
      if (lost) subscriber.error(lost);
      else subscriber.complete();
    };
    const subscription = outcomes.subscribe({
      next: (outcome) => subscriber.next(outcome),
      error: (error: unknown) => {
        void close().finally(() => subscriber.error(error));
      },
      complete: () => {
        end().catch((error: unknown) => subscriber.error(error));
      },
    });
    return () => {
      interrupt();
      subscription.unsubscribe();
      void close();
    };
  });
}

/** What would never end, or divide by nothing. Failure: `ConfigError` with every problem. */
function validate(counts: Readonly<Record<string, number>>): void {
  const problems = Object.entries(counts)
    .filter(([, count]) => !Number.isInteger(count) || count < 1)
    .map(([name, count]) => `Expected \`${name}\` to be an integer from 1, got \`${count}\``);
  if (problems.length > 0) throw new ConfigError(problems);
}

/** Seconds that calls take: under the limit, and at least what providers ask their customers to stay below. */
export function secondsUnder(limiter: Pick<Limiter, 'secondsFor'>): (calls: number) => number {
  return (calls) => Math.max(limiter.secondsFor(calls), calls / CALLS_PER_SECOND);
}

/** The bars that a scan as of a session looks at. */
export function historyOf(asOf: Session, lookback: number, slack = 0): History {
  return {
    from: sessionsBack(asOf, lookback + slack),
    to: sessionOnOrBefore(asOf),
    bars: lookback,
  };
}

function defaultWindow(lookback: number): number {
  return Math.max(64, Math.min(DEFAULT_WINDOW, Math.floor(WINDOW_BYTES / (lookback * BYTES_PER_BAR))));
}

/** Unique without a register: the session, the time and four random characters. */
export function newScanId(asOf: Session): string {
  const chance = Math.floor(Math.random() * 36 ** 4)
    .toString(36)
    .padStart(4, '0');
  return `${formatSession(asOf)}.${Date.now().toString(36)}${chance}`;
}
