import { describe, expect, it } from 'vitest';
import { admit } from '../../src/operators/admit.ts';
import { Credits } from '../../src/state/credits.ts';

/** Batches of ten numbers, and how many batches have been pulled. */
function numbers(batches: number) {
  const pulled = { batches: 0 };
  async function* generate() {
    for (let batch = 0; batch < batches; batch++) {
      pulled.batches++;
      yield Array.from({ length: 10 }, (_, index) => batch * 10 + index);
    }
  }
  return { pulled, source: generate() };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('admit', () => {
  it('lets as many in as there are credits, and pulls no further', async () => {
    const { pulled, source } = numbers(1000);
    const credits = new Credits(25);
    const inside: number[] = [];
    const subscription = admit(source, credits).subscribe((item) => inside.push(item));
    await turn();
    expect(inside).toHaveLength(25);
    expect(pulled.batches).toBe(3);

    credits.give(7);
    await turn();
    expect(inside).toHaveLength(32);
    expect(pulled.batches).toBe(4);
    subscription.unsubscribe();
  });

  it('emits everything in order when credits come back, and completes', async () => {
    const { source } = numbers(50);
    const credits = new Credits(3);
    const inside: number[] = [];
    await new Promise<void>((resolve, reject) => {
      admit(source, credits).subscribe({
        next: (item) => {
          inside.push(item);
          setImmediate(() => credits.give(1));
        },
        error: reject,
        complete: resolve,
      });
    });
    expect(inside).toEqual(Array.from({ length: 500 }, (_, index) => index));
  });

  it('ends the stream with the error of the source', async () => {
    async function* failing() {
      yield [1];
      throw new Error('the pipe broke');
    }
    const error = await new Promise((resolve) => {
      admit(failing(), new Credits(10)).subscribe({ error: resolve });
    });
    expect(error).toEqual(new Error('the pipe broke'));
  });

  it('refuses credits that were never taken', () => {
    expect(() => new Credits(2).give(1)).toThrow('More credits came back');
  });
});
