/** What may be left of the values that a recursion was seeded with, where it counts as stable. */
const LEFT = 1e-9;

/**
 * Bars until a cascade of exponential averages has less than 1e-9 left of its seeds; each average gives the newest value
 * the share given, and is fed by the one before it.
 *
 * One average is left with `(1 − share)^bars`. In a cascade, what is left of the first feeds the next, so that the sum is
 * followed bar by bar, all averages seeded at once: an upper bound where the later ones are seeded later.
 */
export function barsToForget(...shares: readonly number[]): number {
  return barsUntil(LEFT, shares);
}

/**
 * The same where such averages are divided by each other: where all movement dries up, the ratio magnifies what is left.
 * A tenth of it is what real and simulated markets need.
 */
export function barsToForgetInRatio(...shares: readonly number[]): number {
  return barsUntil(LEFT / 10, shares);
}

function barsUntil(enough: number, shares: readonly number[]): number {
  const left = shares.map(() => 1);
  let bars = 0;
  for (let last = 1; last > enough; bars++) {
    last = 0;
    for (let stage = 0; stage < left.length; stage++) {
      last = left[stage]! + shares[stage]! * (last - left[stage]!);
      left[stage] = last;
    }
  }
  return bars;
}
