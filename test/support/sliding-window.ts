/** The most of these times that lie in one half-open stretch of `ms`. */
export function mostWithin(times: readonly number[], ms: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [index, time] of sorted.entries()) {
    while (time - sorted[first]! >= ms) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
