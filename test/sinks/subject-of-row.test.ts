import { describe, expect, it } from 'vitest';
import { compileScreens } from '../../src/criteria/compile-screens.ts';
import { COLUMN, describeFeatures, describeRow } from '../../src/features.ts';
import { describeListing } from '../../src/listing.ts';
import { subjectOfRow } from '../../src/sinks/subject-of-row.ts';
import { createFeatureRow, createRanking } from '../support/rankings.ts';

describe('subjectOfRow', () => {
  const rows = [...createRanking(60).rows];

  it('gives the row back that a ranked row describes', () => {
    for (const [index, ranked] of rows.entries()) {
      const { row } = subjectOfRow(ranked);
      expect(describeFeatures(row)).toStrictEqual(ranked.features);
      expect(ranked).toMatchObject(describeRow(row));
      expect(row).toStrictEqual(createFeatureRow(index));
    }
  });

  it('gives the listing and the place back', () => {
    for (const ranked of rows) {
      const { entry, place } = subjectOfRow(ranked);
      expect(entry.symbol).toBe(ranked.symbol);
      expect(describeListing(entry.listing)).toStrictEqual(ranked.listing);
      expect(place).toStrictEqual({
        composite: ranked.composite,
        signal: ranked.composite_signal,
        coverage: ranked.coverage,
        factors: ranked.factors,
        contributions: ranked.contributions,
      });
    }
  });

  it('survives a ranking that was written and read', () => {
    for (const ranked of rows) {
      expect(subjectOfRow(JSON.parse(JSON.stringify(ranked)))).toStrictEqual(subjectOfRow(ranked));
    }
  });

  it('is what criteria of every kind ask for', async () => {
    const [screen] = await compileScreens({
      where:
        'symbol == "AAPL" and close > 200 and composite > 99 and market_cap > 1e8 and signal == "Strong Long"',
    });
    expect(rows.filter((row) => screen!.test(subjectOfRow(row))).map(({ symbol }) => symbol)).toEqual([
      'AAPL',
    ]);
    expect(subjectOfRow(rows[0]!).row[COLUMN.last_session]).toBe(19_000);
  });
});
