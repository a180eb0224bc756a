import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { Slowest } from '../../src/state/slowest.ts';

// Few symbols and few times, so that both come again.
const calls = fc.array(fc.tuple(fc.constantFrom(...'ABCDEFGHIJKL'), fc.integer({ min: 0, max: 12 })), {
  maxLength: 100,
  size: 'max',
});

describe('Slowest', () => {
  test.prop({ calls, size: fc.integer({ min: 1, max: 12 }) })(
    'has the symbols with the longest calls, each once, whatever the order',
    ({ calls, size }) => {
      const slowest = new Slowest(size);
      for (const [symbol, ms] of calls) slowest.offer(symbol, ms);
      const longest = new Map<string, number>();
      for (const [symbol, ms] of calls) longest.set(symbol, Math.max(ms, longest.get(symbol) ?? 0));
      const { symbols } = slowest;
      expect(symbols.map(({ ms }) => ms)).toEqual([...longest.values()].sort((a, b) => b - a).slice(0, size));
      expect(new Set(symbols.map(({ symbol }) => symbol)).size).toBe(symbols.length);
      for (const { symbol, ms } of symbols) expect(longest.get(symbol)).toBe(ms);
    },
  );
});
