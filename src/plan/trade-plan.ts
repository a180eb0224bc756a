import { COLUMN } from '../features.ts';
import type { FeatureRow, Side, TradePlan } from '../types.ts';
import { findLevels } from './price-levels.ts';
import { explainSetup } from './setup-reason.ts';

/** What one trade may risk, and what it is after. */
export interface PlanSettings {
  /** Dollars. */
  readonly account: number;
  /** What one trade may lose, in percent of the account: 1 is 1 %. */
  readonly riskPercent: number;
  /**
   * Dollars to be won for each dollar at risk, above 0.
   * @default 2
   */
  readonly rewardRisk?: number;
  /**
   * The largest position, as a fraction of the mean dollar volume of 20 sessions.
   * @default 0.05
   */
  readonly liquidityCap?: number;
}

/**
 * Plans the trade of one symbol at its last session; entry and stop are those of `findLevels`.
 *
 *     target = entry ± rewardRisk · risk             risk = |entry − stop|
 *     shares = ⌊account · riskPercent / 100 / risk⌋, at most ⌊liquidityCap · dollar_vol_20 / entry⌋
 *
 * Entry and stop are rounded to the cent first and the rest follows from the rounded ones, since those are what is
 * placed. Half a cent goes away from zero, and what is half a cent to 12 digits is one. The risk is what is bounded: a
 * position may be larger than the account.
 *
 * `undefined` where `findLevels` finds none, `dollar_vol_20` is not available, the stop is not beyond the entry by a cent,
 * or a price is not above 0 and so cannot be placed.
 */
export function planTrade(
  row: FeatureRow,
  side: Side,
  { account, riskPercent, rewardRisk = 2, liquidityCap = 0.05 }: PlanSettings,
): TradePlan | undefined {
  const levels = findLevels(row, side);
  const dollarVolume = row[COLUMN.dollar_vol_20]!;
  if (levels === undefined || Number.isNaN(dollarVolume)) return undefined;

  // In whole cents, where differences are exact.
  const sign = side === 'long' ? 1 : -1;
  const entry = Math.round(withoutNoise(levels.entry * 100));
  const stop = Math.round(withoutNoise(levels.stop * 100));
  const risk = sign * (entry - stop);
  const target = Math.round(withoutNoise(entry + sign * rewardRisk * risk));
  if (risk <= 0 || Math.min(entry, stop, target) <= 0) return undefined;

  // A percent of a dollar is a cent.
  const affordable = Math.floor(withoutNoise((account * riskPercent) / risk));
  const liquid = Math.floor(withoutNoise((liquidityCap * dollarVolume * 100) / entry));
  const shares = Math.min(affordable, liquid);
  return {
    side,
    setup: levels.setup,
    entry: entry / 100,
    stop: stop / 100,
    target: target / 100,
    risk_per_share: risk / 100,
    shares,
    position: (shares * entry) / 100,
    capped: liquid < affordable,
    reason: explainSetup(row, side, levels.setup),
  };
}

/** The last digits of a double are not the formula's: 1.005 · 100 is 100.49999999999999, and no tie any more. */
function withoutNoise(value: number): number {
  return Number(value.toPrecision(12));
}
