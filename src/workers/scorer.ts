import { availableParallelism } from 'node:os';
import type { Tracer } from '../trace/tracer.ts';
import type { Scorer } from '../types.ts';
import { createAdaptiveScorer } from './adaptive.ts';
import { createInPlaceScorer } from './in-place.ts';
import type { PoolOptions } from './pool.ts';
import type { ScoreOptions } from './score.ts';

export interface ScorerOptions {
  /** Threads to score on, 0 for none; 'auto' starts them once the work seen is worth it. @default 'auto' */
  readonly workers?: number | 'auto';
  /** Told of every batch and of the threads. @default nobody */
  readonly tracer?: Tracer | undefined;
}

/** Beyond four, the one thread that fetches cannot keep them busy. */
const MAX_AUTO_THREADS = 4;

/**
 * The scoring stage: the same rows, bit for bit, in place and on threads.
 *
 * Order: one result a job, in order. Failure: a job's is its result; threads that cannot start or die are a
 * `LostGroundError`. Holds: what the batches under way hold, and threads until `close`.
 */
export function createScorer(
  options: ScoreOptions,
  { workers = 'auto', tracer }: ScorerOptions = {},
): Scorer {
  const cores = availableParallelism();
  // A thread of the only core would take its time from the one that fetches.
  if (workers === 0 || (workers === 'auto' && cores === 1)) return createInPlaceScorer(options, tracer);
  if (workers === 'auto') {
    // One core is for fetching, ranking and writing.
    return createAdaptiveScorer(options, { threads: Math.min(cores - 1, MAX_AUTO_THREADS), tracer });
  }
  return createThreadedScorer(options, { threads: workers, tracer });
}

/** Scores on threads only, started at once. */
function createThreadedScorer(options: ScoreOptions, own: PoolOptions): Scorer {
  const starting = import('./pool.ts').then(({ startPool }) => startPool(options, own));
  // Who asks for a score learns of a failure; before that there is nobody to tell.
  starting.catch(() => {});
  return {
    parallel: 2 * own.threads,
    async score(jobs) {
      return (await starting).score(jobs);
    },
    async close() {
      const pool = await starting.catch(() => undefined);
      await pool?.close();
    },
  };
}
