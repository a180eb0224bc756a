/** The known name nearest to a misspelt one, where one is near. */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  const [first] = Array.from(known, (name) => ({ name, distance: editDistance(given, name) })).sort(
    (a, b) => a.distance - b.distance,
  );
  // Of a short name, three letters are all of it.
  const isNear = first !== undefined && first.distance <= Math.min(3, Math.max(1, given.length / 3));
  return isNear ? first.name : undefined;
}

/** Levenshtein 1966: insertions, deletions and replacements that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
