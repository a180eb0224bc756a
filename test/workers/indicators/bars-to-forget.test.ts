import { describe, expect, it } from 'vitest';
import { barsToForget } from '../../../src/workers/indicators/bars-to-forget.ts';

describe('barsToForget', () => {
  it.each([0.5, 2 / 21, 1 / 14, 2 / 201])(
    'is the first bar with 1e-9 left of an average of share %d',
    (share) => {
      const bars = barsToForget(share);
      expect((1 - share) ** bars).toBeLessThanOrEqual(1e-9);
      expect((1 - share) ** (bars - 1)).toBeGreaterThan(1e-9);
    },
  );

  it('adds what an average takes over from the one before it', () => {
    // Of two equal averages, (1 + bars · share) · (1 − share)^bars is left.
    const bars = barsToForget(0.1, 0.1);
    const left = (count: number) => (1 + count * 0.1) * 0.9 ** count;
    expect(left(bars)).toBeLessThanOrEqual(1e-9);
    expect(left(bars - 1)).toBeGreaterThan(1e-9);
    expect(bars).toBeGreaterThan(barsToForget(0.1));
  });

  it('forgets at once what takes all of the newest value', () => {
    expect(barsToForget(1)).toBe(1);
  });
});
