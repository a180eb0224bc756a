import { from, lastValueFrom, map, mergeMap, Subject, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { observeStage } from '../../src/operators/observe-stage.ts';
import { StageClock } from '../../src/state/stage-clock.ts';

/** Counts moves, and is otherwise the clock. */
class CountingClock extends StageClock {
  readonly moves: string[] = [];

  override move(name: string, by: 1 | -1): void {
    super.move(name, by);
    this.moves.push(`${name} ${by}`);
  }
}

it('counts each item in before the stage and out after it, and changes none', async () => {
  const clock = new CountingClock();
  const doubled = observeStage(clock)(
    'doubling',
    mergeMap(async (item: number) => item * 2),
  );
  expect(await lastValueFrom(from([1, 2]).pipe(doubled, toArray()))).toEqual([2, 4]);
  expect(clock.moves).toEqual(['doubling 1', 'doubling 1', 'doubling -1', 'doubling -1']);
});

it('lets the failure of the stage pass', async () => {
  const failing = observeStage(new StageClock())(
    'failing',
    map((): number => {
      throw new Error('it broke');
    }),
  );
  await expect(lastValueFrom(from([1]).pipe(failing))).rejects.toThrow('it broke');
});

it('has a stage busy while something is inside', () => {
  const clock = new StageClock();
  const held = new Subject<number>();
  const stage = observeStage(clock)(
    'holding',
    mergeMap((_: number) => held),
  );
  from([1]).pipe(stage).subscribe();
  const first = clock.seconds().holding!;
  const since = performance.now();
  while (performance.now() - since < 3);
  const second = clock.seconds().holding!;
  expect(second).toBeGreaterThan(first);
  held.next(1);
  expect(clock.seconds().holding).toBe(clock.seconds().holding);
});
