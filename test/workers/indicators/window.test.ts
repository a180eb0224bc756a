import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { Window } from '../../../src/workers/indicators/window.ts';

const values = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { maxLength: 60, size: 'max' });

describe('Window', () => {
  test.prop([values, fc.integer({ min: 1, max: 9 })])(
    'holds the last n values, oldest first',
    (pushed, length) => {
      const window = new Window(length);
      pushed.forEach((value, index) => {
        expect(window.push(value)).toBe(index >= length - 1);
        if (index >= length - 1) {
          expect([...window.values.subarray(window.start, window.start + length)]).toStrictEqual(
            pushed.slice(index - length + 1, index + 1),
          );
        }
      });
    },
  );

  test.prop([values.filter(({ length }) => length > 0)])(
    'adds, averages and squares what it holds',
    (held) => {
      const window = new Window(held.length);
      for (const value of held) window.push(value);
      const sum = held.reduce((total, value) => total + value, 0);
      const mean = sum / held.length;
      expect(window.sum()).toBe(sum);
      expect(window.mean()).toBeCloseTo(mean, 9);
      expect(window.squares(mean)).toBeCloseTo(
        held.reduce((total, value) => total + (value - mean) ** 2, 0),
        9,
      );
    },
  );
});
