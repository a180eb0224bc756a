import type { Listing } from '../types.ts';
import type { Selection } from './prescreen-rules.ts';

/** So many are all named; of more, the nearest. */
const FEW = 20;
const NEAREST = 3;

const FIELDS = [
  ['sectors', 'sector', 'a sector'],
  ['industries', 'industry', 'an industry'],
  ['subIndustries', 'subIndustry', 'a sub-industry'],
] as const satisfies readonly (readonly [keyof Selection, keyof Listing, string])[];

/**
 * What is selected and no listing has: one sentence each, with the values that there are. Letters of either case.
 *
 * For listings that were loaded before the scan; a list that is read while it runs can be checked against nothing.
 */
export function checkSelections(selection: Selection, listings: Iterable<Listing>): string[] {
  const known = FIELDS.map(() => new Set<string>());
  for (const listing of listings) {
    for (const [index, [, field]] of FIELDS.entries()) {
      const value = listing[field];
      if (value !== undefined) known[index]!.add(value);
    }
  }
  return FIELDS.flatMap(([key, , word], index) => {
    const values = [...known[index]!].sort();
    const lower = new Set(values.map((value) => value.toLowerCase()));
    const unknown = (selection[key] ?? []).filter((value) => !lower.has(value.toLowerCase()));
    return unknown.map((value) => {
      const shown = values.length <= FEW ? values : nearest(value, values);
      return `Expected ${word} of the listings, got \`${value}\`: ${hint(shown, values)}`;
    });
  });
}

function hint(shown: readonly string[], values: readonly string[]): string {
  if (values.length === 0) return 'they have none';
  return `${shown.length < values.length ? 'the nearest are' : 'there are'} ${shown.map((value) => `\`${value}\``).join(', ')}`;
}

function nearest(value: string, values: readonly string[]): string[] {
  const wanted = pairs(value);
  const likeness = new Map(values.map((known) => [known, alike(wanted, pairs(known))]));
  return values.toSorted((a, b) => likeness.get(b)! - likeness.get(a)!).slice(0, NEAREST);
}

function pairs(text: string): ReadonlySet<string> {
  const padded = ` ${text.toLowerCase()} `;
  return new Set(Array.from({ length: padded.length - 1 }, (_, index) => padded.slice(index, index + 2)));
}

/** Sørensen–Dice coefficient of the pairs of letters, 0 to 1: finds a part of a long name, as edits do not. */
function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0;
  for (const pair of a) if (b.has(pair)) both++;
  return (2 * both) / (a.size + b.size);
}
