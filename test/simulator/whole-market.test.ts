import { describe, expect, it } from 'vitest';
import { parseSession } from '../../src/session.ts';
import { createMarket, type Market } from '../../src/simulator/market.ts';
import { WholeMarket } from '../../src/simulator/whole-market.ts';

const END = parseSession('2018-07-17');

/** A market, and how often bars were made in it. */
function counted(market: Market): { readonly market: Market; readonly made: () => number } {
  let made = 0;
  return {
    market: {
      ...market,
      bars: (symbol) => {
        made++;
        return market.bars(symbol);
      },
    },
    made: () => made,
  };
}

describe('WholeMarket', () => {
  it('makes the bars of each symbol once', () => {
    const { market, made } = counted(createMarket({ symbols: 100, end: END }));
    const whole = new WholeMarket(market);
    const expected = Array.from(market.tickers(), ({ ticker }) => ticker);
    for (let round = 0; round < 3; round++) {
      expect(Array.from(whole, ({ ticker }) => ticker)).toEqual(expected);
    }
    expect(made()).toBe(100);
  });

  it('has every symbol once after an iteration that was left early, and in two at a time', () => {
    const { market } = counted(createMarket({ symbols: 100, end: END }));
    const whole = new WholeMarket(market);
    for (const { ticker } of whole) if (ticker > 'K') break;
    const one = whole[Symbol.iterator]();
    const other = whole[Symbol.iterator]();
    const seen: string[] = [];
    const seenToo: string[] = [];
    for (let turn = 0; turn < 100; turn++) {
      seen.push(one.next().value!.ticker);
      seenToo.push(other.next().value!.ticker);
    }
    const expected = Array.from(market.tickers(), ({ ticker }) => ticker);
    expect([seen, seenToo]).toEqual([expected, expected]);
    expect(Array.from(whole, ({ ticker }) => ticker)).toEqual(expected);
  });

  it('keeps what fits and makes the rest again', () => {
    // Some 290,000 bars, of which 250,000 are kept.
    const { market, made } = counted(createMarket({ symbols: 1000, sessions: 300, end: END }));
    const whole = new WholeMarket(market, 250_000);
    const names = () => Array.from(whole, ({ ticker }) => ticker);
    expect(names()).toHaveLength(1000);
    expect(made()).toBe(1000);
    expect(names()).toEqual(Array.from(market.tickers(), ({ ticker }) => ticker));
    expect(made()).toBeGreaterThan(1100);
    expect(made()).toBeLessThan(1500);
  });
});
