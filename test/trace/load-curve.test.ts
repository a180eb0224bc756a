import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { LoadCurve } from '../../src/trace/load-curve.ts';

describe('LoadCurve', () => {
  it('divides what was added between two readings evenly', () => {
    const curve = new LoadCurve();
    curve.read(10, 100);
    curve.read(20, 110);
    curve.read(40, 110);
    expect(curve.between(10, 20)).toBe(10);
    expect(curve.between(12, 17)).toBe(5);
    expect(curve.between(15, 30)).toBe(5);
    expect(curve.between(20, 40)).toBe(0);
  });

  it('adds nothing outside of its readings', () => {
    const curve = new LoadCurve();
    expect(curve.between(0, 100)).toBe(0);
    curve.read(10, 7);
    curve.read(20, 12);
    expect(curve.between(0, 100)).toBe(5);
    expect(curve.between(-5, 10)).toBe(0);
    expect(curve.between(20, 90)).toBe(0);
  });

  it('takes what came at one moment as a step', () => {
    const curve = new LoadCurve();
    curve.read(10, 0);
    curve.read(10, 4);
    curve.read(20, 4);
    expect(curve.between(9, 15)).toBe(4);
    expect([...curve.rates()]).toEqual([[20, 0]]);
  });

  test.prop([
    fc.array(fc.tuple(fc.nat(5), fc.nat(9)), { minLength: 1, maxLength: 60, size: 'max' }),
    fc.array(fc.integer({ min: -10, max: 400 }), { minLength: 3, maxLength: 3 }),
  ])('adds up, however the time is cut', (steps, cuts) => {
    const curve = new LoadCurve();
    let [at, sum] = [0, 0];
    for (const [ms, more] of steps) {
      at += ms;
      sum += more;
      curve.read(at, sum);
    }
    const [a, b, c] = cuts.sort((x, y) => x - y) as [number, number, number];
    expect(curve.between(a, b) + curve.between(b, c)).toBeCloseTo(curve.between(a, c), 9);
    expect(curve.between(a, b)).toBeGreaterThanOrEqual(0);
  });
});
