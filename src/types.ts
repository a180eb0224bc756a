/** The domain's words, and the contracts between the stages. */
import type { ScanError, SKIP_REASONS } from './errors.ts';
import type { DescribedListing } from './listing.ts';
import type { PanelShape } from './panel-filler.ts';

/** A ticker in canonical spelling: `BRK.B` for a share class, `ABRpD` for a preferred. Case matters. */
export type SymbolId = string;

/** A session's date as days since 1970-01-01: an integer, without a time zone. */
export type Session = number;

/** Which bars a scan looks at: at most `bars` of them, none before `from`, none after `to` (the as-of session). */
export interface History {
  readonly from: Session;
  readonly to: Session;
  readonly bars: number;
}

// ─── what enters ──────────────────────────────────────────────────────────────────────────────────────────────

/** One occurrence of a symbol in the input. Every occurrence has exactly one outcome. */
export interface Entry {
  /** Canonical spelling, or the text as it came where it is not a ticker. */
  readonly symbol: SymbolId;
  /** The text as it came, shortened and made printable. */
  readonly text: string;
  /** Line of the input, from 1. */
  readonly line: number;
  /** Why it cannot be scanned at all. */
  readonly defect?: 'malformed' | 'duplicate' | 'line-too-long';
  /** What the list says of it. */
  readonly listing?: Listing;
}

/** What a list or a directory says of a symbol. Absent where it says nothing. */
export interface Listing {
  readonly name?: string;
  readonly exchange?: string;
  readonly country?: string;
  readonly sector?: string;
  readonly industry?: string;
  readonly subIndustry?: string;
  /** Dollars. */
  readonly marketCap?: number;
  readonly instrument?: Instrument;
  /** It is there to test systems with. */
  readonly isTest?: boolean;
}

/** What kind of security is listed. `fund` is closed-end; `unit` bundles shares with warrants or rights. */
export type Instrument = (typeof INSTRUMENTS)[number];

export const INSTRUMENTS = [
  'common',
  'depositary',
  'preferred',
  'etf',
  'fund',
  'note',
  'warrant',
  'right',
  'unit',
] as const;

// ─── series ───────────────────────────────────────────────────────────────────────────────────────────────────

/** What a source brought, as it came: pages of one wire format, newest bars first. */
export interface Payload {
  readonly format: WireFormat;
  readonly pages: readonly Uint8Array[];
}

/** Wire formats with a decoder in `workers/decoders`; `series` is one page that is an encoded series already. */
export type WireFormat = 'polygon-aggregates' | 'series';

/** A series encoded by `series.ts`: header and columns in one block of bytes, 8-aligned. */
export type SeriesBytes = Uint8Array;

/** A service or archive that has daily bars. */
export interface BarSource {
  readonly name: string;
  /** Names the data served, for the cache: same text, same bars. Holds no secret. */
  readonly dataset: string;
  /**
   * The bars of one symbol; one symbol without data is a payload without bars, not an error.
   *
   * Failure: a `ScanError`, after which nothing of the call goes on. Aborting `signal` rejects at once.
   */
  fetchBars(symbol: SymbolId, history: History, signal: AbortSignal): Promise<Payload>;
  /** What takes longer than a call may, and has to be done before the first one. */
  prepare?(history: History, signal: AbortSignal): Promise<void>;
  /** The bars of many symbols in one go, where the service has such calls. */
  readonly manySymbols?: ManySymbols;
  /** The bars of the whole market at one session, where the service has such calls. */
  readonly wholeMarket?: WholeMarket;
  /** The splits of all symbols; bars are as traded then, and adjusted as they are read. */
  readonly splits?: SplitSource;
  /** Its list of symbols. */
  readonly universe?: SymbolDirectory;
  /** Requests sent (every attempt and page) and bytes received so far. */
  readonly traffic: Traffic;
  close(): Promise<void>;
}

