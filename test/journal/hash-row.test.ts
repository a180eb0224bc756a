import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { hashRow } from '../../src/journal/hash-row.ts';

const number = fc.double();
const numbers = fc.array(number, { minLength: 1, maxLength: 80, size: 'max' });

describe('the hash of a row', () => {
  test.prop([numbers, fc.nat(9)])('is the same wherever the row stands', (values, before) => {
    const block = new Float64Array(before + values.length + 3).fill(7);
    block.set(values, before);
    const hash = hashRow(block.subarray(before, before + values.length));
    expect(hash).toBe(hashRow(Float64Array.from(values)));
    expect(Number.isSafeInteger(hash) && hash >= 0).toBe(true);
  });

  test.prop([numbers, fc.nat(79), number])('is another one where a number is', (values, at, other) => {
    const row = Float64Array.from(values);
    const changed = row.with(at % row.length, other);
    expect(hashRow(changed) === hashRow(row)).toBe(Object.is(changed[at % row.length], row[at % row.length]));
  });

  it('takes every NaN for the same', () => {
    const row = new Float64Array(3);
    const bits = new BigUint64Array(row.buffer);
    const hashes = [0x7ff8000000000000n, 0xfff8000000000000n, 0x7ff800000000beefn].map((nan) => {
      bits[1] = nan;
      return hashRow(row);
    });
    expect(new Set(hashes).size).toBe(1);
    expect(hashes[0]).not.toBe(hashRow(new Float64Array(3)));
  });

  it('tells rows apart that have the same numbers in another order, or differ in one bit', () => {
    const row = Float64Array.from({ length: 72 }, (_, index) => index % 9);
    const bits = new BigUint64Array(row.buffer);
    const hashes = new Set([hashRow(row), hashRow(row.toReversed())]);
    for (let at = 0; at < row.length; at++) {
      for (let bit = 0n; bit < 52n; bit++) {
        bits[at]! ^= 1n << bit;
        hashes.add(hashRow(row));
        bits[at]! ^= 1n << bit;
      }
    }
    expect(hashes.size).toBe(2 + 72 * 52);
  });
});
