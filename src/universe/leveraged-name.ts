const LEVERAGED =
  /(?<![\w.])[-+]?[1-5](?:\.\d+)?x(?:\b|monthly|leverage|shares)|\bleveraged?\b(?! loan)|\binverse\b|\bbear\b(?! hedge)|\bVIX\b|\bproshares (?:ultra|short\b)|^ultra(?:pro|short)\b|\bdouble (?:long|short)\b|\bshort ETN\b|\bdaily\b.*\b(?:bull|bear)\b/i;

/**
 * Whether the name of an exchange-traded fund or note says that it moves by a multiple of something, against it, or
 * with expected volatility.
 *
 * For names of funds and notes only: a company may be called Ultra Clean or Bear Creek. A fund of bonds that mature
 * soon (`Ultra Short Income`) is none, nor one of shares that move little (`Low Volatility`).
 */
export function isLeveragedName(name: string): boolean {
  return LEVERAGED.test(name);
}
