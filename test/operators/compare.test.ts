import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { CrossSection } from '../../src/cross-section/cross-section.ts';
import { COLUMN, ROW_WIDTH } from '../../src/features.ts';
import { compare } from '../../src/operators/compare.ts';
import { Credits } from '../../src/state/credits.ts';
import { Market } from '../../src/state/market.ts';
import type { FeatureRow, Outcome, Screen } from '../../src/types.ts';
import { entryOf } from '../support/entries.ts';

type Compared = Extract<Outcome, { kind: 'ranked' | 'filtered' }>;

function rowOf(fromHigh: number): FeatureRow {
  const row = new Float64Array(ROW_WIDTH);
  row[COLUMN.pct_from_high_252] = fromHigh;
  return row;
}
const ranked = (symbol: string, fromHigh: number): Compared => ({
  kind: 'ranked',
  entry: entryOf(symbol),
  row: rowOf(fromHigh),
});
const outcomes: readonly Compared[] = [
  ranked('A', -1),
  { kind: 'filtered', entry: entryOf('B'), rules: ['low-price'], row: rowOf(-9) },
  { kind: 'filtered', entry: entryOf('C'), rules: ['no-data'] },
  ranked('D', -20),
];
const leader: Screen = {
  name: 'leader',
  needsMarket: true,
  test: ({ place }) => place!.factors.high! >= 50,
};

async function run(screens: readonly Screen[]) {
  const parts = { population: new CrossSection(), market: new Market(), credits: new Credits(4) };
  for (const _ of outcomes) parts.credits.take();
  const left = await lastValueFrom(from(outcomes).pipe(compare({ ...parts, screens }), toArray()));
  return { ...parts, left };
}

describe('compare', () => {
  it('lets everything pass in order where no criterion asks for a place', async () => {
    const { left, credits } = await run([]);
    expect(left).toEqual(outcomes);
    expect(credits.inside).toBe(4);
  });

  it('takes what was scored into population and market, filtered or not', async () => {
    const { population, market } = await run([]);
    expect(market.describe().breadth.symbols).toBe(3);
    // Of three closes, the middle one stands in the middle.
    expect(population.place(rowOf(-9)).factors.high).toBe(50);
  });

  it('judges by the place among all at the end, and filters by the name of the screen', async () => {
    const { left } = await run([leader]);
    expect(left.map(({ kind, entry }) => `${entry.symbol} ${kind}`)).toEqual([
      'B filtered',
      'C filtered',
      'A ranked',
      'D filtered',
    ]);
    expect(left.at(-1)).toMatchObject({ rules: ['screen:leader'] });
  });

  it('gives the credits of what waits back, and takes them again when it leaves', async () => {
    const credits = new Credits(1);
    /** What admission does: with a window of one, the next enters only when the last has left. */
    async function* entering() {
      for (const symbol of ['A', 'B', 'C']) {
        expect(credits.take()).toBe(true);
        yield ranked(symbol, -1);
      }
    }
    const parts = { population: new CrossSection(), market: new Market(), credits };
    const left = await lastValueFrom(
      from(entering()).pipe(compare({ ...parts, screens: [leader] }), toArray()),
    );
    expect([left.length, credits.inside]).toEqual([3, 3]);
    credits.give(3);
    expect(credits.inside).toBe(0);
  });
});
