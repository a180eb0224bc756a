/**
 * Bodies of 252 bars decoded and scored on two threads: batches against a task a symbol, bytes against parsed objects; µs of
 * wall time a symbol, medians of interleaved rounds.
 *
 *     node bench/pool.ts
 */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { ScoreJob } from '../src/types.ts';
import { CLASSIC_WEIGHTS } from '../src/workers/classic.ts';
import { startPool } from '../src/workers/pool.ts';
import { bodiesOf } from './bodies.ts';
import { tellFigures } from './measure-figures.ts';
import { median } from './median.ts';
import type { ObjectsTask } from './score-objects.worker.ts';

const SYMBOLS = 1024;
const BATCH = 128;
const THREADS = 2;
const ROUNDS = 6;
/** Tasks under way at once where each is one symbol: more than the threads can take. */
const SINGLE_TASKS = 64;

const { bodies, history } = bodiesOf(SYMBOLS, 252);
const pool = await startPool({ history, weights: CLASSIC_WEIGHTS }, { threads: THREADS });
const objects = new Piscina<ObjectsTask, Float64Array>({
  filename: fileURLToPath(new URL('./score-objects.worker.ts', import.meta.url)),
  minThreads: THREADS,
  maxThreads: THREADS,
});
const jobs = bodies.map(
  ({ symbol, bytes }): ScoreJob => ({ symbol, payload: { format: 'polygon-aggregates', pages: [bytes] } }),
);
const decoder = new TextDecoder();

/** Scores everything, and returns how many symbols got a row. */
const ways: Readonly<Record<string, () => Promise<number>>> = {
  batches: () => scoreIn(BATCH, pool.parallel),
  single: () => scoreIn(1, SINGLE_TASKS),
  objects: async () => {
    let scored = 0;
    await inLanes(SINGLE_TASKS, bodies, async ({ symbol, bytes }) => {
      const { results } = JSON.parse(decoder.decode(bytes)) as { results: ObjectsTask['bars'] };
      if ((await objects.run({ symbol, history, bars: results })).length > 0) scored++;
    });
    return scored;
  },
};

const times: Record<string, number[]> = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, score] of Object.entries(ways)) {
    const start = performance.now();
    const scored = await score();
    if (scored !== bodies.length) throw new Error(`${name}: ${scored} of ${bodies.length} were scored`);
    // The first round is the compiler's.
    if (round > 0) times[name]!.push(((performance.now() - start) * 1000) / bodies.length);
  }
}
await Promise.all([pool.close(), objects.close()]);

console.log(`${bodies.length} bodies of 252 bars, ${THREADS} threads`);
for (const [name, values] of Object.entries(times)) {
  const ratio = median(values) / median(times.batches!);
  console.log(
    `${name.padEnd(10)} ${median(values).toFixed(1).padStart(8)} µs a symbol, ${ratio.toFixed(1)} ×`,
  );
}
tellFigures(times);

async function scoreIn(size: number, lanes: number): Promise<number> {
  const batches = Array.from({ length: Math.ceil(jobs.length / size) }, (_, index) =>
    jobs.slice(index * size, (index + 1) * size),
  );
  let scored = 0;
  await inLanes(lanes, batches, async (batch) => {
    for (const { ok } of await pool.score(batch)) if (ok) scored++;
  });
  return scored;
}

async function inLanes<T>(
  lanes: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
