import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { COLUMN, ROW_WIDTH } from '../../src/features.ts';
import { failedRules, type ScreenBounds, screen } from '../../src/operators/screen.ts';
import type { FeatureRow } from '../../src/types.ts';
import { entryOf } from '../support/entries.ts';

const AS_OF = 17_000;

/** A row that reaches exactly every default bound. */
function rowOf(columns: Partial<Record<keyof typeof COLUMN, number>> = {}): FeatureRow {
  const row = new Float64Array(ROW_WIDTH);
  const all = {
    bars: 20,
    close: 1,
    dollar_vol_40: 250_000,
    close_cv_20: 0.5,
    last_session: AS_OF,
    ...columns,
  };
  for (const [name, value] of Object.entries(all)) row[COLUMN[name as keyof typeof COLUMN]] = value;
  return row;
}
const entry = entryOf('A');
const judge = (row: FeatureRow, bounds?: ScreenBounds) =>
  lastValueFrom(from([{ kind: 'scored', entry, row } as const]).pipe(screen(AS_OF, bounds), toArray()));

describe('screen', () => {
  it('ranks what reaches every bound', async () => {
    const row = rowOf();
    expect(await judge(row)).toEqual([{ kind: 'ranked', entry, row }]);
  });

  it('filters what has no bars, without a row', async () => {
    expect(await judge(rowOf({ bars: 0, last_session: Number.NaN }))).toEqual([
      { kind: 'filtered', entry, rules: ['no-data'] },
    ]);
  });

  it('filters with every rule that failed', async () => {
    const row = rowOf({ bars: 19, close_cv_20: 0.51 });
    expect(await judge(row)).toEqual([
      { kind: 'filtered', entry, rules: ['short-history', 'erratic-price'], row },
    ]);
  });

  it('sets what ends before the as-of session apart, with the rules that it fails too', async () => {
    const row = rowOf({ last_session: AS_OF - 1, close: 0.99 });
    expect(await judge(row)).toEqual([{ kind: 'stale', entry, rules: ['low-price'], row }]);
    const sound = rowOf({ last_session: AS_OF - 1 });
    expect(await judge(sound)).toEqual([{ kind: 'stale', entry, rules: [], row: sound }]);
  });
});

describe('the rules', () => {
  it.each([
    ['short-history', { bars: 19 }],
    ['low-price', { close: 0.99 }],
    ['thin-trading', { dollar_vol_40: 249_999 }],
    ['erratic-price', { close_cv_20: 0.51 }],
  ] as const)('%s fails just beyond its bound', (rule, columns) => {
    expect(failedRules(rowOf(columns))).toEqual([rule]);
  });

  it('take a value that is not available for one that reaches nothing and exceeds nothing', () => {
    const missing = { close: Number.NaN, dollar_vol_40: Number.NaN, close_cv_20: Number.NaN };
    expect(failedRules(rowOf(missing))).toEqual(['low-price', 'thin-trading']);
  });

  it('have bounds that can be set', () => {
    const bounds = { minBars: 5, minClose: 0, minDollarVolume: 0, maxCloseCv: 9 };
    expect(failedRules(rowOf({ bars: 5, close: 0.01, dollar_vol_40: 0, close_cv_20: 9 }), bounds)).toEqual(
      [],
    );
    expect(failedRules(rowOf({ bars: 4 }), bounds)).toEqual(['short-history']);
  });
});
