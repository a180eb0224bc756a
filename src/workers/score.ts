import { ScanError } from '../errors.ts';
import { ROW_WIDTH } from '../features.ts';
import { readSeriesHeader, type Series, viewSeries } from '../series.ts';
import type { History, Payload, ScoreJob, ScoreResult, SeriesBytes, Session, SymbolId } from '../types.ts';
import { adjustForSplits } from './adjust-for-splits.ts';
import { type ClassicWeights, writeRow } from './classic.ts';
import { DECODERS } from './decoders/index.ts';
import { withFormingBar } from './with-forming-bar.ts';

/** What every job of a scorer is scored with. */
export interface ScoreOptions {
  readonly history: History;
  /** The first session looked at, where that is not the history's. */
  readonly lookFrom?: Session | undefined;
  readonly weights: ClassicWeights;
}

/**
 * Scores a batch of jobs, on whatever thread it is called.
 *
 * Order: one result a job, in order. Failure: a job's is its result, with its neighbours unaffected. Holds: the rows of
 * a batch stand in one block, so that keeping one row keeps the block; a series that was decoded has its own.
 */
export function scoreBatch(jobs: readonly ScoreJob[], options: ScoreOptions): ScoreResult[] {
  const rows = new Float64Array(jobs.length * ROW_WIDTH);
  return jobs.map((job, index): ScoreResult => {
    const offset = index * ROW_WIDTH;
    try {
      const series = scoreJob(job, options, rows, offset);
      const row = rows.subarray(offset, offset + ROW_WIDTH);
      return series === undefined ? { ok: true, row } : { ok: true, row, series };
    } catch (error) {
      return { ok: false, error: ScanError.from(error, 'score') };
    }
  });
}

/**
 * Scores one job: its row is written to `rows` at `offset`, and what a payload decoded to is returned, as it was traded.
 *
 * Looked at are the last `bars` bars of `history.from` to `history.to`, and the bar of the session under way where there is
 * one, whatever else a series has; without any, the row says so. Failure: a `ScanError`, `bad-bars` where the series is not one or holds what is not a number.
 */
export function scoreJob(
  job: ScoreJob,
  { history, lookFrom = history.from, weights }: ScoreOptions,
  rows: Float64Array,
  offset: number,
): SeriesBytes | undefined {
  const decoded = 'payload' in job ? decode(job.symbol, job.payload, history) : undefined;
  const traded = view(decoded ?? (job as { readonly series: SeriesBytes }).series);
  checkBars(traded);
  const { splits, forming } = job;
  const last = forming?.session ?? history.to;
  const adjusted = splits === undefined ? traded : adjustForSplits(traded, splits, last);
  const series = forming === undefined ? adjusted : withFormingBar(adjusted, forming);
  const { session } = series;
  let end = series.bars;
  while (end > 0 && session[end - 1]! > last) end--;
  let start = Math.max(0, end - history.bars);
  while (start < end && session[start]! < lookFrom) start++;
  writeRow(series, start, end, weights, rows, offset);
  return decoded;
}

function decode(symbol: SymbolId, { format, pages }: Payload, history: History): SeriesBytes {
  if (!Object.hasOwn(DECODERS, format)) throw new TypeError(`There is no decoder for ${format}`);
  return DECODERS[format](pages, symbol, history);
}

function view(bytes: SeriesBytes): Series {
  if (readSeriesHeader(bytes) === undefined) throw badBars('Expected an encoded series, got other bytes');
  // What a client cut from a larger block may stand anywhere in it; columns of doubles may not.
  return viewSeries(bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes));
}

function checkBars({ bars, open, high, low, close, volume, session }: Series): void {
  let previous = Number.NEGATIVE_INFINITY;
  // Zero for finite numbers, NaN from the first other one on: one branch for all of them.
  let finite = 0;
  for (let bar = 0; bar < bars; bar++) {
    if (session[bar]! <= previous) throw badBars('Sessions do not ascend');
    previous = session[bar]!;
    finite += 0 * open[bar]! + 0 * high[bar]! + 0 * low[bar]! + 0 * close[bar]! + 0 * volume[bar]!;
  }
  if (finite !== 0) throw badBars('A price or volume is not a finite number');
}

function badBars(message: string): ScanError {
  return new ScanError('bad-bars', message, { stage: 'score' });
}
