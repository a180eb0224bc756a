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

  it('counts what is inside and what has passed', () => {
    const clock = new StageClock();
    for (const by of [1, 1, -1, 1, -1] as const) clock.move('fetch', by);
    clock.move('score', 1);
    expect(clock.figures()).toEqual([
      { stage: 'fetch', inside: 1, passed: 2, seconds: expect.any(Number) },
      { stage: 'score', inside: 1, passed: 0, seconds: expect.any(Number) },
    ]);
  });

  it('names stages in the order in which they were first entered', () => {
    const clock = new StageClock();
    clock.move('fetch', 1);
    clock.move('cache', 1);
    clock.move('fetch', -1);
    expect(Object.keys(clock.seconds())).toEqual(['fetch', 'cache']);
  });

  it('tells of every move, at the times that it counts by', () => {
    const moves: [stage: string, inside: number, at: number][] = [];
    const clock = new StageClock((...move) => moves.push(move));
    clock.move('fetch', 1);
    clock.move('fetch', 1);
    pass();
    clock.move('fetch', -1);
    clock.move('fetch', -1);
    expect(moves.map(([stage, inside]) => [stage, inside])).toEqual([
      ['fetch', 1],
      ['fetch', 2],
      ['fetch', 1],
      ['fetch', 0],
    ]);
    expect(clock.seconds().fetch).toBe((moves[3]![2] - moves[0]![2]) / 1000);
  });
});
