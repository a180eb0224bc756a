import { fc, it } from '@fast-check/vitest';
import { describe, expect, it as plain } from 'vitest';
import { explainRow } from '../../../src/commands/explain/explain-row.ts';
import { explanationText } from '../../../src/commands/explain/explanation-text.ts';
import { CLASSIC_WEIGHTS } from '../../../src/workers/classic.ts';
import { randomWrittenRow } from './random-rows.ts';

const seed = fc.integer({ min: 0, max: 1_000_000 });
const weight = fc.double({ min: -5, max: 5, noNaN: true });
const weights = fc.record({
  ...{ trend: weight, momentum: weight, volume: weight, volatility: weight, oscillator: weight },
  ...{ breakout: weight, base: weight, bonus: weight, riskScale: weight },
});

describe('explainRow', () => {
  it.prop([seed, fc.oneof(fc.constant(CLASSIC_WEIGHTS), weights)], { numRuns: 300 })(
    'has points that add up to the rating, whatever the weights',
    (seed, weights) => {
      const row = randomWrittenRow(seed, { weights });
      const { sum, raw, subscores, risk } = explainRow(row, weights);
      expect(subscores.reduce((total, one) => total + one.raw, 0)).toBeCloseTo(raw, 9);
      if (row.rating === null) {
        expect([sum, risk.discount, ...subscores.map(({ points }) => points)]).toEqual(Array(8).fill(null));
        return;
      }
      expect(Math.abs(sum! - row.rating)).toBeLessThanOrEqual(1e-9);
      expect(Math.abs(subscores.reduce((total, { points }) => total + points!, 0) - row.rating)).toBeLessThan(
        1e-9,
      );
    },
  );

  it.prop([seed], { numRuns: 200 })('has conditions that add up to their subscore', (seed) => {
    for (const { value, unclipped, conditions } of explainRow(randomWrittenRow(seed)).subscores) {
      const points = conditions.reduce((sum, { holds, points }) => sum + (holds ? points : 0), 0);
      expect(points).toBe(unclipped);
      expect(value).toBe(Math.min(Math.max(points, -3), 3));
    }
  });

  // The first is one of a signal that misses two of its three conditions.
  it.prop([seed, fc.integer({ min: 1, max: 1e6 })], { numRuns: 200, examples: [[530_306, 1]] })(
    'is 100 columns wide as a text, at most',
    (seed, rank) => {
      const text = explanationText({
        ...explainRow(randomWrittenRow(seed, { rank })),
        from: 'ranked.ndjson',
        ranked: 1e6,
        as_of: '2026-11-18',
      });
      expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
    },
  );

  plain('gives the composite by factor, with weight and quantities, where the row has it', () => {
    const row = randomWrittenRow(1);
    const { composite } = explainRow({ ...row, factors: { ...row.factors, high: null } });
    expect(composite).toMatchObject({ value: row.composite, coverage: 1, signal: 'Avoid' });
    expect(composite!.factors.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(row.composite!, 9);
    expect(composite!.factors.find(({ name }) => name === 'high')).toEqual({
      name: 'high',
      percentile: null,
      weight: 0.15,
      points: row.contributions!.high,
      quantities: ['pct_from_high_252'],
    });
    expect(explainRow(randomWrittenRow(0))).not.toHaveProperty('composite');
  });
});
