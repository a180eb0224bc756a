import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { layOutSeries } from '../../src/series.ts';
import type { FormingBar, History, ScoreJob, Scorer } from '../../src/types.ts';
import { CLASSIC_WEIGHTS } from '../../src/workers/classic.ts';
import { createInPlaceScorer } from '../../src/workers/in-place.ts';
import { RowMemory } from '../../src/workers/row-memory.ts';
import type { ScoreOptions } from '../../src/workers/score.ts';

const history: History = { from: 15_000, to: 15_099, bars: 90 };
const options: ScoreOptions = { history, weights: CLASSIC_WEIGHTS };
const BARS = 95;

function seriesOf(seed: number): Uint8Array {
  const series = layOutSeries({ bars: BARS, from: history.from, to: history.to, flags: 0 });
  for (let bar = 0; bar < BARS; bar++) {
    const price = 10 + seed + Math.sin(seed + bar / 5);
    series.session[bar] = history.from + bar;
    series.open[bar] = price;
    series.high[bar] = price + 1;
    series.low[bar] = price - 1;
    series.close[bar] = price + Math.cos(seed * bar) / 2;
    series.volume[bar] = 1000 + bar * seed;
  }
  return series.bytes;
}

const formingOf = (close: number): FormingBar => ({
  ...{ session: history.to + 1, open: 11, high: 14, low: 9, close, volume: 500 },
});

/** A scorer in place that counts the jobs it is given. */
function counted(scoreOptions: ScoreOptions): Scorer & { jobs: number } {
  const inner = createInPlaceScorer(scoreOptions);
  const scorer = {
    ...inner,
    jobs: 0,
    score(jobs: readonly ScoreJob[]) {
      scorer.jobs += jobs.length;
      return inner.score(jobs);
    },
  };
  return scorer;
}

async function rowsOf(scorer: Scorer, jobs: readonly ScoreJob[]): Promise<number[][]> {
  return (await scorer.score(jobs)).map((result) => (result.ok ? [...result.row] : []));
}

describe('rows of scans before', () => {
  it('scores a series once while nothing changes', async () => {
    const memory = new RowMemory();
    const scorer = counted(options);
    const jobs = [1, 2, 3].map((seed) => ({ symbol: `S${seed}`, series: seriesOf(seed) }));
    for (let scan = 0; scan < 3; scan++) {
      expect(await rowsOf(memory.inFrontOf(scorer, { ...options }), jobs)).toEqual(
        await rowsOf(createInPlaceScorer(options), jobs),
      );
    }
    expect(scorer.jobs).toBe(3);
  });

  it('scores what is another object, and what failed, again', async () => {
    const memory = new RowMemory();
    const scorer = counted(options);
    const remembering = memory.inFrontOf(scorer, options);
    const broken = new Uint8Array(8);
    for (let scan = 0; scan < 2; scan++) {
      const results = await remembering.score([
        { symbol: 'A', series: seriesOf(1) },
        { symbol: 'B', series: broken },
      ]);
      expect(results.map(({ ok }) => ok)).toEqual([true, false]);
    }
    expect(scorer.jobs).toBe(4);
  });

  // Few different values: what was before comes again, and what is beside a series changes alone.
  const splits = fc.constantFrom(undefined, [], [15_050, 2], [15_050, 3], [15_020, 2, 15_050, 3]);
  const forming = fc.constantFrom(undefined, formingOf(10), formingOf(12), { ...formingOf(12), volume: 900 });
  const job = fc.record({ series: fc.nat({ max: 3 }), splits, forming });
  const scan = fc.record({
    jobs: fc.array(job, { maxLength: 12, size: 'max' }),
    bars: fc.constantFrom(60, 90),
    lookFrom: fc.constantFrom(undefined, 15_030),
    trend: fc.constantFrom(3, 4),
  });
  test.prop([fc.array(scan, { minLength: 2, maxLength: 8, size: 'max' })])(
    'gives the rows of a fresh scorer, whatever was scored before',
    async (scans) => {
      const memory = new RowMemory();
      const series = [0, 1, 2, 3].map(seriesOf);
      for (const { jobs, bars, lookFrom, trend } of scans) {
        const scoreOptions = {
          history: { ...history, bars },
          lookFrom,
          weights: { ...CLASSIC_WEIGHTS, trend },
        };
        const asked = jobs.map((one, index) => ({
          ...one,
          symbol: `S${index}`,
          series: series[one.series]!,
        }));
        const fresh = createInPlaceScorer(scoreOptions);
        expect(await rowsOf(memory.inFrontOf(fresh, scoreOptions), asked)).toEqual(
          await rowsOf(fresh, asked),
        );
      }
    },
  );
});
