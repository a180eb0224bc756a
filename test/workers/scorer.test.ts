import { fc, test } from '@fast-check/vitest';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { LostGroundError, ScanError } from '../../src/errors.ts';
import { COLUMN } from '../../src/features.ts';
import { layOutSeries, viewSeries } from '../../src/series.ts';
import type { History, ScoreJob, ScoreResult, Scorer } from '../../src/types.ts';
import { createAdaptiveScorer } from '../../src/workers/adaptive.ts';
import { CLASSIC_WEIGHTS } from '../../src/workers/classic.ts';
import { createInPlaceScorer } from '../../src/workers/in-place.ts';
import { startPool } from '../../src/workers/pool.ts';
import { createScorer } from '../../src/workers/scorer.ts';

const DAY = 86_400_000;
const history: History = { from: 15_000, to: 15_400, bars: 260 };
const options = { history, weights: CLASSIC_WEIGHTS };

type Bar = readonly [price: number, range: number, volume: number];

const bodyOf = (symbol: string, bars: readonly Bar[], extra = {}) =>
  new TextEncoder().encode(
    JSON.stringify({
      ticker: symbol,
      adjusted: true,
      status: 'OK',
      results: bars.map(([price, range, volume], bar) => ({
        ...{ o: price, h: price + range, l: price - range, c: price, v: volume },
        t: (history.from + bar) * DAY + 4 * 3_600_000,
      })),
      ...extra,
    }),
  );

function seriesOf(bars: readonly Bar[]): Uint8Array {
  const series = layOutSeries({ bars: bars.length, from: history.from, to: history.to, flags: 0 });
  bars.forEach(([price, range, volume], bar) => {
    series.session[bar] = history.from + bar;
    series.open[bar] = price;
    series.high[bar] = price + range;
    series.low[bar] = price - range;
    series.close[bar] = price;
    series.volume[bar] = volume;
  });
  return series.bytes;
}

const body = (symbol: string, ...pages: Uint8Array[]): ScoreJob => ({
  symbol,
  payload: { format: 'polygon-aggregates', pages },
});

/** Results as plain values; errors by what code and people see of them. */
function plain(results: readonly ScoreResult[]) {
  return results.map((result) =>
    result.ok
      ? { row: [...result.row], series: result.series && [...result.series] }
      : {
          failed: result.error instanceof ScanError,
          code: result.error.code,
          stage: result.error.stage,
          message: result.error.message,
        },
  );
}

const bars = fc.array(
  fc.tuple(
    fc.double({ min: 0.5, max: 500, noNaN: true }),
    fc.double({ min: 0, max: 3, noNaN: true }),
    fc.nat({ max: 1e8 }),
  ),
  { maxLength: 300, size: 'max' },
);
const job: fc.Arbitrary<ScoreJob> = fc.oneof(
  { weight: 3, arbitrary: bars.map((each) => body('AAPL', bodyOf('AAPL', each))) },
  { weight: 3, arbitrary: bars.map((each) => ({ symbol: 'AAPL', series: seriesOf(each) })) },
  bars.map((each) => body('AAPL', bodyOf('AAPL', each.slice(0, 150), { results: [] }), bodyOf('AAPL', each))),
  bars.map((each) => body('AAPL', bodyOf('MSFT', each))),
  fc.tuple(bars, fc.double({ min: 0, max: 1, noNaN: true })).map(([each, share]) => {
    const whole = bodyOf('AAPL', each);
    return body('AAPL', whole.subarray(0, Math.floor(whole.length * share)));
  }),
  fc.uint8Array({ maxLength: 64 }).map((bytes) => body('AAPL', bytes)),
  fc.uint8Array({ maxLength: 64 }).map((bytes) => ({ symbol: 'AAPL', series: bytes })),
  fc.tuple(bars, fc.nat(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY)).map(([each, at, value]) => {
    const series = seriesOf(each);
    if (each.length > 0) viewSeries(series).close[at % each.length] = value;
    return { symbol: 'AAPL', series };
  }),
  fc.constant(body('AAPL')),
  // A defect of ours in the middle of a batch: no such format.
  fc.constant({ symbol: 'AAPL', payload: { format: 'nothing', pages: [] } } as unknown as ScoreJob),
);

describe('a pool', () => {
  let pool: Scorer;
  beforeAll(async () => {
    pool = await startPool(options, { threads: 2 });
  });
  afterAll(() => pool.close());

  test.prop([fc.array(job, { maxLength: 12, size: 'max' })], { numRuns: 60 })(
    'answers what is answered in place, bit for bit, whatever jobs are broken',
    async (jobs) => {
      const expected = plain(await createInPlaceScorer(options).score(jobs));
      expect(plain(await pool.score(jobs))).toStrictEqual(expected);
    },
  );

  it('answers batches under way at once, each with its own', async () => {
    const batches = Array.from({ length: 20 }, (_, index) => [
      body('AAPL', bodyOf('AAPL', [[10 + index, 1, 1000]])),
      { symbol: 'AAPL', series: seriesOf([[100 + index, 1, 1000]]) },
    ]);
    const answers = await Promise.all(batches.map((jobs) => pool.score(jobs)));
    expect(
      answers.map((results) => results.map((result) => result.ok && result.row[COLUMN.close])),
    ).toStrictEqual(batches.map((_, index) => [10 + index, 100 + index]));
  });

  it('leaves the bytes of a job to who gave them', async () => {
    const bytes = bodyOf('AAPL', [[10, 1, 1000]]);
    const before = [...bytes];
    await pool.score([body('AAPL', bytes)]);
    expect([...bytes]).toStrictEqual(before);
  });

  it('says where a defect was thrown', async () => {
    const [result] = await pool.score([{ symbol: 'A', payload: { format: 'nothing', pages: [] } } as never]);
    expect(result).toMatchObject({ ok: false, error: { code: 'defect', stage: 'score' } });
    expect(String(!result!.ok && result!.error.cause)).toContain('score.ts');
  });
});

