import type { ClassicWeights } from '../../workers/classic.ts';

/** What is left of `raw` in the rating: `base + bonus · clip(risk, 0, 1)`; `null` where the risk is not known. */
export function discountOf(
  risk: number | null,
  { base, bonus }: Pick<ClassicWeights, 'base' | 'bonus'>,
): number | null {
  return risk === null ? null : base + bonus * Math.min(Math.max(risk, 0), 1);
}
