import type { BlockStore } from '../cache/block-store.ts';
import type { Logger } from '../log.ts';
import type { Beside } from '../operators/score-on.ts';
import type { ScreenBounds } from '../operators/screen.ts';
import type { LiveScan } from '../state/live-scan.ts';
import type { RankBy, RankerPlan } from '../state/ranker.ts';
import type { Limiter } from '../state/rate-limit.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { BarSource, Listing, ReceiptWriter, Screen, Session, SymbolId } from '../types.ts';
import type { Prescreen } from '../universe/prescreen-rules.ts';
import type { ClassicWeights } from '../workers/classic.ts';
import type { RowMemory } from '../workers/row-memory.ts';
import type { Universe } from './entries-until.ts';

/** What a scan is asked for. Its defaults are put in by `fillScanOptions`. */
export interface ScanOptions {
  /** What to scan: symbols, or the bytes of a list of symbols. */
  readonly universe: Universe;
  /** Where bars come from. The caller closes it. */
  readonly source: BarSource;
  /** Where bars are kept. The caller closes it. @default nowhere */
  readonly store?: BlockStore;
  /** Where receipts go, one an outcome. The caller closes it. */
  readonly receipts?: ReceiptWriter;
  /** Told what is known of symbols beside their series (splits, the bar of today), before the first of them is scored. */
  readonly onBeside?: ((besideOf: Beside) => void) | undefined;
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
  /** The rows of scans before, of a process that scans more than once. @default what the store has of them */
  readonly rows?: RowMemory;
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
  /** Told what happens when: stages, calls, batches, reads and writes. @default nobody */
  readonly tracer?: Tracer | undefined;
  /** Given the scan to look at, before its first symbol comes in. */
  readonly onStart?: (live: LiveScan) => void;
}