export interface ManySymbols {
  /** Symbols of one call, at most, when each is asked for so many bars. */
  symbolsPerCall(bars: number): number;
  /** Calls that so many symbols with so many bars each take. */
  calls(symbols: number, bars: number): number;
  /**
   * One encoded series a symbol; a symbol that the service does not know has none in the answer.
   *
   * Failure: a `ScanError` for the call as a whole; an `UnknownSymbolsError` where some of them spoil it for the others.
   */
  fetchMany(
    symbols: readonly SymbolId[],
    history: History,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<SymbolId, SeriesBytes>>;
}

export interface WholeMarket {
  /** Told how many sessions are about to be fetched, where that is known: what takes time to start may be started. */
  expect?(sessions: number): void;
  /**
   * The bars of one session as an encoded day (`market-day.ts`), of every symbol that `fetchBars` would have one of; without
   * rows where the market was closed.
   */
  fetchDay(session: Session, signal: AbortSignal): Promise<Uint8Array>;
  /** A way for sessions into a panel, where they are decoded beside this thread and can be put into it there. */
  fillPanel?(panel: PanelShape): PanelFeed;
  /** The bars of a session that has not ended, as they are now; a symbol without a trade in it has no row. */
  fetchSnapshot?(session: Session, signal: AbortSignal): Promise<Uint8Array>;
}

/** Sessions on their way into a panel. */
export interface PanelFeed {
  /** Fetches the bars of one session, as `WholeMarket.fetchDay`, for the panel; how many rows it has. */
  fetchDay(session: Session, signal: AbortSignal): Promise<number>;
  /** Resolves when what was fetched is in the panel, to which nothing is done any more; rejects where some of it was lost. */
  end(): Promise<void>;
}

/** The symbols that a service knows. */
export interface SymbolDirectory {
  /** What is listed, or was on a day, a page at a time. `types` are the service's own words for kinds of securities. */
  listSymbols(
    options: { readonly asOf?: Session | undefined; readonly types?: readonly string[] | undefined },
    signal: AbortSignal,
  ): AsyncIterable<readonly ListedSymbol[]>;
}

/** A symbol and what its directory says of it. */
export interface ListedSymbol extends Listing {
  readonly symbol: SymbolId;
}

export interface SplitSource {
  /** Splits that take effect from `from` to `to`, both included. Order: none. */
  fetchSplits(from: Session, to: Session, signal: AbortSignal): Promise<readonly Split[]>;
}

/** From the open of `session` on, `ratio` shares stand for one of before: 4 for 4:1, 0.1 for a reverse 1:10. */
export interface Split {
  readonly symbol: SymbolId;
  readonly session: Session;
  readonly ratio: number;
}

export interface Traffic {
  readonly calls: number;
  /** Bytes of bodies as they came over the wire. */
  readonly bytes: number;
}

/** A keyed store of encoded series. A damaged or foreign entry reads as absent. */
export interface SeriesStore {
  readonly name: string;
  /** One answer a key, in order; `undefined` where there is none. */
  read(keys: readonly string[]): Promise<readonly (SeriesBytes | undefined)[]>;
  /** Durable against the death of the process once it resolves. */
  write(entries: readonly StoreEntry[]): Promise<void>;
  close(): Promise<void>;
}

export interface StoreEntry {
  readonly key: string;
  readonly series: SeriesBytes;
}

// ─── scoring ──────────────────────────────────────────────────────────────────────────────────────────────────

/** One symbol's work for the scoring stage: a body to decode, or a series that is decoded already. */
export type ScoreJob = { readonly symbol: SymbolId } & BesideSeries &
  ({ readonly payload: Payload } | { readonly series: SeriesBytes });

/** What is known of a symbol beside its series. */
export interface BesideSeries {
  readonly splits?: SplitPairs | undefined;
  /** The bar of the session under way. */
  readonly forming?: FormingBar | undefined;
}

/** A bar that changes until its session has ended: it is scored, and never kept. */
export interface FormingBar {
  readonly session: Session;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Shares so far. */
  readonly volume: number;
}

/** The splits of one symbol: session and ratio in turn, ascending by session. */
export type SplitPairs = readonly number[];

/** The features of one symbol, in the order of `FEATURES` (`features.ts`); NaN where not available. */
export type FeatureRow = Float64Array;

/** `series` is there where a payload was decoded: it is what the cache stores. */
export type ScoreResult =
  | { readonly ok: true; readonly row: FeatureRow; readonly series?: SeriesBytes }
  | { readonly ok: false; readonly error: ScanError };

/** The scoring stage's one contract, in place or on threads. */
export interface Scorer {
  /** Tasks worth having under way at once. */
  readonly parallel: number;
  /** One result a job, in order. A job's failure is its result; a rejection is a lost ground. */
  score(jobs: readonly ScoreJob[]): Promise<readonly ScoreResult[]>;
  /** Told how many bytes of bodies are about to come, where that is known: what takes time to start may be started. */
  expect?(bytes: number): void;
  close(): Promise<void>;
}

/** A criterion of the user's that a symbol must meet to be ranked. */
export interface Screen {
  readonly name: string;
  /** Whether it asks for the place of a symbol among all of the scan, which is known at its end only. */
  readonly needsMarket: boolean;
  test(subject: Subject): boolean;
}

/** What a criterion looks at. */
export interface Subject {
  readonly entry: Entry;
  readonly row: FeatureRow;
  /** Where the market was scored already. */
  readonly place?: Place;
  /** In a rule of an alert: what was written of it. */
  readonly written?: RankedRow | LeftRow;
}

/** What a symbol must meet to be worth an alert. */
export interface AlertRule extends Screen {
  /** Whether it asks what was before: it is judged where a ranking was before, and of symbols that left too. */
  readonly looksBack: boolean;
}

/** A symbol's place among all symbols of a scan. */
export interface Place {
  /** 0 to 100: the sum of the contributions. */
  readonly composite: number;
  readonly signal: Signal;
  /** The part of the weights whose factors were available, 0 to 1. */
  readonly coverage: number;
  /** Percentile of each factor, 0 to 100; `null` where it is not available. */
  readonly factors: Readonly<Record<string, number | null>>;
  /** Points of each factor. */
  readonly contributions: Readonly<Record<string, number>>;
}

// ─── what leaves ──────────────────────────────────────────────────────────────────────────────────────────────

/** Why a symbol was not finished, or not scanned at all. */
export type SkipReason = keyof typeof SKIP_REASONS;

/** Why a scan stops before its end. */
export type StopReason = 'interrupted' | 'deadline' | 'ground-lost';

/** How one entry left the scan. Exactly one for each. */
export type Outcome =
  | { readonly kind: 'ranked'; readonly entry: Entry; readonly row: FeatureRow }
  | {
      readonly kind: 'filtered';
      readonly entry: Entry;
      readonly rules: readonly string[];
      readonly row?: FeatureRow;
    }
  | {
      readonly kind: 'stale';
      readonly entry: Entry;
      readonly rules: readonly string[];
      readonly row: FeatureRow;
    }
  /** `ms`: how long the last call took, where there was one. */
  | { readonly kind: 'failed'; readonly entry: Entry; readonly error: ScanError; readonly ms?: number }
  | { readonly kind: 'skipped'; readonly entry: Entry; readonly reason: SkipReason };

export type OutcomeKind = Outcome['kind'];

/**
 * An entry on its way through the scan, by how far it has come. Each stage takes the kinds it works on and lets the
 * others pass; what is an outcome already passes all of them.
 */
export type Traveller =
  | { readonly kind: 'entered'; readonly entry: Entry }
  /** To be fetched. `leftMs`: what is left of its time, once it has failed. */
  | { readonly kind: 'missing'; readonly entry: Entry; readonly leftMs?: number }
  | { readonly kind: 'cached'; readonly entry: Entry; readonly series: SeriesBytes }
  | { readonly kind: 'fetched'; readonly entry: Entry; readonly payload: Payload }
  /** Scored from a body: its series is to be stored. */
  | {
      readonly kind: 'fresh';
      readonly entry: Entry;
      readonly row: FeatureRow;
      readonly series: SeriesBytes;
    }
  | { readonly kind: 'scored'; readonly entry: Entry; readonly row: FeatureRow }
  | Outcome;

/** One line of the ranking, as sinks write it. Numbers that are not available are `null`. */
export interface RankedRow {
  readonly type: 'ranked';
  readonly scan: string;
  /** From 1. */
  readonly rank: number;
  readonly symbol: SymbolId;
  /** ISO date of the last session used. */
  readonly session: string;
  readonly close: number;
  readonly rating: number | null;
  readonly signal: Signal;
  readonly raw: number;
  readonly risk: number | null;
  readonly trend: number;
  readonly momentum: number;
  readonly volume: number;
  readonly volatility: number;
  readonly oscillator: number;
  readonly breakout: number;
  readonly dollar_vol_20: number | null;
  /** 0 to 100: where the symbol stands among all of this scan; the sum of `contributions`. */
  readonly composite: number;
  readonly composite_signal: Signal;
  /** The part of the composite's weights whose factors were available, 0 to 1. */
  readonly coverage: number;
  /** Percentile of each factor, 0 to 100. */
  readonly factors: Readonly<Record<string, number | null>>;
  /** Points of each factor. */
  readonly contributions: Readonly<Record<string, number>>;
  /** The trade that its signal asks for; `null` where it asks for none, or where none can be placed. */
  readonly plan: TradePlan | null;
  /** What the list or a directory says of the symbol; `null` where nothing is said. */
  readonly listing: DescribedListing | null;
  readonly features: Readonly<Record<string, number | null>>;
  /** What became of it since the ranking before. There is none in a scan, nor in the first ranking of a daemon. */
  readonly change?: 'entered' | 'moved' | 'same';
  /** What it was in that one, `null` where it was not in it. */
  readonly previous?: PreviousRow | null;
}

/** What a row was in the ranking before. */
export interface PreviousRow {
  readonly rank: number;
  readonly rating: number | null;
  readonly signal: Signal;
  /** ISO date. */
  readonly session: string;
}

/** A symbol of the ranking before that is not in this one. */
export interface LeftRow {
  readonly type: 'left';
  readonly scan: string;
  readonly symbol: SymbolId;
  readonly change: 'left';
  readonly previous: PreviousRow;
}

export type Signal = 'Strong Long' | 'Long' | 'Avoid' | 'Short' | 'Strong Short';

// ─── what a ranked row asks for, and what all rows say ─────────────────────────────────────────────────────

export type Side = 'long' | 'short';

/** What the chart looks like; the first of them that applies, in this order. */
export type Setup = 'breakout' | 'trend' | 'pullback' | 'other';

/** A trade as it would be placed. Prices in dollars, whole cents. */
export interface TradePlan {
  readonly side: Side;
  readonly setup: Setup;
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
  /** Dollars between entry and stop. */
  readonly risk_per_share: number;
  /** A whole number; 0 where not even one share is within the bounds. */
  readonly shares: number;
  /** Dollars: shares times entry. */
  readonly position: number;
  /** Whether it is the liquidity that limits `shares`, and not the risk. */
  readonly capped: boolean;
  /** Why this setup: one sentence with the numbers. */
  readonly reason: string;
}

/** How the market as a whole stands at a session. `null` where it is not available. */
export interface MarketContext {
  /** What `trend` and `volatility` are of: the benchmark's symbol, or the mean of all symbols. */
  readonly basis: SymbolId | 'equal-weight';
  readonly trend: 'up' | 'down' | 'sideways' | null;
  readonly volatility: 'high' | 'normal' | 'low' | null;
  /** What the labels are made of: close / sma_50 − 1, sma_50 / sma_200 − 1, realized_vol_20 / realized_vol_60. */
  readonly close_to_sma_50: number | null;
  readonly sma_50_to_sma_200: number | null;
  readonly vol_ratio: number | null;
  readonly breadth: Breadth;
}

/** How many symbols take part. The shares are fractions of the symbols that have the average. */
export interface Breadth {
  readonly symbols: number;
  readonly above_sma_50: number | null;
  readonly above_sma_200: number | null;
  /** By `ret_1d`. Without it, a symbol is in none of the three. */
  readonly advancers: number;
  readonly decliners: number;
  readonly unchanged: number;
  /** Symbols that close at the highest high, or the lowest low, of 252 sessions, the last one included. */
  readonly new_highs_252: number;
  readonly new_lows_252: number;
}

// ─── where it goes ───────────────────────────────────────────────────────────────────────────────────────────

/**
 * The result of a scan: rows in rank order, made as they are iterated, and what happened on the way. Failure:
 * `LostGroundError` while iterating, where many rows are in a temporary file that cannot be read back.
 */
export interface Ranking {
  readonly rows: Iterable<RankedRow>;
  /** How many rows `rows` has. */
  readonly length: number;
  /** What is not there any more, by the rank that it had; written behind the rows (`all-rows.ts`). */
  readonly left?: readonly LeftRow[];
  /** How every other symbol left the scan, where that is published too. */
  readonly receipts?: readonly Receipt[];
  /** Symbols that failed, where rankings are compared: nobody knows whether they would be ranked. */
  readonly failed?: ReadonlySet<SymbolId>;
  readonly summary: Summary;
}

/** Counts, traffic and time of a scan. Written by `--summary`, and as the closing entry of a Redis stream. */
export interface Summary {
  readonly type: 'summary';
  readonly scan: string;
  /** The entry of a stream that asked for it; absent where none did. */
  readonly request?: string;
  readonly version: string;
  /** ISO date of the as-of session. */
  readonly as_of: string;
  /** ISO date of the session under way whose bars were scored too; `null` where there is none. */
  readonly forming: string | null;
  readonly source: string;
  /** ISO timestamps. */
  readonly started: string;
  readonly ended: string;
  readonly stopped: StopReason | null;
  readonly in: number;
  readonly outcomes: Readonly<Record<OutcomeKind, number>>;
  /** Counts by rule, by `stage:code` and by reason. */
  readonly filtered: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<string, number>>;
  /** `in` equals the sum of `outcomes`: checked, not assumed. */
  readonly conserved: boolean;
  readonly ranked_written: number;
  /** The market that the scored symbols make. */
  readonly market: MarketContext;
  readonly calls: number;
  readonly retries: number;
  readonly bytes: number;
  /** Kept series that had other bars than the source has now, and have its bars now. */
  readonly corrected: number;
  /** `hits` were kept before the scan, `prefetched` were fetched for many symbols at once, `misses` alone. */
  readonly cache: {
    readonly hits: number;
    readonly misses: number;
    readonly prefetched: number;
    readonly hit_rate: number | null;
  };
  /** Wall seconds of the whole, and busy seconds by stage (stages overlap: they do not add up to the whole). */
  readonly seconds: Readonly<Record<string, number>>;
  readonly symbols_per_second: number;
  readonly peak_rss_mb: number;
  /** Where the ranking was compared with the one before. */
  readonly changes?: ChangeCounts;
}

/** How an entry left a scan: what it was, and the reason. */
export interface Receipt {
  readonly type: 'receipt';
  readonly scan: string;
  readonly symbol: SymbolId;
  /** Of the list, from 1. */
  readonly line: number;
  /** As it came, where that is not the symbol. */
  readonly input?: string;
  readonly outcome: OutcomeKind;
  /** The reason, and what the rules looked at: by the kind of the outcome. */
  readonly [field: string]: unknown;
}

/** How many symbols entered, left, moved and stayed since another ranking: the rows of this one are `entered + moved + same`. */
export interface ChangeCounts {
  /** The scan that it is compared with. */
  readonly since: string;
  readonly entered: number;
  readonly left: number;
  readonly moved: number;
  /** Of the rows that were there before, those with another signal. */
  readonly signals: number;
  readonly same: number;
}

/** Where the receipts go: one for each outcome, as it happens. */
export interface ReceiptWriter {
  /** Resolves when more may come. A rejection is a lost ground. */
  write(outcomes: readonly Outcome[]): Promise<void>;
}

/** Where a ranking goes. */
export interface Sink {
  /** For messages: what and where, without credentials. */
  readonly name: string;
  /** Checks that it can be written, before the scan starts. */
  open(): Promise<void>;
  /** Writes the whole ranking; durable, and visible as a whole, once it resolves. */
  publish(ranking: Ranking): Promise<void>;
  /** Releases what `open` took; leaves nothing half-written behind. */
  close(): Promise<void>;
}

/** A symbol that meets a rule, as it is told once. */
export interface Alert {
  readonly type: 'alert';
  readonly rule: string;
  readonly scan: string;
  readonly symbol: SymbolId;
  /** ISO date of the last session used; of what left, that of the scan. */
  readonly session: string;
  /** That of the planned trade; `null` without a plan. */
  readonly setup: Setup | null;
  /** `null` for what left, as what follows. */
  readonly rank: number | null;
  readonly close: number | null;
  readonly rating: number | null;
  readonly signal: Signal | null;
  readonly plan: TradePlan | null;
  /** Since the ranking before; `null` where there is none. */
  readonly change: 'entered' | 'moved' | 'same' | 'left' | null;
  readonly previous: PreviousRow | null;
}

/** Where alerts go. */
export interface AlertSink {
  /** For messages: what and where, without credentials. */
  readonly name: string;
  /** Checks that it can be written. */
  open(): Promise<void>;
  /** Durable once it resolves. What it resolved for, or may have been written, can come again. */
  publish(alerts: readonly Alert[]): Promise<void>;
  close(): Promise<void>;
}
