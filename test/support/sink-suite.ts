import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LostGroundError } from '../../src/errors.ts';
import type { Ranking, Sink } from '../../src/types.ts';
import { createRanking, createUnfinishedRanking } from './rankings.ts';

/** One sink on a fresh place, and the other side's view of the place. */
export interface SinkFixture {
  readonly sink: Sink;
  /** What is there now, as the reader of the format understands it; `undefined` where nothing is. */
  read(): Promise<unknown>;
  /** What `read` should give once a ranking is published. */
  expected(ranking: Ranking): unknown;
  /** A sink of the same kind that cannot be opened, and what its message must say. */
  readonly broken?: { readonly sink: Sink; readonly says: RegExp };
  /** Whether publishing again replaces what is there (a file) or goes on behind it. */
  readonly replaces: boolean;
  cleanUp(): Promise<void>;
}

/** What every sink must do. */
export function describeSink(title: string, start: () => Promise<SinkFixture>): void {
  describe(title, () => {
    let fixture: SinkFixture;
    beforeEach(async () => {
      fixture = await start();
    });
    afterEach(async () => {
      await fixture.sink.close();
      await fixture.cleanUp();
    });

    it.each([0, 1, 3, 10_000])('reads back a ranking of %i rows as it was published', async (count) => {
      const { sink, read, expected } = fixture;
      const ranking = createRanking(count);
      await sink.open();
      await sink.publish(ranking);
      await sink.close();
      expect(await read()).toStrictEqual(expected(ranking));
    });

    it('publishes again', async () => {
      const { sink, read, expected, replaces } = fixture;
      await sink.open();
      await sink.publish(createRanking(2, { scan: 'first' }));
      const before = await read();
      await sink.publish(createRanking(1, { scan: 'second' }));
      const second = expected(createRanking(1, { scan: 'second' }));
      expect(await read()).toStrictEqual(replaces ? second : [before, second].flat());
    });

    it('leaves what it would replace where nothing of a scan was finished', async () => {
      const { sink, read, expected, replaces } = fixture;
      await sink.open();
      await sink.publish(createRanking(2));
      const before = await read();
      const unfinished = createUnfinishedRanking();
      await sink.publish(unfinished);
      await sink.close();
      // A format may have nothing to say of no rows.
      const behind = [before, expected(unfinished) ?? []].flat();
      expect(await read()).toStrictEqual(replaces ? before : behind);
    });

    it('leaves nothing where it is closed before it publishes', async () => {
      const { sink, read } = fixture;
      await sink.open();
      await sink.close();
      expect(await read()).toBeUndefined();
    });

    it('leaves no rows that look complete where the rows break off', async () => {
      const { sink, read, expected } = fixture;
      const whole = createRanking(5000);
      const failure = new Error('no more rows');
      const rows = {
        *[Symbol.iterator]() {
          for (const row of whole.rows) {
            if (row.rank > 4000) throw failure;
            yield row;
          }
        },
      };
      await sink.open();
      await expect(sink.publish({ ...whole, rows })).rejects.toBe(failure);
      await sink.close();
      expect(await read()).not.toStrictEqual(expected({ ...whole, rows: [...whole.rows].slice(0, 4000) }));
    });

    it('can be closed twice, and without having been opened', async () => {
      const { sink } = fixture;
      await sink.close();
      await sink.open();
      await sink.close();
      await expect(sink.close()).resolves.toBeUndefined();
    });

    it('says at opening what is wrong and what helps', async ({ skip }) => {
      const { broken } = fixture;
      if (broken === undefined) return skip('it cannot be broken');
      const error = await broken.sink.open().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(LostGroundError);
      expect((error as Error).message).toMatch(broken.says);
      await broken.sink.close();
    });
  });
}
