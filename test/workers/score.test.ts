import { describe, expect, it } from 'vitest';
import { ScanError } from '../../src/errors.ts';
import { COLUMN, ROW_WIDTH } from '../../src/features.ts';
import { FLAG_OLDER_EXIST, FLAG_SPLIT_ADJUSTED, layOutSeries, readSeriesHeader } from '../../src/series.ts';
import type { ScoreJob } from '../../src/types.ts';
import { CLASSIC_WEIGHTS } from '../../src/workers/classic.ts';
import { scoreBatch, scoreJob } from '../../src/workers/score.ts';

const history = { from: 100, to: 200, bars: 30 };
const options = { history, weights: CLASSIC_WEIGHTS };

function seriesOf(sessions: readonly number[], price = (session: number) => session): Uint8Array {
  const series = layOutSeries({ bars: sessions.length, from: 0, to: 1000, flags: 0 });
  sessions.forEach((session, bar) => {
    series.session[bar] = session;
    for (const column of [series.open, series.high, series.low, series.close]) column[bar] = price(session);
    series.volume[bar] = 1000;
  });
  return series.bytes;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

function score(job: ScoreJob) {
  const row = new Float64Array(ROW_WIDTH);
  const series = scoreJob(job, options, row, 0);
  return { row: [...row], series, bars: row[COLUMN.bars], last: row[COLUMN.last_session] };
}
const scoreSeries = (series: Uint8Array) => score({ symbol: 'A', series });

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof ScanError) return `${error.stage}:${error.code}`;
    throw error;
  }
  return undefined;
}

describe('scoreJob', () => {
  it('looks at the last bars of the history, whatever else the series has', () => {
    const expected = scoreSeries(seriesOf(range(171, 200))).row;
    expect(scoreSeries(seriesOf(range(171, 200))).bars).toBe(30);
    expect(scoreSeries(seriesOf(range(90, 230))).row).toStrictEqual(expected);
    expect(scoreSeries(seriesOf(range(171, 230))).row).toStrictEqual(expected);
  });

  it('looks at no bar before the history', () => {
    expect(scoreSeries(seriesOf(range(80, 110)))).toMatchObject({ bars: 11, last: 110 });
  });

  it.each([
    ['no bars', []],
    ['bars after the history only', [201, 202]],
    ['bars before the history only', [98, 99]],
  ])('makes a row of 0 bars of %s', (_, sessions) => {
    expect(scoreSeries(seriesOf(sessions)).row).toStrictEqual([
      0,
      ...new Array(ROW_WIDTH - 1).fill(Number.NaN),
    ]);
  });

  it('returns what a payload decoded to, for the history asked, and scores it the same', () => {
    const results = range(150, 190).map((session) => ({
      ...{ o: session, h: session, l: session, c: session, v: 1000 },
      t: session * 86_400_000 + 5 * 3_600_000,
    }));
    const body = new TextEncoder().encode(
      JSON.stringify({ ticker: 'A', status: 'OK', adjusted: true, results }),
    );
    const scored = score({ symbol: 'A', payload: { format: 'polygon-aggregates', pages: [body] } });
    expect(readSeriesHeader(scored.series!)).toStrictEqual({
      bars: 30,
      from: 100,
      to: 200,
      flags: FLAG_OLDER_EXIST | FLAG_SPLIT_ADJUSTED,
    });
    expect(scored.row).toStrictEqual(scoreSeries(seriesOf(range(161, 190))).row);
    expect(scoreSeries(scored.series!)).toMatchObject({ row: scored.row, series: undefined });
  });

  it('takes a series from anywhere in a block', () => {
    const series = seriesOf(range(150, 190));
    const block = new Uint8Array(series.length + 3);
    block.set(series, 3);
    expect(scoreSeries(block.subarray(3)).row).toStrictEqual(scoreSeries(series).row);
  });

  it.each([
    ['other bytes', new Uint8Array(50)],
    ['a series that breaks off', seriesOf([1, 2, 3]).subarray(0, 100)],
    ['sessions out of order', seriesOf([150, 152, 151])],
    ['a session twice', seriesOf([150, 150])],
    ['disorder before the history', seriesOf([3, 2, 150])],
    ['a price that is NaN', seriesOf([150, 151], () => Number.NaN)],
    ['a price that is infinite', seriesOf([150, 151], () => Number.NEGATIVE_INFINITY)],
  ])('refuses %s as bad bars', (_, series) => {
    expect(codeOf(() => scoreSeries(series))).toBe('score:bad-bars');
  });
});

describe('scoreBatch', () => {
  it('keeps order, and a failure to its job', () => {
    const good: ScoreJob = { symbol: 'A', series: seriesOf(range(150, 190)) };
    const broken: ScoreJob = { symbol: 'B', series: new Uint8Array(3) };
    const defect = { symbol: 'C', payload: { format: 'nothing', pages: [] } } as unknown as ScoreJob;
    const results = scoreBatch([broken, good, defect, good], options);
    expect(results.map((result) => (result.ok ? [...result.row] : result.error.code))).toStrictEqual([
      'bad-bars',
      score(good).row,
      'defect',
      score(good).row,
    ]);
  });

  it('makes nothing of nothing', () => {
    expect(scoreBatch([], options)).toStrictEqual([]);
  });
});
