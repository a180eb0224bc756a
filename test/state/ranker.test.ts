import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { COLUMN, ROW_WIDTH } from '../../src/features.ts';
import { Ranker } from '../../src/state/ranker.ts';

function rowOf(rating: number, dollarVolume: number): Float64Array {
  const row = new Float64Array(ROW_WIDTH);
  row[COLUMN.rating] = rating;
  row[COLUMN.dollar_vol_20] = dollarVolume;
  row[COLUMN.last_session] = 17_000;
  return row;
}

function symbolsOf(ranker: Ranker): string[] {
  return [...ranker.rows('id')].map(({ symbol }) => symbol);
}

describe('Ranker', () => {
  it('orders by rating, then dollar volume, then symbol', () => {
    const ranker = new Ranker();
    ranker.add('D', rowOf(5, 10));
    ranker.add('C', rowOf(7, 10));
    ranker.add('B', rowOf(5, 20));
    ranker.add('A', rowOf(5, 10));
    expect(symbolsOf(ranker)).toEqual(['C', 'B', 'A', 'D']);
  });

  it('puts what has no rating last', () => {
    const ranker = new Ranker();
    ranker.add('A', rowOf(Number.NaN, 10));
    ranker.add('B', rowOf(-50, 10));
    ranker.add('C', rowOf(-50, Number.NaN));
    expect(symbolsOf(ranker)).toEqual(['B', 'C', 'A']);
  });

  it('copies the numbers, and can be iterated again', () => {
    const ranker = new Ranker();
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
      const [all, backwards, best] = [new Ranker(), new Ranker(), new Ranker({ top })];
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
});
