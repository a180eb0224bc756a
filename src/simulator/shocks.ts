/** Bits of randomness that one shock takes. */
export const SHOCK_BITS = 12;

/**
 * Quantiles of Student's t with 4 degrees of freedom, scaled to variance 1: `SHOCKS[twelve random bits]` is a
 * fat-tailed daily shock for the price of a look-up. Its mean absolute value is 1/√2.
 *
 * Closed form of the quantile: W. T. Shaw, Sampling Student's T distribution, J. Computational Finance 9 (2006).
 */
export const SHOCKS: Float64Array = Float64Array.from({ length: 1 << SHOCK_BITS }, (_, index) => {
  const p = (index + 0.5) / (1 << SHOCK_BITS);
  const root = Math.sqrt(4 * p * (1 - p));
  const quantile = 2 * Math.sqrt(Math.cos(Math.acos(root) / 3) / root - 1);
  return (Math.sign(p - 0.5) * quantile) / Math.SQRT2;
});
