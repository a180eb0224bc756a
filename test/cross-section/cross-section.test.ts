import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { CrossSection } from '../../src/cross-section/cross-section.ts';
import { FACTOR_NAMES, FACTORS, type Factor } from '../../src/cross-section/factors.ts';
import { COLUMN, ROW_WIDTH } from '../../src/features.ts';

/** Rows whose numbers collide often and are missing often. */
const rows = fc.array(
  fc
    .array(
      fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: -5, max: 60 }) },
        { weight: 1, arbitrary: fc.constant(Number.NaN) },
      ),
      {
        minLength: ROW_WIDTH,
        maxLength: ROW_WIDTH,
      },
    )
    .map((numbers) => Float64Array.from(numbers)),
  { minLength: 1, maxLength: 40, size: 'max' },
);

function sectionOf(population: readonly Float64Array[]): CrossSection {
  const section = new CrossSection();
  for (const row of population) section.add(row);
  return section;
}

describe('factors', () => {
  it('weigh 1 together', () => {
    expect(FACTOR_NAMES.reduce((sum, name) => sum + FACTORS[name].weight, 0)).toBeCloseTo(1, 12);
  });
});

describe('CrossSection', () => {
  test.prop([rows])('has contributions that sum to the composite, within 0 and 100', (population) => {
    const section = sectionOf(population);
    for (const row of population) {
      const { composite, coverage, factors, contributions } = section.place(row);
      const sum = FACTOR_NAMES.reduce((total, name) => total + contributions[name], 0);
      expect(section.compositeOf(row)).toBe(composite);
      expect(Math.abs(sum - composite)).toBeLessThan(1e-9);
      expect(composite).toBeGreaterThanOrEqual(0);
      expect(composite).toBeLessThanOrEqual(100 + 1e-9);
      const present = FACTOR_NAMES.filter((name) => factors[name] !== null);
      expect(coverage).toBeCloseTo(
        present.reduce((total, name) => total + FACTORS[name].weight, 0),
        12,
      );
      for (const name of FACTOR_NAMES) {
        expect(contributions[name]).toBeCloseTo(FACTORS[name].weight * (factors[name] ?? 50), 12);
      }
    }
  });

  test.prop([rows])('ranks each factor as counting does', (population) => {
    const section = sectionOf(population);
    for (const row of population) {
      const { factors } = section.place(row);
      for (const name of FACTOR_NAMES) {
        const { quantities }: Factor = FACTORS[name];
        const ranks = quantities.map(({ of }) => {
          const value = of(row);
          if (Number.isNaN(value)) return Number.NaN;
          const others = population.map(of).filter((other) => !Number.isNaN(other));
          if (others.length === 1) return 50;
          const smaller = others.filter((other) => other < value).length;
          const equal = others.filter((other) => other === value).length;
          return (100 * (smaller + (equal - 1) / 2)) / (others.length - 1);
        });
        const expected = ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
        if (Number.isNaN(expected)) expect(factors[name]).toBeNull();
        else expect(factors[name]).toBeCloseTo(expected, 9);
      }
    }
  });

  test.prop([rows])('does not depend on the order in which rows came', (population) => {
    const [section, backwards] = [sectionOf(population), sectionOf(population.toReversed())];
    for (const row of population) expect(backwards.place(row)).toEqual(section.place(row));
  });

  it('gives no signal where too little is known', () => {
    const row = new Float64Array(ROW_WIDTH).fill(Number.NaN);
    expect(sectionOf([row]).place(row)).toMatchObject({ composite: 50, coverage: 0, signal: 'Avoid' });
  });

  it('takes in more after it was asked, and as many as come', () => {
    const section = new CrossSection();
    const row = new Float64Array(ROW_WIDTH);
    const highOf = (strength: number) => {
      row[COLUMN.pct_from_high_252] = strength;
      return section.place(row).factors.high;
    };
    for (let rows = 1; rows <= 40_000; rows++) {
      // 7919 is a prime, and no divisor of the number of rows: each value comes once.
      row[COLUMN.pct_from_high_252] = (rows * 7919) % 40_000;
      section.add(row);
      if (rows === 1 || rows === 10_000) expect(highOf((rows * 7919) % 40_000)).toBeGreaterThanOrEqual(0);
    }
    for (const strength of [0, 1, 12_345, 39_999]) {
      expect(highOf(strength)).toBeCloseTo((100 * strength) / 39_999, 10);
    }
  });
});
