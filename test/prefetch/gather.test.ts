import { setTimeout as sleep } from 'node:timers/promises';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { gather } from '../../src/prefetch/gather.ts';

async function* given<T>(batches: readonly (readonly T[])[]): AsyncGenerator<readonly T[]> {
  yield* batches;
}

async function all<T>(groups: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const group of groups) found.push(group);
  return found;
}

describe('gather', () => {
  test.prop([
    fc.array(fc.array(fc.integer(), { maxLength: 9 }), { maxLength: 30 }),
    fc.integer({ min: 1, max: 40 }),
  ])('loses nothing, keeps the order, and ends a group as soon as it is full', async (batches, most) => {
    const groups = await all(gather(given(batches), { most, idleMs: 1000 }));
    expect(groups.flat()).toEqual(batches.flat());
    for (const group of groups.slice(0, -1)) {
      expect(group.length).toBeGreaterThanOrEqual(most);
      expect(group.length).toBeLessThan(most + 9);
    }
  });

  it('lets go of what has come when no more comes', async () => {
    const ending = Promise.withResolvers<void>();
    async function* slow() {
      yield ['A', 'B'];
      await ending.promise;
      yield ['C'];
    }
    const groups = gather(slow(), { most: 100, idleMs: 5 });
    expect((await groups.next()).value).toEqual(['A', 'B']);
    ending.resolve();
    expect((await groups.next()).value).toEqual(['C']);
    expect((await groups.next()).done).toBe(true);
  });

  it('joins what comes in small pieces', async () => {
    async function* pieces() {
      for (const symbol of ['A', 'B', 'C']) {
        await sleep(1);
        yield [symbol];
      }
    }
    expect(await all(gather(pieces(), { most: 100, idleMs: 5000 }))).toEqual([['A', 'B', 'C']]);
  });

  it('hands over what came before a failure, then fails', async () => {
    async function* failing() {
      yield ['A'];
      throw new Error('the pipe broke');
    }
    const groups = gather(failing(), { most: 100, idleMs: 1000 });
    expect((await groups.next()).value).toEqual(['A']);
    await expect(groups.next()).rejects.toThrow('the pipe broke');
  });

  it('closes the input when nobody wants more', async () => {
    let closed = false;
    async function* endless() {
      try {
        while (true) yield ['A'];
      } finally {
        closed = true;
      }
    }
    for await (const group of gather(endless(), { most: 2, idleMs: 1000 })) {
      expect(group).toEqual(['A', 'A']);
      break;
    }
    expect(closed).toBe(true);
  });
});
