import { fc, it } from '@fast-check/vitest';
import { describe, expect, it as plain } from 'vitest';
import { checkSignal } from '../../../src/commands/explain/signals.ts';
import { COLUMN, ROW_WIDTH, signalOf } from '../../../src/features.ts';

const score = fc.oneof(fc.constantFrom(-22, -16, 0, 16, 22), fc.double({ min: -30, max: 30, noNaN: true }));
const subscore = fc.integer({ min: -3, max: 3 });

describe('checkSignal', () => {
  it.prop([score, subscore, subscore], { numRuns: 1000 })(
    'finds the signal of the row, and why it is not a stronger one',
    (rating, trend, momentum) => {
      const row = new Float64Array(ROW_WIDTH);
      Object.assign(row, {
        [COLUMN.rating]: rating,
        [COLUMN.trend]: trend,
        [COLUMN.momentum]: momentum,
      });
      const signal = signalOf(row);
      const checked = checkSignal({ rating, trend, momentum });
      const met = checked.filter(({ checks }) => checks.every(({ holds }) => holds));
      expect(met.map((one) => one.signal)).toEqual(signal === 'Avoid' ? [] : [signal]);
      expect(checked.length - met.length).toBe(signal.startsWith('Strong') ? 0 : 1);
      for (const { holds, missing } of checked.flatMap(({ checks }) => checks)) {
        expect(holds).toBe(missing === 0);
      }
    },
  );

  plain('says by how much a bound is missed', () => {
    expect(checkSignal({ rating: 18.5, trend: 1, momentum: 3 })).toEqual([
      {
        signal: 'Strong Long',
        checks: [
          { input: 'rating', bound: 22, value: 18.5, holds: false, missing: 3.5 },
          { input: 'trend', bound: 2, value: 1, holds: false, missing: 1 },
          { input: 'momentum', bound: 1, value: 3, holds: true, missing: 0 },
        ],
      },
      {
        signal: 'Long',
        checks: [
          { input: 'rating', bound: 16, value: 18.5, holds: true, missing: 0 },
          { input: 'trend', bound: 1, value: 1, holds: true, missing: 0 },
        ],
      },
    ]);
    expect(checkSignal({ rating: -10, trend: 0, momentum: -2 })).toMatchObject([
      {
        signal: 'Short',
        checks: [
          { bound: -16, missing: 6 },
          { bound: -1, missing: 1 },
        ],
      },
    ]);
    expect(checkSignal({ rating: null, trend: 0, momentum: 1 })[0]!.checks[0]).toEqual({
      input: 'rating',
      bound: 16,
      value: null,
      holds: false,
      missing: null,
    });
  });
});
