import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { siblingKey } from '../../src/redis/sibling-key.ts';

/** What Redis hashes of a key, after its specification of clusters: between the first `{` and the first `}` after it. */
function hashed(key: string): string {
  const open = key.indexOf('{');
  const close = key.indexOf('}', open + 1);
  return open === -1 || close === -1 || close === open + 1 ? key : key.slice(open + 1, close);
}

describe('siblingKey', () => {
  it.each([
    ['scans', '{scans}:dead'],
    ['a{b}c', 'a{b}c:dead'],
    ['a{b', '{a{b}:dead'],
  ])('names that of %s', (key, expected) => {
    expect(siblingKey(key, 'dead')).toBe(expected);
  });

  const name = fc.string({ unit: fc.constantFrom(...'ab:{}'), minLength: 1, maxLength: 8, size: 'max' });
  test.prop([name])('is hashed as its key, unless that has a } and no part in braces', (key) => {
    fc.pre(!key.includes('}') || hashed(key) !== key);
    expect(hashed(siblingKey(key, 'dead'))).toBe(hashed(key));
  });
});
