import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { CrossSection } from '../../src/cross-section/cross-section.ts';
import { COLUMN, ROW_WIDTH } from '../../src/features.ts';
import { Ranker, type RankerOptions } from '../../src/state/ranker.ts';
import type { FeatureRow, RankedRow } from '../../src/types.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function rowOf(rating: number, dollarVolume: number): Float64Array {
  const row = new Float64Array(ROW_WIDTH);
  row[COLUMN.rating] = rating;
  row[COLUMN.dollar_vol_20] = dollarVolume;
  row[COLUMN.last_session] = 17_000;
  return row;
}

/** A ranker and the population that its rows are compared with. */
class Ranking {
  readonly #population = new CrossSection();
  readonly #ranker: Ranker;

  constructor(options: Omit<RankerOptions, 'population'> = {}) {
    this.#ranker = new Ranker({ population: this.#population, ...options });
  }

  add(symbol: string, row: FeatureRow): void {
    this.compare(row);
    this.#ranker.add(symbol, row);
  }

  compare(row: FeatureRow): void {
    this.#population.add(row);
  }

  get length(): number {
    return this.#ranker.length;
  }

  rows(scan: string): Iterable<RankedRow> {
    return this.#ranker.rows(scan);
  }

  release(): void {
    this.#ranker.release();
  }
}

function symbolsOf(ranker: Ranking): string[] {
  return [...ranker.rows('id')].map(({ symbol }) => symbol);
}

