import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explanationText } from '../../src/commands/explain/explanation-text.ts';
import { explain } from '../../src/commands/explain.ts';
import { ScanError } from '../../src/errors.ts';
import { jsonLines } from '../../src/sinks/json-lines.ts';
import { createReceipts } from '../../src/sinks/receipts.ts';
import type { Outcome } from '../../src/types.ts';
import { entryOf } from '../support/entries.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { randomFeatureRow, randomRanking } from './explain/random-rows.ts';

const RANKING = randomRanking([1, 2, 4]);
const SCAN = [...RANKING.rows][0]!.scan;
const row = randomFeatureRow(3);

const OUTCOMES: readonly Outcome[] = [
  { kind: 'skipped', entry: entryOf('LOW', 9), reason: 'duplicate' },
  { kind: 'filtered', entry: entryOf('LOW', 2), rules: ['short-history', 'thin-trading'], row },
  { kind: 'stale', entry: entryOf('OLD', 3), rules: ['low-price'], row },
  {
    kind: 'failed',
    entry: entryOf('BAD', 4),
    error: new ScanError('server-error', 'Expected bars, got 503', { stage: 'fetch' }),
  },
  { kind: 'skipped', entry: entryOf('LATE', 5), reason: 'deadline' },
  { kind: 'ranked', entry: entryOf('TENTH', 6), row },
  { kind: 'filtered', entry: entryOf('*bad*', 7), rules: ['malformed'] },
  { kind: 'filtered', entry: entryOf('NONE', 8), rules: ['no-data'] },
  { kind: 'skipped', entry: entryOf('LOW', 10), reason: 'duplicate' },
];

async function files(scan = SCAN): Promise<{ from: string; receipts: string }> {
  const folder = temporaryFolder();
  const from = join(folder, 'ranked.ndjson');
  writeFileSync(from, [...jsonLines(RANKING)].join(''));
  const path = join(folder, 'receipts.ndjson');
  const receipts = createReceipts({ path, scan });
  await receipts.open();
  await receipts.write(OUTCOMES);
  await receipts.close({ commit: true });
  return { from, receipts: path };
}

describe('explain', () => {
  it('finds a row by any spelling of its symbol', async () => {
    const { from } = await files();
    const explanation = await explain({ symbol: ' $s2', from });
    expect(explanation).toMatchObject({ type: 'explanation', symbol: 'S2', rank: 2, ranked: 3 });
    expect(explanation.as_of).toBe(
      [...RANKING.rows]
        .map(({ session }) => session)
        .sort()
        .at(-1),
    );
  });

  it.each([
    ['low', 'filtered', 'score', 2, ['short-history', 'thin-trading']],
    ['OLD', 'stale', 'score', 3, ['stale', 'low-price']],
    ['BAD', 'failed', 'fetch', 4, ['server-error']],
    ['LATE', 'skipped', null, 5, ['deadline']],
    ['TENTH', 'ranked', 'rank', 6, ['not-written']],
    ['*bad*', 'filtered', 'prescreen', 7, ['malformed']],
    ['NONE', 'filtered', 'fetch', 8, ['no-data']],
    ['NEVER', null, 'universe', undefined, ['not-in-list']],
  ])('tells why %s is not in the ranking', async (symbol, outcome, stage, line, names) => {
    const explanation = await explain({ symbol, ...(await files()) });
    expect(explanation).toMatchObject({ type: 'absence', outcome, stage, ranked: 3 });
    if (explanation.type !== 'absence') throw new Error('unreachable');
    expect(explanation.line).toBe(line);
    expect(explanation.reasons.map(({ name }) => name)).toEqual(names);
  });

  it('gives the value that a rule judged, where the receipt has it', async () => {
    const explanation = await explain({ symbol: 'LOW', ...(await files()) });
    expect(explanation).toMatchObject({
      reasons: [
        { input: 'bars', value: row[0], meaning: 'it has fewer bars than --min-bars' },
        { name: 'thin-trading', meaning: expect.stringContaining('--min-dollar-volume') },
      ],
    });
  });

  it('says the same to a person', async () => {
    const given = await files();
    const text = explanationText(await explain({ symbol: 'BAD', ...given }));
    expect(text).toBe(
      [
        `BAD is not in ${given.from} (3 rows)`,
        'outcome failed  stage fetch  line 4 of the list',
        '  ✗ server-error: the provider answered 5xx: Expected bars, got 503',
        '',
      ].join('\n'),
    );
    const old = explanationText(await explain({ symbol: 'OLD', ...given }));
    expect(old).toMatch(/session \d{4}-\d\d-\d\d \(/);
    expect(old).toContain(
      '  ✗ stale: its last bar is older than the as-of session\n  ✗ low-price: it closed',
    );
  });

  it('does not guess without receipts', async () => {
    const { from } = await files();
    expect(await explain({ symbol: 'LOW', from })).toMatchObject({
      outcome: null,
      stage: null,
      reasons: [{ name: 'no-receipts' }],
    });
  });

  it('refuses receipts of another scan, and what are no receipts', async () => {
    const { from, receipts } = await files('scan-2');
    await expect(explain({ symbol: 'LOW', from, receipts })).rejects.toThrow(
      /receipts\.ndjson is of the scan scan-2, .* give the receipts of the same scan/,
    );
    await expect(explain({ symbol: 'LOW', from, receipts: from })).rejects.toThrow(
      /ranked\.ndjson, line 1: expected a receipt; give the file that/,
    );
    await expect(explain({ symbol: 'LOW', from: '-', receipts: '-' })).rejects.toThrow('Only one file');
  });
});
