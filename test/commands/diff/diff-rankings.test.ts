import { fc, it } from '@fast-check/vitest';
import { describe, expect, it as plain } from 'vitest';
import { diffRankings } from '../../../src/commands/diff/diff-rankings.ts';
import { diffJson, diffText } from '../../../src/commands/diff/diff-text.ts';
import type { WrittenRow } from '../../../src/commands/explain/written-row.ts';
import { randomWrittenRow } from '../explain/random-rows.ts';

/** Symbols in rank order; a symbol's numbers are its own in each ranking. */
function rankingOf(symbols: readonly string[], salt: number): WrittenRow[] {
  return symbols.map((symbol, index) =>
    randomWrittenRow(97 * salt + symbol.charCodeAt(0), { symbol, rank: index + 1 }),
  );
}

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

const symbols = fc.uniqueArray(fc.constantFrom(...'ABCDEFGHIJKLMNOP'), { maxLength: 16, size: 'max' });

describe('diffRankings', () => {
  it.prop([symbols, symbols], { numRuns: 200 })('accounts for every symbol of both', async (a, b) => {
    const [before, after] = [rankingOf(a, 1), rankingOf(b, 2)];
    const diff = await diffRankings(stream(before), stream(after));
    expect(diff.entered.map(({ symbol }) => symbol)).toEqual(b.filter((one) => !a.includes(one)));
    expect(diff.left.map(({ symbol }) => symbol)).toEqual(a.filter((one) => !b.includes(one)));
    expect(diff.same).toBe(a.filter((one, index) => b[index] === one).length);
    const moved = a.filter((one, index) => b.includes(one) && b[index] !== one);
    expect(diff.moved.map(({ symbol }) => symbol).sort()).toEqual(moved.sort());
    for (const { symbol, from, to, by, rating, composite } of diff.moved) {
      expect([a[from - 1], b[to - 1], by]).toEqual([symbol, symbol, from - to]);
      expect(rating).toMatchObject({ from: before[from - 1]!.rating, to: after[to - 1]!.rating });
      for (const score of composite === undefined ? [rating] : [rating, composite]) {
        if (score.from === null || score.to === null) continue;
        const points = score.because.reduce((sum, reason) => sum + reason.points!, 0);
        expect(Math.abs(points - (score.to - score.from))).toBeLessThan(1e-9);
      }
    }
    const places = diff.moved.map(({ by }) => Math.abs(by));
    expect(places).toEqual(places.toSorted((x, y) => y - x));
    expect(JSON.parse([...diffJson(diff)].join(''))).toEqual({ type: 'diff', ...diff });
  });

  it.prop([symbols], { numRuns: 20 })('finds nothing between a ranking and itself', async (a) => {
    const rows = rankingOf(a, 1);
    expect(await diffRankings(stream(rows), stream(rows.toReversed()))).toEqual({
      entered: [],
      left: [],
      moved: [],
      same: a.length,
    });
  });
});

describe('diffText', () => {
  plain('shows the farthest first, so many of each kind', async () => {
    const diff = await diffRankings(
      stream(rankingOf([...'XYABCDE'], 1)),
      stream(rankingOf([...'BCDEAZ'], 1)),
    );
    const text = [...diffText(diff, { limit: 1 })].join('');
    const [counts] = text.split('\n');
    expect(counts).toBe('1 entered, 2 left, 5 moved, 0 in the same place');
    expect(text).toMatch(
      /\nentered\n {2}Z +rank +6 {3}rating .*\n\nleft\n {2}X +rank +1 .*\n {2}… and 1 more\n/,
    );
    expect(text).toMatch(
      /\nmoved\n {2}B +rank 4 → 1 +▲ 3 .*\n(?: {4}composite .*\n)? {6}its scores are the same: others moved\n/,
    );
    expect(text.endsWith('  … and 4 more\n')).toBe(true);
    const all = [...diffText(diff, { limit: 9 })].join('');
    expect(all).toMatch(/\n {2}A +rank 3 → 5 +▼ 2 /);
    expect(all).not.toContain('more');
  });

  plain('gives each reason a line, with its points', async () => {
    const [from] = rankingOf(['A'], 1);
    const [, to] = rankingOf(['B', 'A'], 2);
    const diff = await diffRankings(stream([from!]), stream([to!]));
    const lines = [...diffText(diff, { limit: 9 })].join('').split('\n');
    const reasons = diff.moved[0]!.rating.because.concat(diff.moved[0]!.composite?.because ?? []);
    expect(reasons.length).toBeGreaterThan(2);
    for (const { input } of reasons) {
      expect(lines.filter((line) => line.match(`^ +[+−]\\d+\\.\\d\\d  ${input} `)).length).toBeGreaterThan(0);
    }
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });
});
