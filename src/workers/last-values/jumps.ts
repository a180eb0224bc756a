/**
 * How far closes in succession are from each other, as factors from 1. A close of 0 or less counts as 0: infinitely far
 * from one above 0, and at 1 from another of its kind.
 *
 * Compared as products: a record is rare, and a division slow.
 */

/** The larger one of `jump` and the factor between two closes in succession, up or down; neither is below 0. */
export function largerJump(jump: number, value: number, next: number): number {
  return next > jump * value ? next / value : value > jump * next ? value / next : jump;
}

/** The larger one of `spike` and the factor by which a close stands out from both its neighbours on the same side. */
export function largerSpike(spike: number, before: number, value: number, next: number): number {
  // Two comparisons, one branch: each for itself falls like a coin.
  if (Number(value > spike * before) & Number(value > spike * next)) return value / Math.max(before, next);
  if (Number(before > spike * value) & Number(next > spike * value)) return Math.min(before, next) / value;
  return spike;
}
