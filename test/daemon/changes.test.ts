import { readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type ChangesOptions, createChanges } from '../../src/daemon/changes.ts';
import { ConfigError } from '../../src/errors.ts';
import type { Ranking } from '../../src/types.ts';
import { listedRanking } from '../support/listed-rankings.ts';
import { createRanking } from '../support/rankings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KEY = 'k';

/** The last of some rankings of one subject, compared with the one before it. */
async function compared(rankings: readonly Ranking[], options: ChangesOptions = {}) {
  const changes = createChanges(options);
  for (const ranking of rankings.slice(0, -1)) await (await changes.compare(ranking, KEY)).remember();
  return changes.compare(rankings.at(-1)!, KEY);
}

const published = async (before: Ranking, after: Ranking, options?: ChangesOptions) =>
  (await compared([before, after], options)).published;

/** Changes in short: `+B`, `C^2` for two places up, `A` for the same, `-D`. */
const short = ({ rows, left = [] }: Ranking) =>
  [
    ...Array.from(rows, ({ symbol, change, rank, previous }) => {
      if (change === 'moved') return `${symbol}^${previous!.rank - rank}`;
      return `${change === 'entered' ? '+' : ''}${symbol}`;
    }),
    ...left.map(({ symbol }) => `-${symbol}`),
  ].join(' ');

const before = listedRanking([
  ['A', 30, 'Strong Long'],
  ['B', 20, 'Long'],
  ['C', 10],
  ['D', null],
  ['E', 0],
]);
const after = listedRanking(
  [
    ['B', 25, 'Strong Long'],
    ['X', 22, 'Long'],
    ['C', 10],
    ['A', 5],
    ['D', 1],
  ],
  { session: '2024-05-06' },
);
const was = (rank: number, rating: number | null, signal: string) => ({
  ...{ rank, rating, signal },
  session: '2024-05-03',
});

