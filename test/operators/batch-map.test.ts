import { from, lastValueFrom, Subject, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batchMap } from '../../src/operators/batch-map.ts';

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('batchMap', () => {
  it('maps every item once, in order, in batches of at most the size', async () => {
    const sizes: number[] = [];
    const items = Array.from({ length: 1000 }, (_, index) => index);
    const double = batchMap<number, number>(
      async (batch) => {
        sizes.push(batch.length);
        return batch.map((item) => item * 2);
      },
      { size: 64 },
    );
    expect(await lastValueFrom(from(items).pipe(double, toArray()))).toEqual(items.map((item) => item * 2));
    expect(Math.max(...sizes)).toBe(64);
  });

  it('does not wait for a batch to fill up', async () => {
    const input = new Subject<number>();
    const output: number[] = [];
    input.pipe(batchMap(async (batch) => batch, { size: 100 })).subscribe((item) => output.push(item));
    input.next(1);
    input.next(2);
    await turn();
    expect(output).toEqual([1, 2]);
  });

  it('keeps at most the given number of batches under way, and gathers meanwhile', async () => {
    const input = new Subject<number>();
    const underWay: { batch: readonly number[]; finish: () => void }[] = [];
    const output: number[] = [];
    input
      .pipe(
        batchMap(
          (batch: readonly number[]) =>
            new Promise<readonly number[]>((resolve) =>
              underWay.push({ batch, finish: () => resolve(batch) }),
            ),
          { size: 3, parallel: 2 },
        ),
      )
      .subscribe((item) => output.push(item));
    for (let item = 0; item < 10; item++) input.next(item);
    await turn();
    expect(underWay.map(({ batch }) => batch)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    underWay[1]!.finish();
    await turn();
    expect(output).toEqual([3, 4, 5]);
    expect(underWay[2]!.batch).toEqual([6, 7, 8]);
  });

  it('completes an empty stream', async () => {
    expect(
      await lastValueFrom(
        from([]).pipe(
          batchMap(async (batch) => batch),
          toArray(),
        ),
      ),
    ).toEqual([]);
  });

  it('ends the stream when a batch rejects', async () => {
    const failing = batchMap(async () => {
      throw new Error('no thread');
    });
    await expect(lastValueFrom(from([1]).pipe(failing))).rejects.toThrow('no thread');
  });
});
