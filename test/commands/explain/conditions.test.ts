import { fc, it } from '@fast-check/vitest';
import { describe, expect, it as plain } from 'vitest';
import {
  CONDITIONS,
  type Condition,
  RATING_INPUTS,
  SUBSCORE_NAMES,
  type SubscoreName,
  subscoreOf,
  unclipped,
} from '../../../src/commands/explain/conditions.ts';
import { COLUMN, describeFeatures, type FeatureName } from '../../../src/features.ts';
import { randomFeatureRow } from './random-rows.ts';

const ALL: readonly Condition[] = Object.values(CONDITIONS).flat();

describe('the conditions', () => {
  it.prop([fc.integer({ min: 0, max: 1_000_000 })], { numRuns: 500 })(
    'make the subscores that the scoring stage makes',
    (seed) => {
      const row = randomFeatureRow(seed);
      const features = describeFeatures(row);
      expect(SUBSCORE_NAMES.map((name) => subscoreOf(name, features))).toEqual(
        SUBSCORE_NAMES.map((name) => row[COLUMN[name]]!),
      );
    },
  );

  plain('hold and do not hold among these rows, each of them, and one subscore is clipped', () => {
    const rows = Array.from({ length: 500 }, (_, seed) => describeFeatures(randomFeatureRow(seed)));
    for (const { holds, text } of ALL) {
      expect(new Set(rows.map(holds)), text).toEqual(new Set([true, false]));
    }
    expect(rows.some((features) => unclipped('momentum', features) > 3)).toBe(true);
  });

  plain.each<readonly [SubscoreName, FeatureName, number, number]>([
    ['momentum', 'rsi_14', 55, 0],
    ['momentum', 'rsi_14', 65, 1],
    ['momentum', 'rsi_14', 45, 0],
    ['momentum', 'rsi_14', 40, -1],
    ['momentum', 'macd_hist', 0, 0],
    ['momentum', 'pct_from_high_20', -3, 0],
    ['volume', 'vol_spike_ratio', 1.5, 1],
    ['volume', 'vol_spike_ratio', 1.2, 0],
    ['volume', 'vol_spike_ratio', 0.7, 0],
    ['volatility', 'atr_pct_14', 0.01, 0],
    ['volatility', 'atr_pct_14', 0.03, 0],
    ['oscillator', 'rsi_14', 55, 1],
    ['oscillator', 'rsi_14', 65, 1],
    ['oscillator', 'rsi_14', 70, 0],
    ['oscillator', 'rsi_14', 40, 0],
    ['breakout', 'pct_from_high_20', -1, 0],
    ['breakout', 'ret_5d', 0.02, 0],
  ])('make %s at %s = %d, exactly at its bound, %d', (subscore, feature, value, expected) => {
    expect(subscoreOf(subscore, { [feature]: value })).toBe(expected);
  });

  plain('do not hold for equal averages, nor for what is not available', () => {
    expect(subscoreOf('trend', { sma_20: 5, sma_50: 5, sma_200: 5 })).toBe(0);
    const missing = Object.fromEntries(RATING_INPUTS.map((name) => [name, null]));
    expect(SUBSCORE_NAMES.map((name) => subscoreOf(name, missing))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  plain('look at these features', () => {
    expect([...RATING_INPUTS].sort()).toEqual([
      'atr_pct_14',
      'macd_hist',
      'pct_from_high_20',
      'ret_5d',
      'rsi_14',
      'sma_20',
      'sma_200',
      'sma_50',
      'vol_spike_ratio',
    ]);
  });
});
