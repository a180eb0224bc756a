import type { ClassicWeights } from '../../workers/classic.ts';
import { CONDITIONS, type Condition, SUBSCORE_NAMES, type SubscoreName } from '../explain/conditions.ts';
import { discountOf } from '../explain/discount.ts';
import type { WrittenRow } from '../explain/written-row.ts';

/** The part of a row that its ratings are made of. */
export type Rated = Pick<
  WrittenRow,
  'rating' | 'raw' | 'risk' | 'features' | 'composite' | 'factors' | 'contributions' | SubscoreName
>;

/** A part of a score that changed, and what that brought. */
export interface Reason {
  readonly input: string;
  readonly from: number | null;
  readonly to: number | null;
  /** Its share of the change; `null` where there is no score to compare with. */
  readonly points: number | null;
  /** What changed below it. */
  readonly features: readonly FeatureChange[];
}

/** Features whose change made conditions of a subscore hold, or not any more. */
export interface FeatureChange {
  readonly inputs: readonly {
    readonly name: string;
    readonly from: number | null;
    readonly to: number | null;
  }[];
  /** Points of the subscore before it is clipped; `null` for what is not counted in points. */
  readonly change: number | null;
}

/**
 * What moved a rating, the largest share first; the points add up to the change of the rating.
 *
 * The rating is `raw · discount`, so its change is that of `raw` at the mean discount, which goes to the subscores by
 * their weights, and that of the discount at the mean `raw`: the same, with opposite signs, the other way round.
 * What brings nothing is no reason. With a rating on one side only, the risk is the reason, without points.
 */
export function ratingReasons(from: Rated, to: Rated, weights: ClassicWeights): readonly Reason[] {
  const before = discountOf(from.risk, weights);
  const after = discountOf(to.risk, weights);
  const riskChange = [change(from, to, ['atr_pct_14'], null)];
  const risk = { input: 'risk', from: from.risk, to: to.risk, features: riskChange };
  if (before === null || after === null) return before === after ? [] : [{ ...risk, points: null }];
  const meanDiscount = (before + after) / 2;
  const subscores = SUBSCORE_NAMES.map((name) => ({
    input: name,
    from: from[name],
    to: to[name],
    points: weights[name] * (to[name] - from[name]) * meanDiscount,
    features: featureChanges(name, from, to),
  }));
  return largestFirst([...subscores, { ...risk, points: (after - before) * ((from.raw + to.raw) / 2) }]);
}

/** What moved a composite, the largest share first: its factors by percentile. */
export function compositeReasons(from: Rated, to: Rated): readonly Reason[] {
  const names = Object.keys({ ...from.contributions, ...to.contributions });
  return largestFirst(
    names.map((name) => ({
      input: name,
      from: from.factors?.[name] ?? null,
      to: to.factors?.[name] ?? null,
      points: (to.contributions?.[name] ?? 0) - (from.contributions?.[name] ?? 0),
      features: [],
    })),
  );
}

/** What happened to the conditions of a subscore, by the features that they look at. */
function featureChanges(name: SubscoreName, from: Rated, to: Rated): readonly FeatureChange[] {
  const byInputs = new Map<string, { readonly inputs: Condition['inputs']; points: number }>();
  const conditions: readonly Condition[] = CONDITIONS[name];
  for (const { inputs, points, holds } of conditions) {
    const key = inputs.join();
    const group = byInputs.get(key) ?? { inputs, points: 0 };
    byInputs.set(key, group);
    group.points += points * (Number(holds(to.features)) - Number(holds(from.features)));
  }
  return [...byInputs.values()]
    .filter(({ points }) => points !== 0)
    .map(({ inputs, points }) => change(from, to, inputs, points));
}

function change(from: Rated, to: Rated, names: readonly string[], points: number | null): FeatureChange {
  return {
    inputs: names.map((name) => ({
      name,
      from: from.features[name] ?? null,
      to: to.features[name] ?? null,
    })),
    change: points,
  };
}

function largestFirst<R extends { readonly points: number }>(reasons: readonly R[]): readonly R[] {
  return reasons.filter(({ points }) => points !== 0).sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
}
