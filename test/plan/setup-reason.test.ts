import { describe, expect, it } from 'vitest';
import { explainSetup } from '../../src/plan/setup-reason.ts';
import * as rows from './plan-rows.ts';

describe('explainSetup', () => {
  it.each([
    [
      'long',
      'breakout',
      rows.BREAKOUT,
      'The close 100.00 is within 1 % of the highest close of 20 sessions (-0.50 % away), on 1.50 times the mean dollar volume.',
    ],
    [
      'long',
      'trend',
      rows.TREND,
      'The close 100.00 is above its 20-session mean 98.00, and that is above the 50-session mean 96.00.',
    ],
    [
      'long',
      'pullback',
      rows.PULLBACK,
      'The close 100.00 is not above its 20-session mean 101.00, while the 50-session mean 96.00 is above the 200-session mean 90.00.',
    ],
    [
      'long',
      'other',
      rows.OTHER,
      'No breakout, trend or pullback: the entry is 0.1 of the average true range 4.00 above the close 100.00.',
    ],
    [
      'short',
      'breakout',
      rows.SHORT_BREAKOUT,
      'The close 100.00 is within 1 % of the low of 10 sessions (99.50), on 1.50 times the mean dollar volume.',
    ],
    [
      'short',
      'trend',
      rows.SHORT_TREND,
      'The close 100.00 is below its 20-session mean 102.00, and that is below the 50-session mean 104.00.',
    ],
    [
      'short',
      'pullback',
      rows.SHORT_PULLBACK,
      'The close 100.00 is not below its 20-session mean 99.00, while the 50-session mean 104.00 is below the 200-session mean 110.00.',
    ],
    [
      'short',
      'other',
      rows.SHORT_OTHER,
      'No breakout, trend or pullback: the entry is 0.1 of the average true range 4.00 below the close 100.00.',
    ],
  ] as const)('says why a %s is a %s', (side, setup, columns, sentence) => {
    expect(explainSetup(rows.rowOf(columns), side, setup)).toBe(sentence);
  });
});
