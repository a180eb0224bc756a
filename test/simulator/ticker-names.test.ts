import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { TickerNames } from '../../src/simulator/ticker-names.ts';

const sizes = fc.integer({ min: 0, max: 3000 });

describe('TickerNames', () => {
  test.prop([sizes])('has as many distinct names as asked for, ascending', (size) => {
    const names = [...new TickerNames(size).ascending()];
    expect(names).toHaveLength(size);
    expect(names).toEqual([...new Set(names)].sort());
  });

  test.prop([sizes, sizes])('has all names of a smaller one', (one, other) => {
    const smaller = new TickerNames(Math.min(one, other));
    const larger = new TickerNames(Math.max(one, other));
    for (const name of smaller.ascending()) expect(larger.has(name)).toBe(true);
  });

  test.prop([sizes, fc.stringMatching(/^[A-Z]{1,4}(\.[A-Z])?$/)])(
    'goes on after any text, member or not',
    (size, after) => {
      const names = new TickerNames(size);
      expect([...names.ascending(after)]).toEqual([...names.ascending()].filter((name) => name > after));
    },
  );

  test.prop([sizes, fc.stringMatching(/^[A-Z]{1,5}$/)])('says who is a member', (size, name) => {
    const names = new TickerNames(size);
    expect(names.has(name)).toBe([...names.ascending()].includes(name));
  });

  it('spreads over the alphabet and has the tickers that trip readers', () => {
    const names = [...new TickerNames(1000).ascending()];
    expect(new Set(names.map((name) => name[0])).size).toBe(26);
    expect(names).toEqual(
      expect.arrayContaining(['BRK.B', 'ABRpD', 'AAM.WS', 'NA', 'NAN', 'TRUE', 'ON', 'E', 'T']),
    );
  });

  it('lists two million names in order, one at a time', () => {
    let count = 0;
    let previous = '';
    let isAscending = true;
    for (const name of new TickerNames(2_000_000).ascending()) {
      isAscending &&= name > previous;
      previous = name;
      count++;
    }
    expect({ count, isAscending }).toEqual({ count: 2_000_000, isAscending: true });
  });
});
