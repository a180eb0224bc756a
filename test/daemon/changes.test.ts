import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type ChangedRow, changesOf, compareRankings, stateOf } from '../../src/daemon/changes.ts';
import type { RankedRow, Ranking, Signal } from '../../src/types.ts';
import { createRanking } from '../support/rankings.ts';

type Spec = readonly [symbol: string, rating?: number | null, signal?: Signal];

/** A ranking of these symbols in this order. */
function rankingOf(specs: readonly Spec[], session = '2024-05-03'): Ranking {
  const base = createRanking(specs.length, { scan: session });
  const rows = [...base.rows].map((row, index): RankedRow => {
    const [symbol, rating = 10, signal = 'Avoid'] = specs[index]!;
    return { ...row, symbol, rating, signal, session };
  });
  return { ...base, rows };
}

const plain = (symbols: string) => rankingOf([...symbols].map((symbol) => [symbol] as const));
/** Changes in short: `+B`, `-A`, `C^2` for two places up. */
const short = (rows: Iterable<ChangedRow>) =>
  Array.from(rows, (row) => {
    if (row.change === 'moved') return `${row.symbol}^${row.by}`;
    return `${row.change === 'left' ? '-' : '+'}${row.symbol}`;
  }).join(' ');

const before = rankingOf([
  ['A', 30, 'Strong Long'],
  ['B', 20, 'Long'],
  ['C', 10],
  ['D', null],
  ['E', 0],
]);
const after = rankingOf(
  [
    ['B', 25, 'Strong Long'],
    ['X', 22, 'Long'],
    ['C', 10],
    ['A', 5],
    ['D', 1],
  ],
  '2024-05-06',
);

describe('compareRankings', () => {
  it('tells what entered, left and moved, and which signals changed', () => {
    expect(compareRankings(stateOf(before), stateOf(after))).toStrictEqual({
      entered: [{ symbol: 'X', rank: 2, rating: 22, signal: 'Long', session: '2024-05-06' }],
      left: [{ symbol: 'E', rank: 5, rating: 0, signal: 'Avoid', session: '2024-05-03' }],
      moved: [
        {
          symbol: 'A',
          from: { rank: 1, rating: 30, signal: 'Strong Long', session: '2024-05-03' },
          to: { rank: 4, rating: 5, signal: 'Avoid', session: '2024-05-06' },
          by: -3,
          rating_by: -25,
        },
        {
          symbol: 'B',
          from: { rank: 2, rating: 20, signal: 'Long', session: '2024-05-03' },
          to: { rank: 1, rating: 25, signal: 'Strong Long', session: '2024-05-06' },
          by: 1,
          rating_by: 5,
        },
        {
          symbol: 'D',
          from: { rank: 4, rating: null, signal: 'Avoid', session: '2024-05-03' },
          to: { rank: 5, rating: 1, signal: 'Avoid', session: '2024-05-06' },
          by: -1,
          rating_by: null,
        },
      ],
      signals: [
        { symbol: 'B', from: 'Long', to: 'Strong Long', rank: 1 },
        { symbol: 'A', from: 'Strong Long', to: 'Avoid', rank: 4 },
      ],
      same: 1,
    });
  });

  it('finds everything new where there was nothing, and gone where there is nothing', () => {
    const [none, some] = [stateOf(rankingOf([])), stateOf(before)];
    expect(compareRankings(none, some).entered).toHaveLength(5);
    expect(
      compareRankings(some, none)
        .left.map(({ symbol }) => symbol)
        .join(''),
    ).toBe('ABCDE');
    expect(compareRankings(none, none)).toMatchObject({ entered: [], left: [], moved: [], same: 0 });
  });

  it('keeps four values of the best rows, and of no others', () => {
    expect([...stateOf(before, { limit: 2 })]).toStrictEqual([
      ['A', { rank: 1, rating: 30, signal: 'Strong Long', session: '2024-05-03' }],
      ['B', { rank: 2, rating: 20, signal: 'Long', session: '2024-05-03' }],
    ]);
    expect(stateOf(createRanking(100_010)).size).toBe(100_000);
  });

  const symbols = fc
    .uniqueArray(fc.constantFrom(...'ABCDEFGHIJ'), { maxLength: 10, size: 'max' })
    .map((some) => some.join(''));
  test.prop([symbols, symbols])(
    'accounts for every symbol once, and the same the other way round',
    (a, b) => {
      const there = compareRankings(stateOf(plain(a)), stateOf(plain(b)));
      const back = compareRankings(stateOf(plain(b)), stateOf(plain(a)));
      const names = [...there.entered, ...there.left, ...there.moved].map(({ symbol }) => symbol);
      expect(new Set(names).size).toBe(names.length);
      expect(names.length + there.same).toBe(new Set(a + b).size);
      expect(back.entered).toStrictEqual(there.left);
      expect(back.left).toStrictEqual(there.entered);
      expect(back.moved.map(({ symbol, by }) => [symbol, -by + 0])).toStrictEqual(
        there.moved.map(({ symbol, by }) => [symbol, by]),
      );
    },
  );

  test.prop([symbols, symbols])('can be applied: what was before and its changes are what is now', (a, b) => {
    const rows = [...changesOf(plain(b), stateOf(plain(a)))];
    const left = rows.filter(({ change }) => change === 'left').map(({ symbol }) => symbol);
    const changed = new Map(rows.flatMap((row) => (row.change === 'left' ? [] : [[row.symbol, row.rank]])));
    const now = new Map([...stateOf(plain(a))].map(([symbol, { rank }]) => [symbol, rank]));
    for (const symbol of left) now.delete(symbol);
    for (const [symbol, rank] of changed) now.set(symbol, rank);
    const ordered = [...now].sort(([, x], [, y]) => x - y).map(([symbol]) => symbol);
    expect(ordered.join('')).toBe(b);
  });
});

describe('changesOf', () => {
  it('gives the rows that changed as they are, with what they were', () => {
    const rows = [...changesOf(after, stateOf(before))];
    const [b, x, , a, d] = [...after.rows];
    const was = stateOf(before);
    expect(rows).toStrictEqual([
      { ...b, change: 'moved', by: 1, rating_by: 5, previous: was.get('B') },
      { ...x, change: 'entered' },
      { ...a, change: 'moved', by: -3, rating_by: -25, previous: was.get('A') },
      { ...d, change: 'moved', by: -1, rating_by: null, previous: was.get('D') },
      { type: 'left', change: 'left', scan: '2024-05-06', symbol: 'E', previous: was.get('E') },
    ]);
  });

  it('tells moves of so many places, and any change of a signal', () => {
    const leastMove = 2;
    expect(short(changesOf(plain('XABCDE'), stateOf(plain('ABCDE')), { leastMove }))).toBe('+X');
    expect(short(changesOf(plain('CAB'), stateOf(plain('ABC')), { leastMove }))).toBe('C^2');
    expect(short(changesOf(after, stateOf(before), { leastMove }))).toBe('B^1 +X A^-3 -E');
  });

  it('compares the best rows only', () => {
    const limit = 2;
    const previous = stateOf(plain('ABC'), { limit });
    expect(short(changesOf(plain('CAB'), previous, { limit }))).toBe('+C A^-1 -B');
  });

  it('can be iterated twice', () => {
    const changes = changesOf(after, stateOf(before));
    expect([...changes]).toStrictEqual([...changes]);
  });
});
