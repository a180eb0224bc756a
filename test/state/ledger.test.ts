import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ScanError } from '../../src/errors.ts';
import { ROW_WIDTH } from '../../src/features.ts';
import { Ledger } from '../../src/state/ledger.ts';
import type { Outcome } from '../../src/types.ts';
import { entryOf } from '../support/entries.ts';

const entry = entryOf('A');
const row = new Float64Array(ROW_WIDTH);
const outcomes: readonly Outcome[] = [
  { kind: 'ranked', entry, row },
  { kind: 'stale', entry, rules: [], row },
  { kind: 'filtered', entry, rules: ['low-price', 'thin-trading'], row },
  { kind: 'filtered', entry, rules: ['thin-trading'], row },
  { kind: 'failed', entry, error: new ScanError('timed-out', 'late', { stage: 'fetch' }) },
  { kind: 'failed', entry, error: new ScanError('malformed', 'cut', { stage: 'decode' }) },
  { kind: 'skipped', entry, reason: 'duplicate' },
  { kind: 'skipped', entry, reason: 'deadline' },
];

describe('Ledger', () => {
  it('counts outcomes by kind, and by the first rule, the code with its stage and the reason', () => {
    const ledger = new Ledger();
    for (const outcome of [...outcomes, outcomes[2]!]) ledger.leave(outcome);
    expect(ledger.outcomes).toEqual({ ranked: 1, stale: 1, filtered: 3, failed: 2, skipped: 2 });
    expect(ledger.filtered).toEqual({ 'low-price': 2, 'thin-trading': 1 });
    expect(ledger.failed).toEqual({ 'fetch:timed-out': 1, 'decode:malformed': 1 });
    expect(ledger.skipped).toEqual({ duplicate: 1, deadline: 1 });
  });

  test.prop([fc.array(fc.constantFrom(...outcomes), { size: 'max', maxLength: 200 }), fc.nat({ max: 200 })])(
    'is conserved exactly where as many left as came in',
    (left, entered) => {
      const ledger = new Ledger();
      for (let count = 0; count < entered; count++) ledger.enter();
      for (const outcome of left) ledger.leave(outcome);
      expect([ledger.in, ledger.out]).toEqual([entered, left.length]);
      expect(ledger.conserved).toBe(entered === left.length);
    },
  );
});
