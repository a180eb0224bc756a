import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../src/simulator/token-bucket.ts';

describe('TokenBucket', () => {
  it('gives a burst, then one at a time, and says how long to wait', () => {
    let now = 0;
    const bucket = new TokenBucket(2, () => now);
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 500]);
    now = 400;
    expect(bucket.take()).toBeCloseTo(100, 9);
    now = 501;
    expect(bucket.take()).toBe(0);
  });

  it('gives one at a time below one a second', () => {
    let now = 0;
    const bucket = new TokenBucket(0.1, () => now);
    expect([bucket.take(), bucket.take()]).toEqual([0, 10_000]);
    now = 10_001;
    expect(bucket.take()).toBe(0);
  });

  it('says how much is left, and when it is full again', () => {
    let now = 0;
    const bucket = new TokenBucket(4, () => now);
    expect(bucket.state()).toEqual({ limit: 4, remaining: 4, msToFull: 0 });
    bucket.take();
    expect(bucket.state()).toEqual({ limit: 4, remaining: 3, msToFull: 250 });
    now = 125;
    expect(bucket.state()).toMatchObject({ remaining: 3, msToFull: 125 });
    now = 1000;
    expect(bucket.state()).toMatchObject({ remaining: 4, msToFull: 0 });
  });

  test.prop([
    fc.integer({ min: 1, max: 100 }),
    fc.array(fc.integer({ min: 0, max: 300 }), { size: 'max', maxLength: 500 }),
  ])('never gives more than the burst and the rate allow', (perSecond, pauses) => {
    let now = 0;
    let given = 0;
    const bucket = new TokenBucket(perSecond, () => now);
    for (const pause of pauses) {
      now += pause;
      if (bucket.take() === 0) given++;
      expect(given).toBeLessThanOrEqual(perSecond + (perSecond * now) / 1000 + 1e-6);
    }
  });
});
