import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Percentiles } from '../../src/cross-section/percentiles.ts';

describe('Percentiles', () => {
  it('gives the ends 0 and 100, and ties their average', () => {
    const ranks = new Percentiles(Float64Array.of(3, 1, 2, 2, 5));
    expect([1, 2, 3, 5].map((value) => ranks.rank(value))).toEqual([0, 37.5, 75, 100]);
  });

  it('leaves out what is not available', () => {
    const ranks = new Percentiles(Float64Array.of(Number.NaN, 1, Number.NaN, 9));
    expect([1, 9, Number.NaN].map((value) => ranks.rank(value))).toEqual([0, 100, Number.NaN]);
  });

  it('puts the only value in the middle', () => {
    expect(new Percentiles(Float64Array.of(7)).rank(7)).toBe(50);
  });

  // Few different values: ties are the rule.
  test.prop([fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 200, size: 'max' })])(
    'equals counting the smaller and half of the equal ones',
    (values) => {
      const ranks = new Percentiles(Float64Array.from(values));
      for (const value of values) {
        const smaller = values.filter((other) => other < value).length;
        const equal = values.filter((other) => other === value).length;
        expect(ranks.rank(value)).toBeCloseTo((100 * (smaller + (equal - 1) / 2)) / (values.length - 1), 10);
      }
    },
  );

  // Heavy tails, tiny distances and no distance at all: wherever a value is looked for, its place is the same.
  const wild = fc.oneof(
    fc.double({ noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(0, -0, 1, 1 + Number.EPSILON, 1e308, -1e308, Number.POSITIVE_INFINITY, Number.MIN_VALUE),
  );
  test.prop([fc.array(wild, { minLength: 2, maxLength: 300, size: 'max' })])(
    'finds each value among others of any size',
    (values) => {
      const ranks = new Percentiles(Float64Array.from(values));
      for (const value of values) {
        const smaller = values.filter((other) => other < value).length;
        const equal = values.filter((other) => other === value).length;
        // In the order of operations of the definition: the same bits.
        const rank = (smaller + (smaller + equal - 1)) / 2;
        expect(ranks.rank(value)).toBe((100 * rank) / (values.length - 1));
      }
    },
  );
});
