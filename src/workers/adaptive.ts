import type { Tracer } from '../trace/tracer.ts';
import type { ScoreJob, Scorer } from '../types.ts';
import { createInPlaceScorer } from './in-place.ts';
import type { ScoreOptions } from './score.ts';

export interface AdaptiveOptions {
  readonly threads: number;
  /** Bytes of bodies, seen or to come, that are worth threads. @default 512 MiB */
  readonly worthBytes?: number;
  /** Told of every batch and of the threads. @default nobody */
  readonly tracer?: Tracer | undefined;
}

/**
 * Bytes of bodies that are worth threads: about 0.7 s of decoding at 1.4 ns a byte, or 20,000 symbols of a year.
 *
 * A pool costs 0.3 to 0.8 s of processor time in all, to load, to compile the decoder and the kernel anew, and to copy what is
 * handed over, and 55 to 80 MB. Of 6,000 symbols (150 MB) it took 1.13 to 1.27 times the processor time and 1.3 to 1.4 times the
 * memory, and not less time, on two cores, with a provider 0 and 50 ms away: this thread waits for calls, not for decoding.
 * Where nobody says how much is to come, that it is as much as has been seen is the fair guess.
 */
const WORTH_BYTES = 512 * 2 ** 20;

/**
 * Scores in place until the bodies seen, or those that are expected, are worth threads, goes on in place while these start,
 * and then gives them the batches with bodies.
 *
 * A batch of decoded series stays in place for good: 4 µs a symbol of a year, against 2 µs of this thread for copying it
 * to another and waiting for the answer. Failure: as the one that scores; threads that cannot start are a
 * `LostGroundError` of the next batch for them.
 */
export function createAdaptiveScorer(
  options: ScoreOptions,
  { threads, worthBytes = WORTH_BYTES, tracer }: AdaptiveOptions,
): Scorer {
  const inPlace = createInPlaceScorer(options, tracer);
  let seen = 0;
  let starting: Promise<Scorer> | undefined;
  let pool: Scorer | undefined;
  let failure: unknown;

  const start = (): void => {
    if (starting !== undefined) return;
    // Loaded only where it is used: most runs are small, and the library takes as long to load as all of our code.
    starting = import('./pool.ts').then(({ startPool }) => startPool(options, { threads, tracer }));
    starting.then(
      (started) => {
        pool = started;
      },
      (error: unknown) => {
        failure = error;
      },
    );
  };

  return {
    parallel: 2 * threads,
    async score(jobs) {
      const bytes = bodyBytes(jobs);
      if (bytes === 0) return inPlace.score(jobs);
      if (failure !== undefined) throw failure;
      if (pool !== undefined) return pool.score(jobs);
      seen += bytes;
      if (seen >= worthBytes) start();
      return inPlace.score(jobs);
    },
    expect(bytes) {
      if (bytes >= worthBytes) start();
    },
    async close() {
      const started = await starting?.catch(() => undefined);
      await started?.close();
    },
  };
}

function bodyBytes(jobs: readonly ScoreJob[]): number {
  let bytes = 0;
  for (const job of jobs) {
    if ('payload' in job) for (const page of job.payload.pages) bytes += page.byteLength;
  }
  return bytes;
}
