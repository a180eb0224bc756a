import { describe, expect, it } from 'vitest';
import { Random } from '../../src/simulator/random.ts';
import { SHOCKS } from '../../src/simulator/shocks.ts';

describe('Random', () => {
  it('repeats its sequence for the same seed and text, and for no other', () => {
    const draw = (seed: number, text: string) => {
      const random = new Random(seed, text);
      return Array.from({ length: 8 }, () => random.uint32());
    };
    expect(draw(1, 'SPY')).toEqual(draw(1, 'SPY'));
    expect(draw(2, 'SPY')).not.toEqual(draw(1, 'SPY'));
    expect(draw(1, 'SPX')).not.toEqual(draw(1, 'SPY'));
  });

  it('tells a million texts apart', () => {
    const first = new Set<number>();
    for (let index = 0; index < 1_000_000; index++) {
      const random = new Random(1, `symbol ${index}`);
      first.add(random.uint32() * 2 ** 20 + (random.uint32() >>> 12));
    }
    // Of 2⁵² values, two among a million agree with a chance of 1 in 9,000.
    expect(first.size).toBe(1_000_000);
  });

  it('spreads evenly from 0 to 1', () => {
    const random = new Random(1, 'even');
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 100_000; draw++) counts[Math.floor(random.uniform() * 10)]!++;
    // Six standard deviations of a count.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(570);
  });

  it('draws normal numbers with mean 0 and deviation 1', () => {
    const random = new Random(1, 'normal');
    let sum = 0;
    let squares = 0;
    for (let draw = 0; draw < 100_000; draw++) {
      const value = random.normal();
      sum += value;
      squares += value * value;
    }
    expect(sum / 100_000).toBeCloseTo(0, 1);
    expect(squares / 100_000).toBeCloseTo(1, 1);
  });
});

describe('SHOCKS', () => {
  it('has the quantiles of Student’s t with 4 degrees of freedom, over √2', () => {
    // 97.5 % quantile of t(4) from any table: 2.776.
    const at = (p: number) => SHOCKS[Math.floor(p * SHOCKS.length)]! * Math.SQRT2;
    expect(at(0.975)).toBeCloseTo(2.776, 1);
    expect(at(0.95)).toBeCloseTo(2.132, 1);
    expect(at(0.025)).toBeCloseTo(-2.776, 1);
  });

  it('is symmetric', () => {
    for (let index = 0; index < SHOCKS.length; index++) {
      expect(SHOCKS[index]!).toBeCloseTo(-SHOCKS[SHOCKS.length - 1 - index]!, 9);
    }
  });
});