describe('Ranker', () => {
  it('orders by rating, then dollar volume, then symbol', () => {
    const ranker = new Ranking();
    ranker.add('D', rowOf(5, 10));
    ranker.add('C', rowOf(7, 10));
    ranker.add('B', rowOf(5, 20));
    ranker.add('A', rowOf(5, 10));
    expect(symbolsOf(ranker)).toEqual(['C', 'B', 'A', 'D']);
  });

  it('puts what has no rating last', () => {
    const ranker = new Ranking();
    ranker.add('A', rowOf(Number.NaN, 10));
    ranker.add('B', rowOf(-50, 10));
    ranker.add('C', rowOf(-50, Number.NaN));
    expect(symbolsOf(ranker)).toEqual(['B', 'C', 'A']);
  });

  it('copies the numbers, and can be iterated again', () => {
    const ranker = new Ranking();
    const row = rowOf(5, 10);
    ranker.add('A', row);
    row.fill(0);
    const rows = ranker.rows('id');
    expect([...rows][0]).toMatchObject({
      type: 'ranked',
      scan: 'id',
      rank: 1,
      symbol: 'A',
      rating: 5,
      session: '2016-07-18',
    });
    expect([...rows]).toHaveLength(1);
  });

  // Few different values, so that ties are the rule.
  const ranked = fc.uniqueArray(
    fc.tuple(
      fc.integer({ min: 0, max: 60_000 }),
      fc.integer({ min: -2, max: 2 }),
      fc.integer({ min: 0, max: 2 }),
    ),
    {
      selector: ([symbol]) => symbol,
      maxLength: 10_000,
      size: 'max',
    },
  );

  test.prop([ranked, fc.integer({ min: 1, max: 100 })], { numRuns: 15 })(
    'gives the same order whatever the arrival, and `top` is its beginning',
    (entries, top) => {
      const [all, backwards, best] = [new Ranking(), new Ranking(), new Ranking({ top })];
      for (const [symbol, rating, dollarVolume] of entries)
        all.add(`S${symbol}`, rowOf(rating, dollarVolume));
      for (const [symbol, rating, dollarVolume] of entries.toReversed()) {
        backwards.add(`S${symbol}`, rowOf(rating, dollarVolume));
        best.add(`S${symbol}`, rowOf(rating, dollarVolume));
      }
      expect(symbolsOf(backwards)).toEqual(symbolsOf(all));
      expect(symbolsOf(best)).toEqual(symbolsOf(all).slice(0, top));
      expect(best.length).toBe(Math.min(top, entries.length));
    },
  );

  /** A row with a composite of its own: the further `strength` is up, the closer to its high. */
  function comparedRow(rating: number, strength: number): Float64Array {
    const row = rowOf(rating, 10);
    row[COLUMN.pct_from_high_252] = strength;
    return row;
  }

  it('breaks ties of the rating by the composite, and the other way round', () => {
    const entries = [
      ['A', 5, 1],
      ['B', 5, 3],
      ['C', 7, 2],
      ['D', 6, 3],
    ] as const;
    const orderBy = (rankBy: 'classic' | 'composite') => {
      const ranker = new Ranking({ rankBy });
      for (const [symbol, rating, strength] of entries) ranker.add(symbol, comparedRow(rating, strength));
      return symbolsOf(ranker);
    };
    expect(orderBy('classic')).toEqual(['C', 'D', 'B', 'A']);
    expect(orderBy('composite')).toEqual(['D', 'B', 'C', 'A']);
  });

  it('compares with what is not ranked itself', () => {
    const [alone, among] = [new Ranking(), new Ranking()];
    for (const ranker of [alone, among]) {
      ranker.add('A', comparedRow(5, 1));
      ranker.add('B', comparedRow(5, 2));
    }
    among.compare(comparedRow(5, 3));
    expect([...alone.rows('id')][0]).toMatchObject({ symbol: 'B', factors: { high: 100 } });
    expect([...among.rows('id')][0]).toMatchObject({ symbol: 'B', factors: { high: 50 } });
    expect(among.length).toBe(2);
  });

  it.each(['classic', 'composite'] as const)(
    'keeps the same best by %s where ties cross the cut',
    (rankBy) => {
      const [all, best] = [new Ranking({ rankBy }), new Ranking({ rankBy, top: 50 })];
      for (let index = 0; index < 12_000; index++) {
        const row = comparedRow(index % 3, (index * 7919) % 10_007);
        all.add(`S${index}`, row);
        best.add(`S${index}`, row);
      }
      expect(symbolsOf(best)).toEqual(symbolsOf(all).slice(0, 50));
    },
  );

  describe('with most of its rows in a file', () => {
    const compared = fc.array(
      fc.tuple(
        fc.constantFrom(-1, 0, 1, 2, Number.NaN),
        fc.integer({ min: 0, max: 5 }),
        fc.constantFrom(1, 2, Number.NaN),
      ),
      { minLength: 20, maxLength: 400, size: 'max' },
    );

    /** The same symbols in memory, and nearly all of them in a file. */
    function twice(
      entries: readonly (readonly [number, number, number])[],
      options: Omit<RankerOptions, 'population'>,
    ) {
      const store = { memoryBytes: 10 * 8 * ROW_WIDTH, folder: temporaryFolder() };
      const [kept, left] = [new Ranking(options), new Ranking({ ...options, store })];
      for (const [index, [rating, strength, dollarVolume]] of entries.entries()) {
        const row = comparedRow(rating, strength);
        row[COLUMN.dollar_vol_20] = dollarVolume;
        for (const ranker of [kept, left]) ranker.add(`S${index}`, row);
      }
      return { kept, left };
    }

    test.prop(
      [
        compared,
        fc.constantFrom<'classic' | 'composite'>('classic', 'composite'),
        fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined }),
      ],
      { numRuns: 40 },
    )('gives the same rows, as often as it is iterated', (entries, rankBy, top) => {
      const { kept, left } = twice(entries, { rankBy, top });
      const expected = [...kept.rows('id')];
      const rows = left.rows('id');
      expect([...rows]).toEqual(expected);
      expect([...rows]).toEqual(expected);
      left.release();
    });

    test.prop([compared, fc.array(fc.boolean(), { maxLength: 800 })], { numRuns: 20 })(
      'is read by several in any turns',
      (entries, turns) => {
        const { kept, left } = twice(entries, {});
        const expected = [...kept.rows('id')];
        const rows = left.rows('id');
        const readers = [rows[Symbol.iterator](), rows[Symbol.iterator]()] as const;
        const read: [RankedRow[], RankedRow[]] = [[], []];
        const step = (reader: 0 | 1) => {
          const { value, done } = readers[reader].next();
          if (!done) read[reader].push(value);
          return done;
        };
        for (const turn of turns) step(turn ? 0 : 1);
        while (!step(0));
        while (!step(1));
        expect(read).toEqual([expected, expected]);
        left.release();
      },
    );

    it('keeps the same best where more of them tie than there is room for', () => {
      const entries = Array.from(
        { length: 10_000 },
        (_, index) => [index % 3, (index * 7919) % 10_007, 1] as const,
      );
      const { kept, left } = twice(entries, { top: 50 });
      expect([...left.rows('id')]).toEqual([...kept.rows('id')]);
      left.release();
    });
  });
});
