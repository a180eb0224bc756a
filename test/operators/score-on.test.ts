import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { LostGroundError, ScanError } from '../../src/errors.ts';
import { scoreOn } from '../../src/operators/score-on.ts';
import { Stop } from '../../src/state/stop.ts';
import type { Payload, Scorer, Traveller } from '../../src/types.ts';
import { CLASSIC_WEIGHTS } from '../../src/workers/classic.ts';
import { createInPlaceScorer } from '../../src/workers/in-place.ts';
import { entryOf } from '../support/entries.ts';
import { seriesOf } from '../support/series.ts';

const history = { from: 17_000, to: 17_100, bars: 50 };
const inPlace = createInPlaceScorer({ history, weights: CLASSIC_WEIGHTS });
const payload: Payload = {
  format: 'polygon-aggregates',
  pages: [new TextEncoder().encode('{"status":"OK","ticker":"B"}')],
};
const cached = { kind: 'cached', entry: entryOf('A', 1), series: seriesOf({ bars: 30 }) } as const;
const fetched = { kind: 'fetched', entry: entryOf('B', 2), payload } as const;
const foreign = { kind: 'fetched', entry: entryOf('C', 3), payload } as const;

async function score(scorer: Scorer, stop = new Stop(), batch = 128): Promise<Traveller[]> {
  return lastValueFrom(from([cached, fetched, foreign]).pipe(scoreOn(scorer, { stop, batch }), toArray()));
}

describe('scoreOn', () => {
  it('scores series and bodies, and hands on the series of a body only', async () => {
    const [a, b] = await score(inPlace);
    expect(a).toEqual({ kind: 'scored', entry: cached.entry, row: expect.any(Float64Array) });
    expect(b).toMatchObject({ kind: 'fresh', entry: fetched.entry, series: expect.any(Uint8Array) });
  });

  it('makes the failure of a symbol its outcome', async () => {
    const [, , c] = await score(inPlace);
    expect(c).toEqual({ kind: 'failed', entry: foreign.entry, error: expect.any(ScanError) });
    expect(c).toMatchObject({ error: { code: 'wrong-symbol', stage: 'decode' } });
  });

  it('gives the same in batches of one', async () => {
    expect(await score(inPlace, new Stop(), 1)).toEqual(await score(inPlace));
  });

  it('keeps as many batches under way as the scorer wants', async () => {
    let underWay = 0;
    let most = 0;
    const scorer: Scorer = {
      ...inPlace,
      parallel: 2,
      async score(jobs) {
        most = Math.max(most, ++underWay);
        await new Promise(setImmediate);
        underWay--;
        return inPlace.score(jobs);
      },
    };
    expect(await score(scorer, new Stop(), 1)).toHaveLength(3);
    expect(most).toBe(2);
  });

  it.each([
    ['rejects', async () => Promise.reject(new LostGroundError('no thread'))],
    [
      'throws',
      () => {
        throw new LostGroundError('no thread');
      },
    ],
  ])('stops the scan where the scorer %s, and skips the batch', async (_, failing) => {
    const stop = new Stop();
    const skipped = [cached, fetched, foreign].map(({ entry }) => ({
      kind: 'skipped',
      entry,
      reason: 'ground-lost',
    }));
    expect(await score({ ...inPlace, score: failing }, stop)).toEqual(skipped);
    expect([stop.reason, stop.cause]).toEqual(['ground-lost', new LostGroundError('no thread')]);
  });

  it('stops the scan where the scorer answers too few', async () => {
    const stop = new Stop();
    expect(await score({ ...inPlace, score: async () => [] }, stop)).toHaveLength(3);
    expect(stop.reason).toBe('ground-lost');
  });
});
