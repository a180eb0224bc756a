import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { SlidingMaximum } from '../../../src/workers/indicators/sliding-maximum.ts';

describe('SlidingMaximum', () => {
  test.prop([
    fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 200, size: 'max' }),
    fc.integer({ min: 1, max: 12 }),
  ])('is the greatest of the last n values, the latest of equal ones', (values, length) => {
    const sliding = new SlidingMaximum(length);
    values.forEach((value, bar) => {
      sliding.push(value);
      const window = values.slice(Math.max(0, bar - length + 1), bar + 1);
      const greatest = Math.max(...window);
      expect(sliding.value).toBe(greatest);
      expect(sliding.age).toBe(window.length - 1 - window.lastIndexOf(greatest));
    });
  });
});
