import { fc, it } from '@fast-check/vitest';
import { describe, expect, it as plain } from 'vitest';
import { compositeReasons, type Reason, ratingReasons } from '../../../src/commands/diff/move-reasons.ts';
import { CLASSIC_WEIGHTS } from '../../../src/workers/classic.ts';
import { randomWrittenRow } from '../explain/random-rows.ts';

const seed = fc.integer({ min: 0, max: 1_000_000 });
const weight = fc.oneof(fc.constant(0), fc.double({ min: -5, max: 5, noNaN: true }));
const weights = fc.record({
  ...{ trend: weight, momentum: weight, volume: weight, volatility: weight, oscillator: weight },
  ...{ breakout: weight, base: weight, bonus: weight, riskScale: weight },
});
const sum = (reasons: readonly Reason[]) => reasons.reduce((total, { points }) => total + points!, 0);

describe('ratingReasons', () => {
  it.prop([seed, seed, fc.oneof(fc.constant(CLASSIC_WEIGHTS), weights)], { numRuns: 500 })(
    'has points that add up to the change of the rating, and none that bring nothing',
    (a, b, weights) => {
      const [from, to] = [randomWrittenRow(a, { weights }), randomWrittenRow(b, { weights })];
      const reasons = ratingReasons(from, to, weights);
      if (from.rating === null || to.rating === null) {
        const expected = from.rating === to.rating ? [] : [['risk', null]];
        expect(reasons.map(({ input, points }) => [input, points])).toEqual(expected);
        return;
      }
      expect(Math.abs(sum(reasons) - (to.rating - from.rating))).toBeLessThan(1e-9);
      const points = reasons.map((reason) => Math.abs(reason.points!));
      expect(points).not.toContain(0);
      expect(points).toEqual(points.toSorted((x, y) => y - x));
      // A weight of zero is never a reason.
      const names = reasons.map(({ input }) => input);
      expect(names.filter((name) => name !== 'risk' && weights[name as 'trend'] === 0)).toEqual([]);
    },
  );

  it.prop([seed, seed], { numRuns: 200 })('is the opposite the other way round', (a, b) => {
    const [from, to] = [randomWrittenRow(a), randomWrittenRow(b)];
    const pointsOf = (reasons: readonly Reason[], sign: number) =>
      new Map(reasons.map(({ input, points }) => [input, points === null ? null : sign * points]));
    expect(pointsOf(ratingReasons(to, from, CLASSIC_WEIGHTS), -1)).toEqual(
      pointsOf(ratingReasons(from, to, CLASSIC_WEIGHTS), 1),
    );
  });

  plain('names the features that changed the conditions', () => {
    const row = randomWrittenRow(1);
    const features = { ...row.features, rsi_14: 54.1, macd_hist: 1, pct_from_high_20: -2, atr_pct_14: 0.01 };
    const from = { ...row, features, momentum: 2, oscillator: 0, risk: 0.5, raw: 10 };
    const to = {
      ...from,
      features: { ...features, rsi_14: 56.3, atr_pct_14: 0.008 },
      momentum: 3,
      oscillator: 1,
      risk: 0.6,
      raw: 14,
    };
    const inputs = [{ name: 'rsi_14', from: 54.1, to: 56.3 }];
    expect(ratingReasons(from, to, CLASSIC_WEIGHTS)).toEqual([
      {
        input: 'momentum',
        from: 2,
        to: 3,
        points: expect.closeTo(3 * 0.865, 12),
        features: [{ inputs, change: 1 }],
      },
      {
        input: 'oscillator',
        from: 0,
        to: 1,
        points: expect.closeTo(0.865, 12),
        features: [{ inputs, change: 1 }],
      },
      {
        input: 'risk',
        from: 0.5,
        to: 0.6,
        points: expect.closeTo(0.03 * 12, 12),
        features: [{ inputs: [{ name: 'atr_pct_14', from: 0.01, to: 0.008 }], change: null }],
      },
    ]);
  });
});

describe('compositeReasons', () => {
  it.prop([seed, seed], { numRuns: 200 })('has points that add up to the change of the composite', (a, b) => {
    // Every third row has no composite.
    const [from, to] = [randomWrittenRow(3 * a + 1), randomWrittenRow(3 * b + 1)];
    expect(sum(compositeReasons(from, to))).toBeCloseTo(to.composite! - from.composite!, 9);
  });
});
