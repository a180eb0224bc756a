import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { backOffMs } from '../../src/sinks/back-off.ts';

describe('backOffMs', () => {
  it('doubles up to its cap', () => {
    const options = { baseMs: 100, capMs: 1000, random: () => 0.5 };
    const waits = [0, 1, 2, 3, 4, 5, 6, 5000].map((failures) => backOffMs(failures, options));
    expect(waits).toEqual([0, 100, 200, 400, 800, 1000, 1000, 1000]);
  });

  test.prop([fc.integer({ min: 1, max: 6 }), fc.double({ min: 0, max: 1, noNaN: true })])(
    'gives or takes a quarter',
    (failures, chance) => {
      const options = { baseMs: 100, capMs: 1e6 };
      const mean = backOffMs(failures, { ...options, random: () => 0.5 });
      const wait = backOffMs(failures, { ...options, random: () => chance });
      expect(Math.abs(wait - mean)).toBeLessThanOrEqual(mean / 4);
      expect(wait === mean).toBe(chance === 0.5);
    },
  );
});