describe('a pool that cannot start', () => {
  it('is a lost ground where its module is not there', async () => {
    const entry = new URL('./no-such.worker.ts', import.meta.url);
    await expect(startPool(options, { threads: 2, entry })).rejects.toThrow(LostGroundError);
  });

  it('ends no thread that is still loading its module', async () => {
    const entry = new URL('../support/failing-starts.worker.ts', import.meta.url);
    const tried: unknown[] = [];
    const channel = new BroadcastChannel('failing-starts');
    onTestFinished(() => channel.close());
    channel.onmessage = ({ data }) => void tried.push(data);
    const cause = await startPool(options, { threads: 2, entry }).catch(
      (error: LostGroundError) => error.cause,
    );
    expect(cause).toMatchObject({ message: expect.stringMatching(/^Thread \d+ cannot start$/) });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(new Set(tried).size).toBe(2);
  });

  it('is a lost ground for a batch after its end', async () => {
    const pool = await startPool(options, { threads: 1 });
    await pool.close();
    await expect(pool.score([body('AAPL')])).rejects.toThrow(LostGroundError);
  });
});

describe('createScorer', () => {
  const opened: Scorer[] = [];
  const open = (workers: number | 'auto') => {
    const scorer = createScorer({ history, weights: CLASSIC_WEIGHTS }, { workers });
    opened.push(scorer);
    return scorer;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((scorer) => scorer.close()));
  });

  const jobs = [
    body('AAPL', bodyOf('AAPL', [[10, 1, 1000]])),
    { symbol: 'B', series: seriesOf([[20, 1, 1000]]) },
  ];

  it.each([0, 1, 2, 'auto'] as const)('scores with %s workers', async (workers) => {
    const expected = plain(await createInPlaceScorer(options).score(jobs));
    const scorer = open(workers);
    expect(scorer.parallel).toBeGreaterThanOrEqual(1);
    expect(plain(await scorer.score(jobs))).toStrictEqual(expected);
  });

  it.each([0, 2, 'auto'] as const)('closes with %s workers, used or not, also twice', async (workers) => {
    const unused = open(workers);
    await unused.close();
    await unused.close();
  });

  it('scores with the weights given', async () => {
    const rising: Bar[] = Array.from({ length: 260 }, (_, bar) => [50 + bar, 1, 1000]);
    const weights = { ...CLASSIC_WEIGHTS, trend: 100 };
    const scorer = createScorer({ history, weights }, { workers: 1 });
    opened.push(scorer);
    const [result] = await scorer.score([{ symbol: 'A', series: seriesOf(rising) }]);
    expect(result!.ok && result!.row[COLUMN.raw]).toBeGreaterThan(300);
  });
});

describe('an adaptive scorer', () => {
  const jobs = [body('AAPL', bodyOf('AAPL', [[10, 1, 1000]]))];

  it('gives the same on its way from in place to threads', async () => {
    const expected = plain(await createInPlaceScorer(options).score(jobs));
    const scorer = createAdaptiveScorer(options, { threads: 1, worthBytes: 1 });
    try {
      const deadline = Date.now() + 20_000;
      let onThreads = false;
      while (!onThreads) {
        const { results, atOnce } = await ask(scorer, jobs);
        expect(plain(results)).toStrictEqual(expected);
        onThreads = !atOnce;
        if (Date.now() > deadline) throw new Error('No thread within 20 s');
        await new Promise(setImmediate);
      }
      expect(threads()).toBe(1);
      // Decoded series are not worth the way.
      expect((await ask(scorer, [{ symbol: 'B', series: seriesOf([[20, 1, 1]]) }])).atOnce).toBe(true);
    } finally {
      await scorer.close();
    }
    expect(threads()).toBe(0);
  });

  it('starts nothing for decoded series, whatever their number', async () => {
    const scorer = createAdaptiveScorer(options, { threads: 1, worthBytes: 1 });
    await scorer.score([{ symbol: 'B', series: seriesOf([[20, 1, 1]]) }]);
    await new Promise(setImmediate);
    expect(threads()).toBe(0);
    await scorer.close();
  });

  it('starts its threads for what is said to come, where that is worth them', async () => {
    const scorer = createAdaptiveScorer(options, { threads: 1, worthBytes: 1000 });
    scorer.expect!(999);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(threads()).toBe(0);
    scorer.expect!(1000);
    scorer.expect!(1000);
    await expect.poll(threads, { timeout: 20_000 }).toBe(1);
    expect(plain(await scorer.score(jobs))).toStrictEqual(
      plain(await createInPlaceScorer(options).score(jobs)),
    );
    await scorer.close();
    expect(threads()).toBe(0);
  });

  it('closes while its threads start', async () => {
    const scorer = createAdaptiveScorer(options, { threads: 1, worthBytes: 1 });
    await scorer.score(jobs);
    await scorer.close();
    expect(threads()).toBe(0);
  });
});

/** The answer, and whether it came without leaving this turn of the event loop: from a thread it cannot. */
async function ask(scorer: Scorer, jobs: readonly ScoreJob[]) {
  let answered = false;
  const answer = scorer.score(jobs).then((results) => {
    answered = true;
    return results;
  });
  for (let microtask = 0; microtask < 20; microtask++) await undefined;
  const atOnce = answered;
  return { results: await answer, atOnce };
}

/** Threads of this process that are alive. */
function threads(): number {
  return (process.report.getReport() as unknown as { readonly workers: readonly unknown[] }).workers.length;
}
