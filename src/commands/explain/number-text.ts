/** A number for people: six significant digits, without a tail of zeros. */
export function shown(value: number | null): string {
  return value === null ? 'missing' : minus(String(Number(value.toPrecision(6))));
}

/** A number with two decimals, as ratings are shown. */
export function fixed(value: number | null): string {
  // Not −0.00.
  return value === null ? 'missing' : minus((Math.round(value * 100) / 100 || 0).toFixed(2));
}

/** A change, with its sign. */
export function signed(text: string): string {
  return /^[−m]/.test(text) || Number(text) === 0 ? text : `+${text}`;
}

function minus(text: string): string {
  return text.replace(/^-/, '−');
}
