import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { batchesOf } from '../../src/cache/batches.ts';

test.prop([
  fc.array(fc.nat({ max: 50 }), { maxLength: 100, size: 'max' }),
  fc.integer({ min: 1, max: 20 }),
  fc.integer({ min: 1, max: 200 }),
])('batches are the list in order, none too large and none smaller than it must be', (list, count, size) => {
  const batches = batchesOf(list, { count, size }, (item) => item);
  expect(batches.flatMap(({ items }) => items)).toEqual(list);
  const sum = (items: readonly number[]) => items.reduce((total, item) => total + item, 0);
  for (const [index, { start, items }] of batches.entries()) {
    expect(list.slice(start, start + items.length)).toEqual(items);
    expect(items.length).toBeLessThanOrEqual(count);
    if (items.length > 1) expect(sum(items)).toBeLessThanOrEqual(size);
    const next = batches[index + 1]?.items[0];
    if (next !== undefined) expect(items.length === count || sum(items) + next > size).toBe(true);
  }
});

it('an item that is too large for a batch has one to itself', () => {
  expect(batchesOf([1, 99, 1], { count: 9, size: 10 }, (item) => item).map(({ items }) => items)).toEqual([
    [1],
    [99],
    [1],
  ]);
});
