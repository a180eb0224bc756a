import { ScanError, type SymbolErrorCode } from '../../errors.ts';
import { viewSeries } from '../../series.ts';
import type { Entry, History, SeriesBytes, SymbolId } from '../../types.ts';
import { INDICATORS } from '../../workers/indicators/index.ts';
import { computeIndicator, type Indicator } from '../../workers/indicators/indicator.ts';
import { scoreJob } from '../../workers/score.ts';
import { type Compute, checkHistory } from './check-history.ts';
import { checkRows, type Score } from './check-rows.ts';
import { checkStream } from './check-stream.ts';
import { type Claim, Claims } from './claims.ts';
import { type CutPoints, cutPoints } from './cut-points.ts';
import { type Moved, MovedValues } from './moved-values.ts';

/** A symbol with its series, or why there is none. */
export type Supplied =
  | { readonly symbol: SymbolId; readonly series: SeriesBytes }
  | { readonly symbol: SymbolId; readonly error: ScanError }
  | { readonly symbol: SymbolId; readonly defect: NonNullable<Entry['defect']> };

export interface LookaheadOptions extends CutPoints {
  /** What rows look at; its end is moved to each cut. */
  readonly history: History;
  /** Bars that the later starts leave out, for how long the beginning is remembered. @default 1, 10 and 40 */
  readonly starts?: readonly number[] | undefined;
  /** @default all of them */
  readonly indicators?: readonly Indicator[] | undefined;
  /** What computes an indicator over a series. @default `computeIndicator` */
  readonly compute?: Compute | undefined;
  /** What computes a row. @default `scoreJob` */
  readonly score?: Score | undefined;
}

export interface LookaheadReport {
  readonly type: 'lookahead';
  /** Whether something was compared, and nothing of it moved. A broken claim is for `claims` to say. */
  readonly ok: boolean;
  /** Symbols that were checked, and their bars. */
  readonly symbols: number;
  readonly bars: number;
  /** Symbols without a bar. */
  readonly empty: number;
  /** Pairs of values compared. */
  readonly compared: number;
  readonly moved: readonly Moved[];
  readonly claims: readonly Claim[];
  /** Symbols that could not be checked, by code. */
  readonly failed: Readonly<Partial<Record<SymbolErrorCode, number>>>;
  /** What of the list is no symbol, or came before, by defect. */
  readonly skipped: Readonly<Partial<Record<NonNullable<Entry['defect']>, number>>>;
}

/**
 * Checks that no value of an earlier session depends on a later bar: each series is cut at a number of sessions, and what
 * is computed of the beginning must be, bit for bit, what the whole series has there. Measures what indicators claim of
 * their warm-up and of the bar from which they are stable.
 *
 * Order: as supplied; the report does not depend on it but for the examples. Failure: a series that is none counts as
 * failed; otherwise that of `supply`. Holds: one series at a time, its outputs of one indicator, and a few numbers an output.
 */
export async function checkLookahead(
  supply: AsyncIterable<Supplied> | Iterable<Supplied>,
  {
    history,
    every,
    last,
    starts = [1, 10, 40],
    indicators = INDICATORS,
    compute = computeIndicator,
    score = scoreJob,
  }: LookaheadOptions,
): Promise<LookaheadReport> {
  const moved = new MovedValues();
  const claims = new Claims(indicators, starts);
  const failed: Partial<Record<SymbolErrorCode, number>> = {};
  const skipped: Partial<Record<NonNullable<Entry['defect']>, number>> = {};
  let symbols = 0;
  let bars = 0;
  let empty = 0;

  const check = (symbol: SymbolId, bytes: SeriesBytes) => {
    const series = viewSeries(bytes);
    const cuts = cutPoints(series.bars, { every, last });
    // First, since it refuses what is not a series of numbers.
    checkRows(symbol, series, history, cuts, score, moved);
    for (const indicator of indicators) {
      const whole = compute(indicator, series);
      checkHistory(symbol, series, indicator, whole, cuts, compute, moved);
      checkStream(symbol, series, indicator, whole, moved);
      claims.measure(series, indicator, whole, compute);
    }
    if (series.bars === 0) empty++;
    else symbols++;
    bars += series.bars;
  };

  for await (const supplied of supply) {
    if ('defect' in supplied) {
      skipped[supplied.defect] = (skipped[supplied.defect] ?? 0) + 1;
      continue;
    }
    try {
      if ('error' in supplied) throw supplied.error;
      check(supplied.symbol, supplied.series);
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      failed[error.code] = (failed[error.code] ?? 0) + 1;
    }
  }

  const found = moved.list();
  return {
    type: 'lookahead',
    ok: moved.compared > 0 && found.length === 0,
    symbols,
    bars,
    empty,
    compared: moved.compared,
    moved: found,
    claims: claims.list(),
    failed,
    skipped,
  };
}
