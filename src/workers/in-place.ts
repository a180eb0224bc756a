import type { Scorer } from '../types.ts';
import { type ScoreOptions, scoreBatch } from './score.ts';

/** Scores on the thread that asks: nothing to start, nothing to hand over. Holds: nothing between two batches. */
export function createInPlaceScorer(options: ScoreOptions): Scorer {
  return {
    parallel: 1,
    async score(jobs) {
      return scoreBatch(jobs, options);
    },
    async close() {},
  };
}
