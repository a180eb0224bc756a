import { describe, expect, it } from 'vitest';
import { checkLookahead, type Supplied } from '../../../src/commands/check/check-lookahead.ts';
import { ScanError } from '../../../src/errors.ts';
import { COLUMN } from '../../../src/features.ts';
import { viewSeries } from '../../../src/series.ts';
import { formatSession } from '../../../src/session.ts';
import { INDICATORS } from '../../../src/workers/indicators/index.ts';
import { type Bar, computeIndicator, type Indicator } from '../../../src/workers/indicators/indicator.ts';
import { obv } from '../../../src/workers/indicators/obv.ts';
import { rsi } from '../../../src/workers/indicators/rsi.ts';
import { sma } from '../../../src/workers/indicators/sma.ts';
import { scoreJob } from '../../../src/workers/score.ts';
import { FIRST, walkSeries } from './walk-series.ts';

const BARS = 120;
const history = { from: FIRST, to: FIRST + 10_000, bars: 5000 };
const supply: readonly Supplied[] = [1, 2, 3].map((seed) => ({
  symbol: `S${seed}`,
  series: walkSeries(BARS, seed),
}));
const day = (bar: number) => formatSession(FIRST + bar);

describe('what there is', () => {
  it('finds nothing that looks ahead, and every claim that these bars can test to hold', async () => {
    const report = await checkLookahead(supply, { history });
    expect(report).toMatchObject({ ok: true, symbols: 3, bars: 3 * BARS, empty: 0, moved: [], failed: {} });
    expect(report.claims.length).toBe(INDICATORS.flatMap(({ outputs }) => outputs).length);
    for (const { warmup, stableFrom } of report.claims) {
      expect(warmup).toMatchObject({ measured: warmup.claimed, verdict: 'holds' });
      expect(['holds', 'untested', 'unclaimed']).toContain(stableFrom.verdict);
    }
  });

  it('says the same of the same series, in any order', async () => {
    const report = await checkLookahead(supply, { history });
    expect(await checkLookahead(supply, { history })).toStrictEqual(report);
    expect(await checkLookahead(supply.toReversed(), { history })).toStrictEqual(report);
  });

  it('compares more values with more cuts', async () => {
    const some = await checkLookahead(supply, { history, every: 50, last: 0, indicators: [sma] });
    const more = await checkLookahead(supply, { history, every: 50, last: 1, indicators: [sma] });
    // A bar more to the end of each series, a row of it, and what the stream reads is the same.
    expect(more.compared - some.compared).toBe(3 * (BARS - 1 + Object.keys(COLUMN).length));
  });
});

describe('a cheat', () => {
  it('is caught where an indicator averages around its bar', async () => {
    const report = await checkLookahead(supply.slice(0, 1), {
      history,
      every: 50,
      last: 0,
      indicators: [sma, obv],
      compute: (indicator, bars) =>
        indicator === sma
          ? { sma: bars.close.map((close, bar) => (close + (bars.close[bar + 1] ?? close)) / 2) }
          : computeIndicator(indicator, bars),
    });
    expect(report.ok).toBe(false);
    const { close } = viewSeries(walkSeries(BARS, 1));
    // The last bar of each beginning; bar by bar it is the real one, and different at all of them.
    expect(report.moved).toStrictEqual([
      {
        comparison: 'history',
        name: 'sma.sma',
        symbol: 'S1',
        session: day(49),
        known: day(49),
        before: close[49],
        after: (close[49]! + close[50]!) / 2,
        count: 2,
      },
      {
        comparison: 'stream',
        name: 'sma.sma',
        symbol: 'S1',
        session: day(0),
        known: day(0),
        before: null,
        after: (close[0]! + close[1]!) / 2,
        count: BARS,
      },
    ]);
  });

  it('is caught where an indicator remembers what it has seen in another run', async () => {
    let highest = 0;
    class ShareOfHighest {
      share = Number.NaN;
      next({ close }: Bar): void {
        highest = Math.max(highest, close);
        this.share = close / highest;
      }
    }
    const cheat: Indicator = {
      ...sma,
      id: 'cheat',
      outputs: ['share'],
      warmup: () => 0,
      stableFrom: () => Number.POSITIVE_INFINITY,
      start: () => new ShareOfHighest(),
    };
    const report = await checkLookahead(supply.slice(0, 1), { history, indicators: [sma, cheat] });
    expect(report.ok).toBe(false);
    expect(new Set(report.moved.map(({ name }) => name))).toStrictEqual(new Set(['cheat.share']));
  });

  it('is caught where a row is of later bars than it says', async () => {
    const report = await checkLookahead(supply, {
      history,
      every: 60,
      last: 0,
      indicators: [],
      score: (job, { history: { to, ...rest }, weights }, rows, offset) =>
        scoreJob(job, { history: { ...rest, to: to + 1 }, weights }, rows, offset),
    });
    expect(report.ok).toBe(false);
    const { close } = viewSeries(walkSeries(BARS, 1));
    expect(report.moved.find(({ name }) => name === 'close')).toStrictEqual({
      comparison: 'row',
      name: 'close',
      symbol: 'S1',
      session: day(59),
      known: day(59),
      before: close[59],
      after: close[60],
      count: 3,
    });
    expect(report.moved.map(({ name }) => name)).toContain('rsi_14');
  });

  it('is caught in the last digit', async () => {
    const report = await checkLookahead(supply, {
      history,
      indicators: [sma],
      compute: (indicator, bars) => {
        const outputs = computeIndicator(indicator, bars);
        if (bars.close.length === BARS) outputs.sma![50]! *= 1 + Number.EPSILON;
        return outputs;
      },
    });
    expect(report.moved.map(({ comparison, session, count }) => [comparison, session, count])).toStrictEqual([
      // Each beginning that has bar 50: behind 60, 80, 100 and 115 to 119 bars.
      ['history', day(50), 3 * 8],
      ['stream', day(50), 3],
    ]);
  });
});