describe('changes', () => {
  it('are what each row was before, what left, and how many of each there are', async () => {
    const { rows, left, length, summary } = await published(before, after);
    const [b, x, c, a, d] = [...after.rows];
    expect([...rows]).toStrictEqual([
      { ...b, change: 'moved', previous: was(2, 20, 'Long') },
      { ...x, change: 'entered', previous: null },
      { ...c, change: 'same', previous: was(3, 10, 'Avoid') },
      { ...a, change: 'moved', previous: was(1, 30, 'Strong Long') },
      { ...d, change: 'moved', previous: was(4, null, 'Avoid') },
    ]);
    expect(left).toStrictEqual([
      { type: 'left', scan: '2024-05-06', symbol: 'E', change: 'left', previous: was(5, 0, 'Avoid') },
    ]);
    expect(length).toBe(5);
    expect(summary).toStrictEqual({
      ...after.summary,
      changes: { since: '2024-05-03', entered: 1, left: 1, moved: 3, signals: 2, same: 1 },
    });
  });

  it('are not there in the first ranking: it stays what it is', async () => {
    const first = await compared([before]);
    expect(first.published).toBe(before);
    expect(first.whole).toBe(before);
    expect((await compared([before], { onlyChanges: true })).published).toBe(before);
  });

  it('are of rankings of one subject', async () => {
    const changes = createChanges();
    await (await changes.compare(before, 'one')).remember();
    expect((await changes.compare(after, 'another')).published).toBe(after);
    expect((await changes.compare(after, 'one')).published.summary.changes?.since).toBe('2024-05-03');
  });

  it('are since the last ranking that was remembered', async () => {
    const changes = createChanges();
    await (await changes.compare(listedRanking('ABC'), KEY)).remember();
    await changes.compare(listedRanking('CBA', { session: '2024-05-06' }), KEY);
    const { published: next } = await changes.compare(listedRanking('ACB'), KEY);
    expect(short(next)).toBe('A C^1 B^-1');
  });

  it('tell moves of so many places, and any other signal', async () => {
    const options = { leastMove: 2 };
    const of = async (a: string, b: string) =>
      short(await published(listedRanking(a), listedRanking(b), options));
    expect(await of('ABCDE', 'XABCDE')).toBe('+X A B C D E');
    expect(await of('ABC', 'CAB')).toBe('C^2 A B');
    expect(short(await published(before, after, options))).toBe('B^1 +X C A^-3 D -E');
  });

  it('can be all that is published, with the whole beside it', async () => {
    const { published: only, whole } = await compared([before, after], { onlyChanges: true, leastMove: 2 });
    expect(short(only)).toBe('B^1 +X A^-3 -E');
    expect(only.length).toBe(3);
    expect(only.summary).toStrictEqual({ ...whole.summary, ranked_written: 3 });
    expect(short(whole)).toBe('B^1 +X C A^-3 D -E');
    expect(whole.length).toBe(5);
    expect([...only.rows]).toStrictEqual([...only.rows]);
  });

  it('make rows as they are iterated', async () => {
    const ranking = createRanking(50);
    let made = 0;
    const rows = {
      *[Symbol.iterator]() {
        for (const row of ranking.rows) {
          made++;
          yield row;
        }
      },
    };
    const { published: compared_ } = await compared([ranking, { ...ranking, rows }]);
    expect(made).toBe(50);
    const iterator = compared_.rows[Symbol.iterator]();
    iterator.next();
    iterator.next();
    expect(made).toBe(52);
  });

  it('pass over a ranking that was cut off: it is not compared, and not compared with', async () => {
    const cut = listedRanking('A', { stopped: 'interrupted' });
    expect((await compared([listedRanking('ABC'), cut])).published).toBe(cut);
    const next = await compared([listedRanking('ABC'), cut, listedRanking('AB')]);
    expect(short(next.published)).toBe('A B -C');
  });

  test.prop([fc.array(fc.subarray([...'ABCDEF']), { minLength: 1, maxLength: 4 })])(
    'are those of who did not fail: as if each had stayed as it was while it failed',
    async (failing) => {
      const everybody = listedRanking('ABCDEF');
      const partial = failing.map((symbols): Ranking => {
        const there = [...'ABCDEF'].filter((symbol) => !symbols.includes(symbol));
        return { ...listedRanking(there.join('')), failed: new Set(symbols) };
      });
      for (const [index, ranking] of partial.entries()) {
        const { published } = await compared([everybody, ...partial.slice(0, index), ranking]);
        expect(published.left).toEqual([]);
        expect([...published.rows].filter(({ change }) => change === 'entered')).toEqual([]);
        const { entered, left, moved, same } = published.summary.changes!;
        expect([entered, left, moved + same]).toEqual([0, 0, ranking.length]);
      }
    },
  );

  it('say of who failed and is gone afterwards that it left, from where it was', async () => {
    const failing: Ranking = { ...listedRanking('AC'), failed: new Set('B') };
    const { left } = (await compared([listedRanking('ABC'), failing, listedRanking('AC')])).published;
    expect(left).toMatchObject([{ symbol: 'B', previous: { rank: 2 } }]);
  });

  it('go on after a restart', async () => {
    const dir = temporaryFolder();
    await compared([before, after], { dir });
    const next = await compared([after], { dir });
    expect(next.published.summary.changes).toMatchObject({ since: '2024-05-03', entered: 1, left: 1 });
    expect([...next.published.rows]).toStrictEqual([...(await published(before, after)).rows]);
  });

  it('start anew where the file is not whole, wherever it was cut off', async () => {
    const dir = temporaryFolder();
    const path = join(dir, 'last', `${KEY}.json`);
    await compared([before, before], { dir });
    const { length } = readFileSync(path);
    for (let left = length - 1; left >= 0; left -= 7) {
      truncateSync(path, left);
      expect((await compared([after], { dir })).published).toBe(after);
    }
    for (const text of [
      'null',
      '{"scan":"x"}',
      '{"scan":"x","rows":[1]}',
      '{"scan":"x","rows":[["A",1,2,"Long","x"]]}',
    ]) {
      writeFileSync(path, text);
      expect((await compared([after], { dir })).published, text).toBe(after);
    }
  });

  it.each([
    ['on disk', true],
    ['in memory', false],
  ])('are kept of 64 subjects %s: the oldest go', async (_where, isOnDisk) => {
    const dir = isOnDisk ? temporaryFolder() : undefined;
    const changes = createChanges({ dir });
    const ranking = listedRanking('AB');
    const use = async (subject: number, second: number) => {
      await (await changes.compare(ranking, `s${subject}`)).remember();
      // The clock of a file system is too coarse to tell them apart.
      if (dir !== undefined) utimesSync(join(dir, 'last', `s${subject}.json`), second, second);
    };
    for (let subject = 0; subject < 66; subject++) {
      await use(subject, 1e9 + subject);
      // The first one is used again: then it is not the oldest.
      if (subject === 30) await use(0, 1e9 + 30.5);
    }
    const known: number[] = [];
    for (let subject = 0; subject < 66; subject++) {
      if ((await changes.compare(ranking, `s${subject}`)).published.summary.changes) known.push(subject);
    }
    expect(known).toEqual([0, ...Array.from({ length: 63 }, (_, index) => index + 3)]);
    if (dir !== undefined) expect(readdirSync(join(dir, 'last'))).toHaveLength(64);
  });

  it('cost no ranking where the folder cannot be written or read: that is told', async () => {
    const dir = join(temporaryFolder(), 'file');
    writeFileSync(dir, '');
    const told: unknown[] = [];
    const options = { dir, onTrouble: (error: unknown) => told.push(error) };
    expect(short((await compared([listedRanking('AB'), listedRanking('BA')], options)).published)).toBe(
      'B^1 A^-1',
    );
    expect(told.length).toBeGreaterThan(0);
    expect((told.at(-1) as NodeJS.ErrnoException).code).toBe('ENOTDIR');
  });

  it('refuse a least move that is none', () => {
    expect(() => createChanges({ leastMove: 0 })).toThrow(ConfigError);
    expect(() => createChanges({ leastMove: 1.5 })).toThrow(/`leastMove` to be an integer from 1, got `1.5`/);
  });

  const symbols = fc
    .uniqueArray(fc.constantFrom(...'ABCDEFGHIJ'), { maxLength: 10, size: 'max' })
    .map((some) => some.join(''));

  test.prop([symbols, symbols, fc.integer({ min: 1, max: 4 })])(
    'account for every row once, and agree with their counts',
    async (a, b, leastMove) => {
      const { rows, left, length, summary } = await published(listedRanking(a), listedRanking(b), {
        leastMove,
      });
      const { entered, moved, same, left: gone } = summary.changes!;
      const count = (change: string) => [...rows].filter((row) => row.change === change).length;
      expect([entered, moved, same, gone]).toEqual([
        count('entered'),
        count('moved'),
        count('same'),
        left!.length,
      ]);
      expect(entered + moved + same).toBe(length);
      expect(moved + same + gone).toBe(a.length);
      const only = await published(listedRanking(a), listedRanking(b), { leastMove, onlyChanges: true });
      expect([...only.rows]).toHaveLength(only.length);
    },
  );

  test.prop([symbols, symbols])(
    'can be applied: what was before and its changes are what is now',
    async (a, b) => {
      const { rows, left } = await published(listedRanking(a), listedRanking(b), { onlyChanges: true });
      const now = new Map([...a].map((symbol, index) => [symbol, index + 1]));
      for (const { symbol } of left!) now.delete(symbol);
      for (const { symbol, rank } of rows) now.set(symbol, rank);
      const ordered = [...now].sort(([, x], [, y]) => x - y).map(([symbol]) => symbol);
      expect(ordered.join('')).toBe(b);
    },
  );
});
