import { ROW_WIDTH } from '../features.ts';
import type {
  FeatureRow,
  FormingBar,
  ScoreJob,
  ScoreResult,
  Scorer,
  SeriesBytes,
  SplitPairs,
} from '../types.ts';
import type { ScoreOptions } from './score.ts';

/** A row, and all that it follows from beside the series. */
interface Remembered {
  /** The text of the options that it was scored with. */
  readonly options: string;
  readonly splits: SplitPairs | undefined;
  readonly forming: FormingBar | undefined;
  /** The row as a plain array, which takes a fifth of the time that a typed one takes to make. */
  readonly numbers: readonly number[];
}

/**
 * The rows of series that stay, for a process that scans them again: a series is scored anew only where something has
 * changed of what its row follows from, which is its bytes, its splits, the bar of the session under way, and the options.
 *
 * Nobody writes into the columns of a series once it is stored: the same object is the same bars.
 * Holds: the last row of each series (600 bytes) for as long as others hold the series.
 */
export class RowMemory {
  readonly #rows = new WeakMap<SeriesBytes, Remembered>();

  /**
   * A scorer that asks `scorer`, which scores with `options`, for what is not remembered.
   *
   * Order: one result a job, in order. Failure: that of `scorer`; a job that failed is not remembered. What is handed out
   * is a copy, in one block for a batch.
   */
  inFrontOf(scorer: Scorer, scoreOptions: ScoreOptions): Scorer {
    const options = JSON.stringify(scoreOptions);
    return {
      parallel: scorer.parallel,
      score: async (jobs) => {
        const known = jobs.map((job) => this.#recall(job, options));
        const lacking = jobs.filter((_job, index) => known[index] === undefined);
        const scored = lacking.length === 0 ? [] : await scorer.score(lacking);
        for (const [index, job] of lacking.entries()) this.#remember(job, options, scored[index]!);
        const block = new Float64Array((jobs.length - lacking.length) * ROW_WIDTH);
        let next = 0;
        let end = 0;
        return known.map((numbers): ScoreResult => {
          if (numbers === undefined) return scored[next++]!;
          const start = end;
          end += ROW_WIDTH;
          block.set(numbers, start);
          return { ok: true, row: block.subarray(start, end) };
        });
      },
      close: () => scorer.close(),
    };
  }

  #recall(job: ScoreJob, options: string): readonly number[] | undefined {
    if ('payload' in job) return undefined;
    const known = this.#rows.get(job.series);
    return known !== undefined &&
      known.options === options &&
      areSameSplits(known.splits, job.splits) &&
      areSameBars(known.forming, job.forming)
      ? known.numbers
      : undefined;
  }

  #remember(job: ScoreJob, options: string, result: ScoreResult): void {
    if ('payload' in job || !result.ok) return;
    const { series, splits, forming } = job;
    // A row stands in the block of its batch: one that stays would keep all of that.
    this.#rows.set(series, { options, splits, forming, numbers: numbersOf(result.row) });
  }
}

function numbersOf(row: FeatureRow): number[] {
  const numbers = new Array<number>(row.length);
  for (let index = 0; index < numbers.length; index++) numbers[index] = row[index]!;
  return numbers;
}

function areSameSplits(a: SplitPairs | undefined, b: SplitPairs | undefined): boolean {
  if (a === b) return true;
  return a?.length === b?.length && a!.every((value, index) => value === b![index]);
}

function areSameBars(a: FormingBar | undefined, b: FormingBar | undefined): boolean {
  if (a === b) return true;
  return (
    a?.session === b?.session &&
    a?.open === b?.open &&
    a?.high === b?.high &&
    a?.low === b?.low &&
    a?.close === b?.close &&
    a?.volume === b?.volume
  );
}
