import { Random } from './random.ts';
import { SHOCK_BITS, SHOCKS } from './shocks.ts';

export const SECTORS = [
  'Technology',
  'Financial',
  'Healthcare',
  'Industrials',
  'Consumer',
  'Staples',
  'Energy',
  'Materials',
  'Utilities',
  'Real Estate',
  'Communications',
] as const;

/** Mean and standard deviation of a daily return. */
const REGIMES = [
  { name: 'bull', mean: 0.0009, deviation: 0.007 },
  { name: 'sideways', mean: 0, deviation: 0.009 },
  { name: 'bear', mean: -0.0014, deviation: 0.016 },
] as const;

const MEAN_REGIME_SESSIONS = 60;
const SECTOR_SHARE = 0.6;

/** Daily returns that many symbols share, one a session, as fractions. */
export interface MarketReturns {
  readonly market: Float64Array;
  /** One series for each of `SECTORS`, over and above the market's. */
  readonly sectors: readonly Float64Array[];
}

/**
 * The common part of all returns: a market that moves through bull, sideways and bear regimes, and sectors that move
 * through their own. More sessions continue the same path.
 */
export function createMarketReturns(seed: number, sessions: number): MarketReturns {
  return {
    market: regimePath(new Random(seed, 'market'), sessions, 1),
    sectors: SECTORS.map((sector) =>
      regimePath(new Random(seed, `sector ${sector}`), sessions, SECTOR_SHARE),
    ),
  };
}

function regimePath(random: Random, sessions: number, scale: number): Float64Array {
  let regime = random.below(REGIMES.length);
  return Float64Array.from({ length: sessions }, () => {
    if (random.uniform() * MEAN_REGIME_SESSIONS < 1) regime = random.below(REGIMES.length);
    const { mean, deviation } = REGIMES[regime]!;
    return scale * (mean + deviation * SHOCKS[random.uint32() >>> (32 - SHOCK_BITS)]!);
  });
}
