import type { FeatureName } from '../../features.ts';

/** A condition of a subscore, and the points it is worth where it holds. */
export interface Condition {
  readonly points: number;
  readonly inputs: readonly FeatureName[];
  readonly text: string;
  readonly holds: (features: Features) => boolean;
}

/** Features by name, as rows carry them; a comparison with one that is not available is false. */
export type Features = Readonly<Record<string, number | null>>;

export const LEAST_SUBSCORE = -3;
export const MOST_SUBSCORE = 3;

/** The classic rating's subscores as data: each is the sum of the points of what holds, clipped. */
export const CONDITIONS = {
  trend: [above(2, 'sma_20', 'sma_50'), above(1, 'sma_50', 'sma_200')],
  momentum: [
    above(1, 'rsi_14', 55),
    above(1, 'rsi_14', 65),
    below(-1, 'rsi_14', 45),
    below(-1, 'rsi_14', 40),
    above(1, 'macd_hist', 0),
    above(1, 'pct_from_high_20', -3),
  ],
  volume: [
    above(1, 'vol_spike_ratio', 1.2),
    above(1, 'vol_spike_ratio', 1.5),
    below(-1, 'vol_spike_ratio', 0.7),
  ],
  volatility: [below(1, 'atr_pct_14', 0.01), above(-1, 'atr_pct_14', 0.03)],
  oscillator: [within(1, 'rsi_14', 55, 65), above(-1, 'rsi_14', 70), below(-1, 'rsi_14', 40)],
  breakout: [above(1, 'pct_from_high_20', -1), above(1, 'ret_5d', 0.02)],
} as const satisfies Record<string, readonly Condition[]>;

export type SubscoreName = keyof typeof CONDITIONS;

/** In the order of output. */
export const SUBSCORE_NAMES = Object.keys(CONDITIONS) as readonly SubscoreName[];

/** The features that the rating is made of. */
export const RATING_INPUTS: readonly FeatureName[] = [
  ...new Set(Object.values(CONDITIONS).flatMap((conditions) => conditions.flatMap(({ inputs }) => inputs))),
];

/** Points of what holds, before they are clipped. */
export function unclipped(name: SubscoreName, features: Features): number {
  const conditions: readonly Condition[] = CONDITIONS[name];
  return conditions.reduce((sum, { points, holds }) => (holds(features) ? sum + points : sum), 0);
}

/** A subscore as the rating has it: −3 … 3. */
export function subscoreOf(name: SubscoreName, features: Features): number {
  return Math.min(Math.max(unclipped(name, features), LEAST_SUBSCORE), MOST_SUBSCORE);
}

function above(points: number, input: FeatureName, bound: number | FeatureName): Condition {
  return {
    points,
    inputs: typeof bound === 'number' ? [input] : [input, bound],
    text: `${input} > ${bound}`,
    holds: (features) =>
      featureOf(features, input) > (typeof bound === 'number' ? bound : featureOf(features, bound)),
  };
}

function below(points: number, input: FeatureName, bound: number): Condition {
  return {
    points,
    inputs: [input],
    text: `${input} < ${bound}`,
    holds: (features) => featureOf(features, input) < bound,
  };
}

function within(points: number, input: FeatureName, least: number, most: number): Condition {
  return {
    points,
    inputs: [input],
    text: `${least} ≤ ${input} ≤ ${most}`,
    holds: (features) => featureOf(features, input) >= least && featureOf(features, input) <= most,
  };
}

function featureOf(features: Features, name: FeatureName): number {
  return features[name] ?? Number.NaN;
}
