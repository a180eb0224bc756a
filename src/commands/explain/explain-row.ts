import { FACTORS } from '../../cross-section/factors.ts';
import type { DescribedListing } from '../../listing.ts';
import type { Signal, TradePlan } from '../../types.ts';
import { CLASSIC_WEIGHTS, type ClassicWeights } from '../../workers/classic.ts';
import { CONDITIONS, type Condition, SUBSCORE_NAMES, type SubscoreName, unclipped } from './conditions.ts';
import { discountOf } from './discount.ts';
import { type CheckedSignal, checkSignal } from './signals.ts';
import type { WrittenRow } from './written-row.ts';

/** Why a row has its rating: everything that counts, and what each part brings. */
export interface RowExplanation {
  readonly type: 'explanation';
  readonly scan: string;
  readonly symbol: string;
  readonly rank: number;
  readonly session: string;
  readonly close: number;
  readonly rating: number | null;
  readonly subscores: readonly ExplainedSubscore[];
  /** Sum of `weight · value`. */
  readonly raw: number;
  readonly risk: ExplainedRisk;
  /** Sum of the subscores' points: the rating, but for rounding. */
  readonly sum: number | null;
  readonly signal: Signal;
  /** The bounds of the signal, and those that keep it from being stronger. */
  readonly signals: readonly CheckedSignal[];
  readonly composite?: ExplainedComposite;
  /** The trade that the signal asks for; `null` where it asks for none. */
  readonly plan: TradePlan | null;
  readonly listing: DescribedListing | null;
}

export interface ExplainedSubscore {
  readonly name: SubscoreName;
  readonly value: number;
  /** Sum of the conditions' points, where that is beyond −3 … 3. */
  readonly unclipped: number;
  readonly weight: number;
  /** `weight · value`. */
  readonly raw: number;
  /** What it brings to the rating: `weight · value · discount`. */
  readonly points: number | null;
  readonly conditions: readonly ExplainedCondition[];
}

export interface ExplainedCondition {
  readonly condition: string;
  readonly holds: boolean;
  /** Worth where it holds. */
  readonly points: number;
  readonly inputs: Readonly<Record<string, number | null>>;
}

export interface ExplainedRisk {
  readonly atr_pct_14: number | null;
  readonly risk_scale: number;
  /** `1 − risk_scale · atr_pct_14`. */
  readonly value: number | null;
  readonly base: number;
  readonly bonus: number;
  /** `base + bonus · clip(value, 0, 1)`: what `raw` is multiplied with. */
  readonly discount: number | null;
}

export interface ExplainedComposite {
  readonly value: number;
  readonly signal: Signal;
  readonly coverage: number;
  readonly factors: readonly ExplainedFactor[];
}

export interface ExplainedFactor {
  readonly name: string;
  /** `null` where it is not available, and counts as 50. */
  readonly percentile: number | null;
  /** Absent for a factor that this version does not know. */
  readonly weight?: number;
  readonly points: number;
  /** What is compared. */
  readonly quantities: readonly string[];
}

/** Explains a row that was rated with these weights. */
export function explainRow(row: WrittenRow, weights: ClassicWeights = CLASSIC_WEIGHTS): RowExplanation {
  const discount = discountOf(row.risk, weights);
  const subscores = SUBSCORE_NAMES.map((name) => explainSubscore(name, row, weights[name], discount));
  return {
    type: 'explanation',
    scan: row.scan,
    symbol: row.symbol,
    rank: row.rank,
    session: row.session,
    close: row.close,
    rating: row.rating,
    subscores,
    raw: row.raw,
    risk: {
      atr_pct_14: row.features.atr_pct_14 ?? null,
      risk_scale: weights.riskScale,
      value: row.risk,
      base: weights.base,
      bonus: weights.bonus,
      discount,
    },
    sum: discount === null ? null : subscores.reduce((sum, { points }) => sum + points!, 0),
    signal: row.signal,
    signals: checkSignal(row),
    ...explainComposite(row),
    plan: row.plan ?? null,
    listing: row.listing ?? null,
  };
}

function explainSubscore(
  name: SubscoreName,
  row: WrittenRow,
  weight: number,
  discount: number | null,
): ExplainedSubscore {
  const { features } = row;
  const conditions: readonly Condition[] = CONDITIONS[name];
  const raw = weight * row[name];
  return {
    name,
    value: row[name],
    unclipped: unclipped(name, features),
    weight,
    raw,
    points: discount === null ? null : raw * discount,
    conditions: conditions.map(({ text, points, inputs, holds }) => ({
      condition: text,
      holds: holds(features),
      points,
      inputs: Object.fromEntries(inputs.map((input) => [input, features[input] ?? null])),
    })),
  };
}

function explainComposite(row: WrittenRow): { readonly composite?: ExplainedComposite } {
  const { composite, composite_signal, coverage, factors, contributions } = row;
  if (composite === undefined || composite_signal === undefined || coverage === undefined) return {};
  const known = new Map(Object.entries(FACTORS));
  return {
    composite: {
      value: composite,
      signal: composite_signal,
      coverage,
      factors: Object.entries(contributions ?? {}).map(([name, points]) => {
        const factor = known.get(name);
        return {
          name,
          percentile: factors?.[name] ?? null,
          ...(factor && { weight: factor.weight }),
          points,
          quantities: factor?.quantities.map((quantity) => quantity.name) ?? [],
        };
      }),
    },
  };
}
