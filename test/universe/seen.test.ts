import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Seen } from '../../src/universe/seen.ts';

// Few characters and all lengths about the packing's edges, so that symbols collide and nearly collide.
const near = fc.string({ unit: fc.constantFrom('A', 'a', '0', '.', 'p'), maxLength: 12, size: 'max' });
const foreign = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('__proto__', '\0', 'A\0', 'Ā', 'ŁA'),
);
const symbols = fc.array(fc.oneof({ weight: 4, arbitrary: near }, foreign), {
  maxLength: 3_000,
  size: 'max',
});

describe('Seen', () => {
  it('says of each symbol once that it is new', () => {
    const seen = new Seen();
    expect(['A', 'B', 'A', 'a', 'A.', 'A', 'B'].map((symbol) => seen.add(symbol))).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(seen.size).toBe(4);
  });

  it('tells symbols apart that differ in any place, case or length', () => {
    const seen = new Seen();
    const all = [
      'A',
      'AA',
      'AAAAA',
      'AAAAAA',
      'AAAAAAAAAA',
      'AAAAAAAAAAA',
      'AAAAAAAAAB',
      'BAAAAAAAAA',
      'AAAAaAAAAA',
      'AAAA.AAAAA',
      'AAAAABAAAAA',
      'AAAAACAAAAA',
    ];
    expect(all.map((symbol) => seen.add(symbol))).toEqual(all.map(() => true));
    expect(all.map((symbol) => seen.add(symbol))).toEqual(all.map(() => false));
  });

  it('keeps every symbol while it grows', () => {
    const seen = new Seen();
    const small = seen.bytes;
    const all = Array.from({ length: 100_000 }, (_, index) => `S${index.toString(36)}`);
    expect(all.filter((symbol) => !seen.add(symbol))).toEqual([]);
    expect(all.filter((symbol) => seen.add(symbol))).toEqual([]);
    expect(seen.size).toBe(100_000);
    expect(seen.bytes).toBeGreaterThan(small);
    expect(seen.bytes / seen.size).toBeLessThan(22);
  });

  test.prop([symbols])('agrees with a set on any symbols', (all) => {
    const seen = new Seen();
    const set = new Set<string>();
    for (const symbol of all) {
      expect(seen.add(symbol)).toBe(!set.has(symbol));
      set.add(symbol);
    }
    expect(seen.size).toBe(set.size);
  });
});
