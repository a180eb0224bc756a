/** Three digits are what a measurement is good for. */
export function digits(value: number | undefined): string {
  if (value === undefined) return '';
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}

/** How many times something else, in as many digits. */
export function timesText(ratio: number): string {
  return ratio.toFixed(ratio < 9.95 ? 2 : 0);
}
