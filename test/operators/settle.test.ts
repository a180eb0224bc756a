import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { CrossSection } from '../../src/cross-section/cross-section.ts';
import { LostGroundError, ScanError } from '../../src/errors.ts';
import { COLUMN, ROW_WIDTH } from '../../src/features.ts';
import { settle } from '../../src/operators/settle.ts';
import { Credits } from '../../src/state/credits.ts';
import { Ledger } from '../../src/state/ledger.ts';
import { Ranker } from '../../src/state/ranker.ts';
import { Stop } from '../../src/state/stop.ts';
import type { Outcome, ReceiptWriter, Traveller } from '../../src/types.ts';
import { entryOf } from '../support/entries.ts';

const row = new Float64Array(ROW_WIDTH);
row[COLUMN.last_session] = 17_000;
const outcomes: Outcome[] = [
  { kind: 'ranked', entry: entryOf('A', 1), row },
  { kind: 'filtered', entry: entryOf('B', 2), rules: ['low-price'], row },
  { kind: 'stale', entry: entryOf('C', 3), rules: [], row },
  { kind: 'failed', entry: entryOf('D', 4), error: new ScanError('timed-out', 'late', { stage: 'fetch' }) },
  { kind: 'skipped', entry: entryOf('E', 5), reason: 'duplicate' },
];

function prepare(receipts?: ReceiptWriter, travellers: readonly Traveller[] = outcomes) {
  const parts = {
    ledger: new Ledger(),
    ranker: new Ranker({ population: new CrossSection() }),
    credits: new Credits(travellers.length),
    stop: new Stop(),
  };
  for (const _ of travellers) {
    parts.credits.take();
    parts.ledger.enter();
  }
  const settled = lastValueFrom(from(travellers).pipe(settle({ ...parts, receipts }), toArray()));
  return { ...parts, settled };
}

describe('settle', () => {
  it('lets every outcome out, counted, ranked where it is to be, and its credit back', async () => {
    const { settled, ledger, ranker, credits } = prepare();
    expect(await settled).toEqual(outcomes);
    expect(ledger.outcomes).toEqual({ ranked: 1, filtered: 1, stale: 1, failed: 1, skipped: 1 });
    expect(ledger.conserved).toBe(true);
    expect(Array.from(ranker.rows('id'), ({ symbol }) => symbol)).toEqual(['A']);
    expect(credits.inside).toBe(0);
  });

  it('gives a credit back only once its receipt is written', async () => {
    const writing = Promise.withResolvers<void>();
    const started = Promise.withResolvers<readonly Outcome[]>();
    const { settled, credits } = prepare({
      write(written) {
        started.resolve(written);
        return writing.promise;
      },
    });
    expect(await started.promise).toEqual(outcomes);
    expect(credits.inside).toBe(outcomes.length);
    writing.resolve();
    await settled;
    expect(credits.inside).toBe(0);
  });

  it('stops the scan where receipts cannot be written, and lets everything out', async () => {
    const lost = new LostGroundError('no space left');
    let calls = 0;
    const many = Array.from({ length: 300 }, () => outcomes).flat();
    const receipts = {
      async write() {
        calls++;
        throw lost;
      },
    };
    const { settled, stop, credits, ledger } = prepare(receipts, many);
    expect(await settled).toHaveLength(many.length);
    expect([stop.reason, stop.cause, calls]).toEqual(['ground-lost', lost, 1]);
    expect([credits.inside, ledger.conserved]).toEqual([0, true]);
  });

  it('fails on a traveller that is not finished', async () => {
    const { settled } = prepare(undefined, [{ kind: 'missing', entry: entryOf('A') }]);
    await expect(settled).rejects.toThrow('A reached the end of the scan unfinished: missing');
  });
});
