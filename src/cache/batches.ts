export interface Batch<T> {
  /** Where its first item stood. */
  readonly start: number;
  readonly items: readonly T[];
}

/** Cuts a list into batches of at most `count` items and, but for a single item that is larger, `size` in all. */
export function batchesOf<T>(
  list: readonly T[],
  { count, size = Number.POSITIVE_INFINITY }: { readonly count: number; readonly size?: number },
  sizeOf: (item: T) => number = () => 0,
): readonly Batch<T>[] {
  const batches: Batch<T>[] = [];
  let start = 0;
  let taken = 0;
  for (const [index, item] of list.entries()) {
    const more = sizeOf(item);
    if (index > start && (index - start === count || taken + more > size)) {
      batches.push({ start, items: list.slice(start, index) });
      start = index;
      taken = 0;
    }
    taken += more;
  }
  if (start < list.length) batches.push({ start, items: list.slice(start) });
  return batches;
}
