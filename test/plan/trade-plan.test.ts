import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { planTrade } from '../../src/plan/trade-plan.ts';
import * as rows from './plan-rows.ts';
import { planColumns, rowOf, side } from './plan-rows.ts';

const SETTINGS = { account: 100_000, riskPercent: 1 };

const settings = fc.record({
  account: fc.integer({ min: 0, max: 10_000_000 }),
  riskPercent: fc.constantFrom(0.25, 0.5, 1, 2.3),
  rewardRisk: fc.constantFrom(1, 1.5, 2, 2.7),
  liquidityCap: fc.constantFrom(0.001, 0.05, 0.3),
});

describe('planTrade', () => {
  it('plans a long as computed by hand', () => {
    expect(planTrade(rowOf(rows.TREND), 'long', SETTINGS)).toEqual({
      side: 'long',
      setup: 'trend',
      entry: 99.4,
      stop: 92,
      target: 114.2,
      risk_per_share: 7.4,
      shares: 135,
      position: 13_419,
      capped: false,
      reason: expect.stringMatching(/^The close 100\.00 is above/),
    });
  });

  it('plans a short as computed by hand', () => {
    expect(planTrade(rowOf(rows.SHORT_TREND), 'short', SETTINGS)).toEqual({
      side: 'short',
      setup: 'trend',
      entry: 100.6,
      stop: 108,
      target: 85.8,
      risk_per_share: 7.4,
      shares: 135,
      position: 13_581,
      capped: false,
      reason: expect.stringMatching(/^The close 100\.00 is below/),
    });
  });

  it('bounds the position by what is traded, and says so', () => {
    const row = rowOf({ ...rows.TREND, dollar_vol_20: 99_400 });
    expect(planTrade(row, 'long', SETTINGS)).toMatchObject({ shares: 50, position: 4970, capped: true });
    expect(planTrade(row, 'long', { ...SETTINGS, liquidityCap: 0.1 })).toMatchObject({ shares: 100 });
    // As many as the risk allows: nothing is taken away.
    expect(planTrade(row, 'long', { ...SETTINGS, liquidityCap: 0.135 })).toMatchObject({
      shares: 135,
      capped: false,
    });
  });

  it('plans no share where the risk of one is too much', () => {
    const plan = planTrade(rowOf(rows.TREND), 'long', { account: 739, riskPercent: 1 });
    expect(plan).toMatchObject({ shares: 0, position: 0, capped: false });
    expect(planTrade(rowOf(rows.TREND), 'long', { account: 740, riskPercent: 1 })?.shares).toBe(1);
  });

  it('aims as far as it is told to', () => {
    expect(planTrade(rowOf(rows.TREND), 'long', { ...SETTINGS, rewardRisk: 3 })?.target).toBe(121.6);
  });

  it('rounds half a cent away from zero, and reckons with the rounded prices', () => {
    // Entry 20.025, which is 2002.4999999999998 cents in doubles; stop 19.525; a risk of 5699.999999999999 cents.
    const columns = { ...rows.OTHER, sma_20: 21, close: 20, atr_14: 0.25 };
    const row = rowOf({ ...columns, swing_low_10: 19.525, recent_low_5: 19.75 });
    expect(planTrade(row, 'long', { account: 10_000, riskPercent: 0.57 })).toMatchObject({
      entry: 20.03,
      stop: 19.53,
      target: 21.03,
      risk_per_share: 0.5,
      shares: 114,
      position: 2283.42,
    });
  });

  it.each([
    ['what is traded is unknown', { ...rows.TREND, dollar_vol_20: Number.NaN }],
    ['there is no true range', { ...rows.TREND, atr_14: 0 }],
    [
      'entry and stop are the same cent',
      { ...rows.OTHER, close: 10, atr_14: 0.001, swing_low_10: 10, recent_low_5: 10 },
    ],
    ['the stop is not above zero', { ...rows.OTHER, close: 6, atr_14: 4, swing_low_10: 2, recent_low_5: 3 }],
  ])('plans nothing where %s', (_, columns) => {
    expect(planTrade(rowOf(columns), 'long', SETTINGS)).toBeUndefined();
  });

  it('plans no short whose target is not above zero', () => {
    const columns = {
      ...rows.SHORT_OTHER,
      sma_20: Number.NaN,
      close: 20,
      swing_high_10: 30,
      recent_high_5: 27,
    };
    expect(planTrade(rowOf(columns), 'short', { ...SETTINGS, rewardRisk: 1 })?.target).toBe(9.2);
    expect(planTrade(rowOf(columns), 'short', SETTINGS)).toBeUndefined();
  });

  test.prop([planColumns, side, settings])('stays within its bounds', (columns, of, chosen) => {
    const plan = planTrade(rowOf(columns), of, chosen);
    fc.pre(plan !== undefined);
    const { entry, stop, target, risk_per_share: risk, shares, position, capped } = plan!;
    const sign = of === 'long' ? 1 : -1;
    const { account, riskPercent, rewardRisk, liquidityCap } = chosen;
    const budget = (account * riskPercent) / 100;
    const liquidity = liquidityCap * columns.dollar_vol_20;
    const noise = 1e-6;
    for (const price of [entry, stop, target, position]) {
      expect(price * 100).toBeCloseTo(Math.round(price * 100), 4);
    }
    expect(sign * (entry - stop)).toBeCloseTo(risk, 9);
    expect(risk).toBeGreaterThan(0);
    expect(Math.abs(sign * (target - entry) - rewardRisk * risk)).toBeLessThanOrEqual(0.005 + noise);
    expect(Number.isInteger(shares)).toBe(true);
    expect(position).toBeCloseTo(shares * entry, 4);
    expect(shares * risk).toBeLessThanOrEqual(budget + noise);
    expect(position).toBeLessThanOrEqual(liquidity + noise);
    // One share more would break a bound: the one that `capped` names.
    if (capped) expect((shares + 1) * entry).toBeGreaterThan(liquidity - noise);
    else expect((shares + 1) * risk).toBeGreaterThan(budget - noise);
  });
});
