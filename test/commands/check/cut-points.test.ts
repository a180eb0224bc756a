import { expect, it } from 'vitest';
import { cutPoints } from '../../../src/commands/check/cut-points.ts';

it('cuts behind every k-th bar, and behind the newest ones but the last', () => {
  expect(cutPoints(23, { every: 10, last: 3 })).toStrictEqual([10, 20, 21, 22]);
  expect(cutPoints(21, { every: 10, last: 0 })).toStrictEqual([10, 20]);
  expect(cutPoints(45)).toStrictEqual([20, 40, 41, 42, 43, 44]);
});

it('cuts a short series behind each bar but the last, and one bar not at all', () => {
  expect(cutPoints(4)).toStrictEqual([1, 2, 3]);
  expect(cutPoints(4, { every: 1, last: 0 })).toStrictEqual([1, 2, 3]);
  expect(cutPoints(1)).toStrictEqual([]);
  expect(cutPoints(0)).toStrictEqual([]);
});
