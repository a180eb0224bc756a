import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { CrossSection } from '../../src/cross-section/cross-section.ts';
import { FACTOR_NAMES, FACTORS } from '../../src/cross-section/factors.ts';
import { COLUMN } from '../../src/features.ts';
import { Ranker } from '../../src/state/ranker.ts';
import type { FeatureRow } from '../../src/types.ts';
import { FINDATA, readFindata, rowOf } from '../support/findata.ts';

/** Average ranks by counting, 0 to 100: nothing in common with a search in what is sorted. */
function percentilesOf(values: readonly number[]): readonly number[] {
  const known = values.filter((value) => !Number.isNaN(value));
  const counts = new Map<number, number>();
  for (const value of known) counts.set(value, (counts.get(value) ?? 0) + 1);
  let below = 0;
  const rank = new Map<number, number>();
  for (const value of [...counts.keys()].sort((a, b) => a - b)) {
    const count = counts.get(value)!;
    rank.set(value, (100 * (below + (count - 1) / 2)) / (known.length - 1));
    below += count;
  }
  return values.map((value) => rank.get(value) ?? Number.NaN);
}

describe.skipIf(!existsSync(FINDATA))('the composite of a whole market', () => {
  const rows = new Map<string, FeatureRow>();
  const population = new CrossSection();

  beforeAll(() => {
    for (const [symbol, series] of readFindata()) rows.set(symbol, rowOf(series));
    for (const row of rows.values()) population.add(row);
  }, 120_000);

  it('is of every symbol', () => {
    expect(rows.size).toBe(5851);
  });

  it('is the sum of its contributions, between 0 and 100, for each of them', () => {
    let largest = 0;
    for (const row of rows.values()) {
      const { composite, contributions, coverage } = population.place(row);
      const sum = Object.values(contributions).reduce((total, points) => total + points, 0);
      largest = Math.max(largest, Math.abs(sum - composite));
      expect(composite).toBeGreaterThanOrEqual(0);
      expect(composite).toBeLessThanOrEqual(100);
      expect(coverage).toBeLessThanOrEqual(1 + 1e-12);
    }
    expect(largest).toBeLessThanOrEqual(1e-9);
  });

  it.each(FACTOR_NAMES)('has percentiles of %s as counting gives them', (name) => {
    const all = [...rows.values()];
    const quantities = FACTORS[name].quantities.map(({ of }) => percentilesOf(all.map(of)));
    const known = all.filter((row, index) => {
      const expected = quantities.reduce((sum, ranks) => sum + ranks[index]!, 0) / quantities.length;
      const actual = population.place(row).factors[name];
      if (Number.isNaN(expected)) expect(actual).toBeNull();
      else expect(Math.abs(actual! - expected)).toBeLessThanOrEqual(1e-9);
      return actual !== null;
    });
    expect(known.length).toBeGreaterThan(4000);
  });

  it('orders the ranking as a plain sort by rating, composite, dollar volume and symbol does', () => {
    const ranker = new Ranker({ population });
    for (const [symbol, row] of rows) ranker.add(symbol, row);
    const last = (value: number) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value);
    const keyed = [...rows].map(([symbol, row]) => ({
      symbol,
      keys: [row[COLUMN.rating]!, population.place(row).composite, row[COLUMN.dollar_vol_20]!].map(last),
    }));
    keyed.sort((a, b) => {
      const index = a.keys.findIndex((key, at) => key !== b.keys[at]);
      if (index === -1) return a.symbol < b.symbol ? -1 : 1;
      return a.keys[index]! > b.keys[index]! ? -1 : 1;
    });
    expect(Array.from(ranker.rows('id'), ({ symbol }) => symbol)).toEqual(keyed.map(({ symbol }) => symbol));
  });
});
