import { Observable } from 'rxjs';
import { noStore } from '../cache/none.ts';
import { lastCompletedSession, sessionOnOrBefore, sessionsBack } from '../calendar/nyse.ts';
import { CrossSection } from '../cross-section/cross-section.ts';
import { ConfigError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { ScreenBounds } from '../operators/screen.ts';
import { formatSession } from '../session.ts';
import { Credits } from '../state/credits.ts';
import { GroundCheck } from '../state/ground-check.ts';
import { Ledger } from '../state/ledger.ts';
import { LONGEST_TIMER_MS } from '../state/longest-timer.ts';
import { Market } from '../state/market.ts';
import { type RankBy, Ranker, type RankerPlan } from '../state/ranker.ts';
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
  SeriesStore,
  Session,
  SymbolId,
} from '../types.ts';
import { createPrescreen, type Prescreen } from '../universe/prescreen-rules.ts';
import { CLASSIC_WEIGHTS, type ClassicWeights } from '../workers/classic.ts';
import { createScorer } from '../workers/scorer.ts';
import { entriesUntil, type Universe } from './entries-until.ts';
import { scan } from './scan.ts';
import { type Books, summarize } from './summarize.ts';

export interface ScanOptions {
  /** What to scan: symbols, or the bytes of a list of symbols. */
  readonly universe: Universe;
  /** Where bars come from. The caller closes it. */
  readonly source: BarSource;
  /** Where bars are kept. The caller closes it. @default nowhere */
  readonly store?: SeriesStore;
  /** Where receipts go, one an outcome. The caller closes it. */
  readonly receipts?: ReceiptWriter;
  /** Names the scan in its rows. @default made from the session, the time and chance */
  readonly id?: string;
  /** The as-of session. @default the last completed one */
  readonly asOf?: Session;
  /** Bars looked at, at most. @default 260 */
  readonly lookback?: number;
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
  /** Rules before data. @default those of the default profile */
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
/** Bytes that the bodies inside may take by their own size limit, with the default window. */
const WINDOW_BYTES = 256 * 2 ** 20;
/** Bodies of the size limit are far above what comes: 80 to 110 bytes a bar. */
const BYTES_PER_BAR = 256;
/** How much further back than `lookback` sessions its bars may lie, for symbols with gaps. */
const SLACK = 1.25;

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
      lookback = 260,
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
      prescreen = createPrescreen(),
      listings,
      bounds = {},
      screens = [],
      signal,
      log,
    } = options;
    validate({ lookback, concurrency, window, attempts });
    const history = historyOf(asOf, lookback);
    const scorer = createScorer({ workers, history, weights: { ...CLASSIC_WEIGHTS, ...weights } });
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
      started: Date.now(),
      source,
      trafficBefore: { ...source.traffic },
      stop,
      ledger,
      ranker,
      market,
      clock,
      cache: { hits: 0, misses: 0 },
      retries: 0,
    };
    let storeFailed = false;

    const interrupt = () => stop.stop('interrupted');
    const deadline = setTimeout(() => stop.stop('deadline'), Math.min(deadlineMs, LONGEST_TIMER_MS));
    if (signal?.aborted) interrupt();
    signal?.addEventListener('abort', interrupt);

    const outcomes = scan({
      universe: entriesUntil(universe, stop),
      source,
      store,
      scorer,
      receipts,
      history,
      rules: { failed: prescreen, listings },
      bounds,
      screens,
      concurrency,
      timeoutMs,
      retry: {
        attempts,
        symbolTimeoutMs,
        onAttempt: (result) => {
          const lost = ground.judge(result);
          if (lost) stop.stop('ground-lost', lost);
        },
        onRetry: ({ code, stage, retryAfterMs }, delayMs) => {
          books.retries++;
          log?.debug({ code, stage, retryAfterMs, delayMs: Math.round(delayMs) }, 'Asking again');
        },
      },
      cache: {
        onRead: (hits, misses) => {
          // Where nothing is kept, nothing was missed.
          if (store === noStore) return;
          books.cache.hits += hits;
          books.cache.misses += misses;
        },
        onStoreError: (error, doing) => {
          if (storeFailed) return;
          storeFailed = true;
          log?.warn({ err: error, store: store.name }, `The cache cannot ${doing}: the scan goes on without`);
        },
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
      await close();
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

/** The bars that a scan as of a session looks at. */
export function historyOf(asOf: Session, lookback: number): History {
  return {
    from: sessionsBack(asOf, Math.ceil(lookback * SLACK)),
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
