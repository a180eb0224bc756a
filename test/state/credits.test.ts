import { describe, expect, it } from 'vitest';
import { Credits } from '../../src/state/credits.ts';

describe('Credits', () => {
  it('are taken until the window is full, and again once they come back', () => {
    const credits = new Credits(2);
    expect([credits.take(), credits.take(), credits.take()]).toEqual([true, true, false]);
    expect(credits.inside).toBe(2);
    credits.give(1);
    expect(credits.inside).toBe(1);
    expect([credits.take(), credits.take()]).toEqual([true, false]);
  });

  it('wake who waits with the next one that comes back, once', async () => {
    const credits = new Credits(1);
    credits.take();
    let woken = 0;
    credits.returned().then(() => woken++);
    await Promise.resolve();
    expect(woken).toBe(0);
    credits.give(1);
    await Promise.resolve();
    expect(woken).toBe(1);
    credits.take();
    credits.give(1);
    await Promise.resolve();
    expect(woken).toBe(1);
  });

  it('refuse more than were taken', () => {
    const credits = new Credits(3);
    credits.take();
    expect(() => credits.give(2)).toThrow(RangeError);
  });
});
