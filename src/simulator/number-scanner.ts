const ZERO = 48;
const MINUS = 45;
const POINT = 46;

/** Most digits that a float64 holds exactly, whatever they are. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN: Float64Array = Float64Array.from({ length: 23 }, (_, power) => 10 ** power);

/**
 * The number that `bytes` spell from `start` up to `end`, equal to `Number` of that text; NaN where they spell none.
 *
 * Up to 15 digits are an integer divided by a power of ten, both exact, so that the one rounding is the right one;
 * anything else (exponents, longer numbers) is left to `Number`.
 */
export function scanNumber(bytes: Buffer, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === MINUS;
  if (negative) at++;
  let value = 0;
  let digits = 0;
  let point = -1;
  for (; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
    } else if (bytes[at] === POINT && point < 0) point = at;
    else return spelledOut(bytes, start, end);
  }
  if (digits === 0 || digits > EXACT_DIGITS) return spelledOut(bytes, start, end);
  if (point >= 0) value /= POWERS_OF_TEN[end - point - 1]!;
  return negative ? -value : value;
}

function spelledOut(bytes: Buffer, start: number, end: number): number {
  const text = bytes.toString('latin1', start, end);
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
}
