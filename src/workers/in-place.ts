import { batchDetails } from '../trace/batch-details.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { Scorer } from '../types.ts';
import { type ScoreOptions, scoreBatch } from './score.ts';

/** Scores on the thread that asks: nothing to start, nothing to hand over. Holds: nothing between two batches. */
export function createInPlaceScorer(options: ScoreOptions, tracer?: Tracer): Scorer {
  return {
    parallel: 1,
    async score(jobs) {
      const end = tracer?.begin('main thread', 'score', batchDetails(jobs));
      try {
        return scoreBatch(jobs, options);
      } finally {
        end?.();
      }
    },
    async close() {},
  };
}
