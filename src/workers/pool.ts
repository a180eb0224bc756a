import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { LostGroundError } from '../errors.ts';
import { batchDetails } from '../trace/batch-details.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { Scorer } from '../types.ts';
import { packTask, type ScoreAnswer, type ScoreTask, unpackAnswer } from './messages.ts';
import type { ScoreOptions } from './score.ts';

export interface PoolOptions {
  readonly threads: number;
  /** The module that a thread runs. @default the one beside this file, as source or as built */
  readonly entry?: URL;
  /** Told of every batch and of the threads. @default nobody */
  readonly tracer?: Tracer | undefined;
}

/**
 * Starts threads that score, and resolves when each has answered once.
 *
 * Failure: a `LostGroundError` where the threads cannot start, or die under a batch. Holds: two batches a thread, one
 * at work and one waiting; a batch is copied into the block that is handed over.
 */
export async function startPool(
  options: ScoreOptions,
  {
    threads,
    entry = new URL(`./score.worker${extname(import.meta.url)}`, import.meta.url),
    tracer,
  }: PoolOptions,
): Promise<Scorer> {
  const filename = fileURLToPath(entry);
  // As many threads from first to last: fewer would be ended and started with every lull.
  const pool = new Piscina<ScoreTask, ScoreAnswer>({ minThreads: threads, maxThreads: threads });
  // A thread that dies without a batch is replaced; with one, the batch's promise tells.
  pool.on('error', () => {});
  const unwatch = tracer?.watch(pool.threads);

  const run = async (task: ScoreTask): Promise<ScoreAnswer> => {
    try {
      // The entry is named with the task and not with the pool: a module that cannot be loaded then fails this promise.
      return await pool.run(task, {
        filename,
        transferList: [task.layout.buffer as ArrayBuffer, task.block],
      });
    } catch (cause) {
      throw new LostGroundError('The scoring threads stopped working; `workers: 0` scores without them', {
        cause,
      });
    }
  };

  // All of them: a thread that is ended while it loads its module may never say that it has ended.
  const starts = await Promise.allSettled(Array.from({ length: threads }, () => run(packTask([], options))));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed !== undefined) {
    await pool.destroy();
    throw failed.reason;
  }
  let closed = false;
  return {
    parallel: 2 * threads,
    async score(jobs) {
      // The library would start threads anew for it, and nobody would end them.
      if (closed) throw new LostGroundError('The scoring threads have been ended');
      if (tracer === undefined) return unpackAnswer(await run(packTask(jobs, options)));
      const details = batchDetails(jobs);
      const sent = performance.now();
      const answer = await run({ ...packTask(jobs, options), timed: true });
      if (answer.visit !== undefined) tracer.visited(answer.visit, sent, details);
      return unpackAnswer(answer);
    },
    async close() {
      if (closed) return;
      closed = true;
      await unwatch?.();
      await pool.close();
    },
  };
}