describe('claims', () => {
  const claiming = (
    indicator: Indicator,
    claims: Partial<Record<'warmup' | 'stableFrom', number>>,
  ): Indicator => ({
    ...indicator,
    ...(claims.warmup !== undefined && { warmup: () => claims.warmup! }),
    ...(claims.stableFrom !== undefined && { stableFrom: () => claims.stableFrom! }),
  });
  const claimsOf = async (indicator: Indicator, bars = BARS) => {
    const series = walkSeries(bars);
    const { ok, claims } = await checkLookahead([{ symbol: 'A', series }], {
      history,
      indicators: [indicator],
    });
    expect(ok).toBe(true);
    return claims;
  };

  it('hold for what they measure', async () => {
    expect(await claimsOf(sma)).toStrictEqual([
      {
        indicator: 'sma',
        output: 'sma',
        warmup: { claimed: 19, measured: 19, verdict: 'holds' },
        stableFrom: { claimed: 19, measured: 19, reached: true, verdict: 'holds' },
      },
    ]);
  });

  it('are broken where the value comes earlier, or the start is remembered longer', async () => {
    const [early] = await claimsOf(claiming(sma, { warmup: 25 }));
    expect(early!.warmup).toStrictEqual({ claimed: 25, measured: 19, verdict: 'broken' });
    const [long] = await claimsOf(claiming(rsi, { stableFrom: 100 }), 600);
    expect(long!.stableFrom).toMatchObject({ claimed: 100, reached: true, verdict: 'broken' });
    expect(long!.stableFrom.measured).toBeGreaterThan(200);
  });

  it('are late where the value could have come before', async () => {
    const [late] = await claimsOf(claiming(sma, { warmup: 3 }));
    expect(late!.warmup).toStrictEqual({ claimed: 3, measured: 19, verdict: 'late' });
  });

  it('are untested where there are too few bars, and nothing is claimed of what never forgets', async () => {
    const [short] = await claimsOf(rsi, 100);
    // The start that leaves out one bar has the most bars.
    expect(short!.stableFrom).toStrictEqual({
      claimed: 325,
      measured: 99,
      reached: false,
      verdict: 'untested',
    });
    const [none] = await claimsOf(sma, 19);
    expect(none).toMatchObject({
      warmup: { measured: null, verdict: 'untested' },
      stableFrom: { measured: null, reached: false, verdict: 'untested' },
    });
    const [never] = await claimsOf(obv);
    expect(never!.stableFrom).toMatchObject({ claimed: null, verdict: 'unclaimed' });
  });
});

it('counts what cannot be checked, and goes on behind it', async () => {
  const broken = walkSeries(30);
  viewSeries(broken).close[7] = Number.NaN;
  const report = await checkLookahead(
    [
      { symbol: 'A', error: new ScanError('timed-out', 'No answer', { stage: 'fetch' }) },
      { symbol: 'B', series: broken },
      { symbol: 'C', series: walkSeries(0) },
      { symbol: 'D', defect: 'duplicate' },
      { symbol: 'E', series: walkSeries(30) },
    ],
    { history },
  );
  expect(report).toMatchObject({
    ok: true,
    symbols: 1,
    bars: 30,
    empty: 1,
    failed: { 'timed-out': 1, 'bad-bars': 1 },
    skipped: { duplicate: 1 },
  });
});

it('is not content where there is nothing to compare', async () => {
  expect(await checkLookahead([], { history })).toMatchObject({ ok: false, symbols: 0, compared: 0 });
});

it('throws what is a defect of a computation', async () => {
  const compute = () => {
    throw new TypeError('Broken');
  };
  await expect(checkLookahead(supply, { history, compute })).rejects.toThrow(new TypeError('Broken'));
});
