import { describe, expect, it } from 'vitest';
import { Breaker } from '../../src/cache/breaker.ts';

function breaker() {
  const clock = { ms: 5 };
  return { clock, breaker: new Breaker({ failures: 3, coolDownMs: 100, now: () => clock.ms }) };
}

describe('breaker', () => {
  it('opens after failures in a row, and not after as many with a success between', () => {
    const { breaker: it } = breaker();
    it.fail();
    it.fail();
    it.succeed();
    it.fail();
    it.fail();
    expect([it.isOpen, it.pass(), it.pass()]).toEqual([false, true, true]);
    it.fail();
    expect([it.isOpen, it.pass()]).toEqual([true, false]);
  });

  it('lets one try pass after the cool-down, whose success closes it', () => {
    const { breaker: it, clock } = breaker();
    for (let time = 0; time < 3; time++) it.fail();
    clock.ms += 99;
    expect(it.pass()).toBe(false);
    clock.ms += 1;
    expect([it.pass(), it.pass(), it.isOpen]).toEqual([true, false, true]);
    it.succeed();
    expect([it.pass(), it.pass(), it.isOpen]).toEqual([true, true, false]);
  });

  it('stays open for another cool-down where the try fails, or is never heard of', () => {
    const { breaker: it, clock } = breaker();
    for (let time = 0; time < 3; time++) it.fail();
    clock.ms += 100;
    expect(it.pass()).toBe(true);
    clock.ms += 50;
    it.fail();
    clock.ms += 99;
    expect(it.pass()).toBe(false);
    clock.ms += 1;
    expect(it.pass()).toBe(true);
    clock.ms += 99;
    expect(it.pass()).toBe(false);
    clock.ms += 1;
    expect(it.pass()).toBe(true);
  });
});
