import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { RateMeter } from '../../../src/daemon/status/rate-meter.ts';

describe('RateMeter', () => {
  it('begins with the rate since the start', () => {
    expect(new RateMeter(1000).look({ calls: 30 }, 4000)).toEqual({ calls: 10 });
  });

  it('tells the rate since the last look', () => {
    const meter = new RateMeter(0);
    meter.look({ calls: 100 }, 10_000);
    expect(meter.look({ calls: 150 }, 11_000)).toEqual({ calls: 50 });
    expect(meter.look({ calls: 150, stages: 8 }, 13_000)).toEqual({ calls: 0, stages: 4 });
  });

  it('has no rate of no time, nor of a clock that was set back', () => {
    const meter = new RateMeter(1000);
    expect(meter.look({ calls: 5 }, 1000)).toEqual({ calls: 0 });
    expect(meter.look({ calls: 5 }, 500)).toEqual({ calls: 0 });
  });

  test.prop({
    gaps: fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 60, size: 'max' }),
  })('tells a steady rate as it is, however often and by how many it is asked', ({ gaps }) => {
    const meter = new RateMeter(0);
    let now = 0;
    for (const gap of gaps) {
      now += gap;
      expect(meter.look({ steady: now / 4 }, now).steady).toBeCloseTo(250, 6);
    }
  });
});
