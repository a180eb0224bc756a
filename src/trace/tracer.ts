import type { Worker } from 'node:worker_threads';

/** What is worth knowing of something that took time: numbers, and short texts. */
export type Details = Readonly<Record<string, string | number>>;

/** A batch's stay on a thread. Times are milliseconds of the system's monotonic clock (`process.hrtime`), which all threads share. */
export interface Visit {
  readonly threadId: number;
  readonly started: number;
  readonly ended: number;
}

/** Who wants to know what a scan does when. All times but those of a visit are milliseconds of `performance.now()`. */
export interface Tracer {
  /** So many symbols are inside a stage, from `at` on. */
  inside(stage: string, symbols: number, at: number): void;
  /** Something has begun; the function that is returned ends it. What overlaps on a track gets a lane of its own. */
  begin(track: string, name: string, details?: Details): (more?: Details) => void;
  /** A batch was away on a thread since `sent`; its answer has come. */
  visited(visit: Visit, sent: number, details: Details): void;
  /** These threads are starting; the function that is returned has to be awaited before they are ended. */
  watch(threads: readonly Worker[]): () => Promise<void>;
}
