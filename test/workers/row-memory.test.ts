import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { FormingBar } from '../../src/types.ts';
import { type Remembered, RowMemory } from '../../src/workers/row-memory.ts';

const rowOf = (value: number) => Float64Array.of(value);
const formingOf = (close: number): FormingBar => ({
  ...{ session: 15_100, open: 11, high: 14, low: 9, close, volume: 500 },
});
const plain: Omit<Remembered, 'row'> = { question: 'q', seal: 1 };

// Few different values: what was before comes again, and each part changes alone.
const origin = fc.record({
  question: fc.constantFrom('q', 'r'),
  seal: fc.constantFrom(1, 2),
  splits: fc.constantFrom(undefined, [], [15_050, 2], [15_050, 3], [15_020, 2, 15_050, 3]),
  forming: fc.constantFrom(undefined, formingOf(10), formingOf(12), { ...formingOf(12), volume: 900 }),
});

describe('RowMemory', () => {
  test.prop([
    fc.array(fc.record({ symbol: fc.constantFrom('A', 'B'), origin }), { maxLength: 30, size: 'max' }),
  ])('has the last row of a symbol, for what it follows from and nothing else', (asked) => {
    const memory = new RowMemory();
    const last = new Map<string, { readonly key: string; readonly value: number; readonly seal: number }>();
    for (const [index, { symbol, origin: own }] of asked.entries()) {
      const key = JSON.stringify([own.question, own.splits, own.forming]);
      const known = last.get(symbol);
      const recalled = memory.recall(symbol, structuredClone(own));
      expect([recalled?.row[0], recalled?.seal]).toEqual(
        known?.key === key ? [known.value, known.seal] : [undefined, undefined],
      );
      memory.remember(symbol, { row: rowOf(index), ...own });
      last.set(symbol, { key, value: index, seal: own.seal });
    }
  });

  it('tells the rows of a question, but those with a bar of today', () => {
    const memory = new RowMemory();
    memory.remember('A', { row: rowOf(1), ...plain, splits: [15_050, 2] });
    memory.remember('B', { row: rowOf(2), ...plain, question: 'r' });
    memory.remember('C', { row: rowOf(3), ...plain, forming: formingOf(10) });
    expect([...memory.answersTo('q')]).toEqual([
      { symbol: 'A', row: rowOf(1), seal: 1, splits: [15_050, 2] },
    ]);
  });

  it('has no more than it may: rows of other questions go first', () => {
    const memory = new RowMemory({ mostRows: 3 });
    memory.remember('A', { row: rowOf(1), ...plain, question: 'old' });
    for (const symbol of ['B', 'C', 'D', 'E']) memory.remember(symbol, { row: rowOf(2), ...plain });
    const symbolsOf = (question: string) => Array.from(memory.answersTo(question), ({ symbol }) => symbol);
    expect([symbolsOf('old'), symbolsOf('q'), memory.size]).toEqual([[], ['B', 'C', 'D'], 3]);
    memory.remember('C', { row: rowOf(9), ...plain });
    expect(memory.recall('C', plain)?.row).toEqual(rowOf(9));
  });

  test.prop([
    fc.array(fc.tuple(fc.constantFrom(...'ABCDE'), fc.constantFrom('q', 'r', 's')), { maxLength: 40 }),
  ])('makes room for a row wherever it has one of another question', (asked) => {
    const memory = new RowMemory({ mostRows: 3 });
    let expected = new Map<string, string>();
    for (const [symbol, question] of asked) {
      memory.remember(symbol, { row: rowOf(1), ...plain, question });
      if (expected.size >= 3 && !expected.has(symbol)) {
        expected = new Map([...expected].filter(([, theirs]) => theirs === question));
      }
      if (expected.size < 3 || expected.has(symbol)) expected.set(symbol, question);
      const kept = ['q', 'r', 's'].flatMap((kind) =>
        Array.from(memory.answersTo(kind), (row) => [row.symbol, kind]),
      );
      expect(new Map(kept as [string, string][])).toEqual(expected);
    }
  });
});
