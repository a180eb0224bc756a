import { describe, expect, it } from 'vitest';
import { StageClock } from '../../src/state/stage-clock.ts';

/** Keeps this thread until the clock has moved. */
function pass(): void {
  const start = performance.now();
  while (performance.now() === start);
}

describe('StageClock', () => {
  it('runs while anything is inside, and stands still while nothing is', () => {
    const clock = new StageClock();
    clock.move('fetch', 1);
    clock.move('fetch', 1);
    clock.move('fetch', -1);
    pass();
    const running = clock.seconds().fetch!;
    pass();
    expect(clock.seconds().fetch).toBeGreaterThan(running);
    clock.move('fetch', -1);
    const stopped = clock.seconds().fetch!;
    pass();
    expect(clock.seconds().fetch).toBe(stopped);
    clock.move('fetch', 1);
    pass();
    expect(clock.seconds().fetch).toBeGreaterThan(stopped);
  });

  it('names stages in the order in which they were first entered', () => {
    const clock = new StageClock();
    clock.move('fetch', 1);
    clock.move('cache', 1);
    clock.move('fetch', -1);
    expect(Object.keys(clock.seconds())).toEqual(['fetch', 'cache']);
  });
});
