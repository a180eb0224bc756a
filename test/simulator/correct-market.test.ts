import { describe, expect, it } from 'vitest';
import { parseSession } from '../../src/session.ts';
import { correctMarket } from '../../src/simulator/correct-market.ts';
import { createMarket } from '../../src/simulator/market.ts';

const market = createMarket({ symbols: 30, end: parseSession('2018-07-17') });
const session = market.sessions.at(-5)!;

describe('correctMarket', () => {
  it('restates the bar that is named, and no other', () => {
    const corrected = correctMarket(market, [{ symbol: 'SPY', session }]);
    const [before, after] = [market.bars('SPY')!, corrected.bars('SPY')!];
    const changed = (column: 'open' | 'high' | 'low' | 'close' | 'volume') =>
      [...before.session].filter((_, index) => before[column][index] !== after[column][index]);
    expect([changed('open'), changed('close'), changed('volume')]).toEqual([[], [session], [session]]);
    const index = after.session.indexOf(session);
    expect(after.low[index]).toBeLessThanOrEqual(after.close[index]!);
    expect(after.high[index]).toBeGreaterThanOrEqual(after.close[index]!);
    expect(corrected.bars('BRK.B')).toEqual(market.bars('BRK.B'));
    expect(corrected.name).toBe(market.name);
  });

  it('leaves the market it was made from as it was, and corrects the same way each time', () => {
    const before = structuredClone(market.bars('SPY'));
    const first = correctMarket(market, [{ symbol: 'SPY', session }]).bars('SPY');
    expect(market.bars('SPY')).toEqual(before);
    expect(correctMarket(market, [{ symbol: 'SPY', session }]).bars('SPY')).toEqual(first);
  });

  it('passes over bars that there are not', () => {
    const corrected = correctMarket(market, [
      { symbol: 'NOSUCH', session },
      { symbol: 'SPY', session: 1 },
    ]);
    expect(corrected.bars('NOSUCH')).toBeUndefined();
    expect(corrected.bars('SPY')).toEqual(market.bars('SPY'));
  });
});
