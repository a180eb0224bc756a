import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { LONGEST_NUMBER, writeInteger, writeNumber, writeTicks } from '../../src/simulator/json-numbers.ts';

function written(write: (out: DataView, at: number, value: number) => number, value: number): string {
  const bytes = Buffer.alloc(LONGEST_NUMBER);
  return bytes.toString('latin1', 0, write(new DataView(bytes.buffer), 0, value));
}

describe('writeNumber', () => {
  test.prop([fc.double({ noNaN: true, noDefaultInfinity: true })], { numRuns: 2000 })(
    'writes any number as JSON.stringify does',
    (value) => {
      expect(written(writeNumber, value)).toBe(JSON.stringify(value));
    },
  );

  test.prop([fc.integer({ min: 0, max: 2 ** 40 }), fc.integer({ min: 0, max: 6 })], { numRuns: 5000 })(
    'writes decimals as JSON.stringify does',
    (digits, decimals) => {
      const value = digits / 10 ** decimals;
      expect(written(writeNumber, value)).toBe(JSON.stringify(value));
    },
  );

  test.prop([fc.integer({ min: 0, max: 30_000_000 }), fc.integer({ min: -3, max: 3 })], { numRuns: 5000 })(
    'tells a price from its neighbours among the floats',
    (cents, steps) => {
      const bits = new Float64Array([cents / 100]);
      new BigInt64Array(bits.buffer)[0]! += BigInt(Math.max(steps, cents === 0 ? 0 : steps));
      expect(written(writeNumber, bits[0]!)).toBe(JSON.stringify(bits[0]!));
    },
  );

  it.each([0, -0, 1, 0.01, 0.1, 0.0001, 0.00005, 9.999, 199_999.99, 200_000.01, 1e21, 5e-324, -1.5])(
    'writes %d',
    (value) => {
      expect(written(writeNumber, value)).toBe(JSON.stringify(value));
    },
  );
});

describe('writeInteger', () => {
  test.prop([fc.maxSafeNat()], { numRuns: 2000 })('writes any integer', (value) => {
    expect(written(writeInteger, value)).toBe(String(value));
  });

  test.prop([fc.integer({ min: 0, max: 15 }), fc.integer({ min: -1, max: 1 })])(
    'writes the integers around powers of ten',
    (power, step) => {
      const value = Math.max(0, 10 ** power + step);
      expect(written(writeInteger, value)).toBe(String(value));
    },
  );
});

describe('writeTicks', () => {
  test.prop([fc.integer({ min: 0, max: 2 ** 31 - 1 })], { numRuns: 2000 })('writes dollars', (ticks) => {
    expect(written(writeTicks, ticks)).toBe(JSON.stringify(ticks / 10_000));
  });
});
