import { describe, expect, it } from 'vitest';
import { parseSession } from '../../src/session.ts';
import { adjustForSplits } from '../../src/simulator/adjust-for-splits.ts';
import { createMarket } from '../../src/simulator/market.ts';
import type { SimulatedBars, Split } from '../../src/simulator/simulated-bars.ts';

function barsOf(
  closes: readonly number[],
  volumes: readonly number[],
  splits: readonly Split[],
): SimulatedBars {
  const close = Float64Array.from(closes);
  return {
    session: Int32Array.from(closes, (_, index) => 100 + index),
    open: close,
    high: close,
    low: close,
    close,
    volume: Float64Array.from(volumes),
    splits,
  };
}

describe('adjustForSplits', () => {
  it('divides prices before a split and multiplies volumes', () => {
    const adjusted = adjustForSplits(
      barsOf([400, 404.04, 101], [10, 20, 80], [{ session: 102, from: 1, to: 4 }]),
    );
    expect([...adjusted.close]).toEqual([100, 101.01, 101]);
    expect([...adjusted.volume]).toEqual([40, 80, 80]);
  });

  it('multiplies prices before a reverse split and divides volumes', () => {
    const adjusted = adjustForSplits(barsOf([0.5, 5.1], [1000, 90], [{ session: 101, from: 10, to: 1 }]));
    expect([...adjusted.close]).toEqual([5, 5.1]);
    expect([...adjusted.volume]).toEqual([100, 90]);
  });

  it('applies several splits together', () => {
    const splits = [
      { session: 101, from: 1, to: 2 },
      { session: 102, from: 2, to: 3 },
    ];
    const adjusted = adjustForSplits(barsOf([300, 150, 100], [10, 20, 30], splits));
    expect([...adjusted.close]).toEqual([100, 100, 100]);
    expect([...adjusted.volume]).toEqual([30, 30, 30]);
  });

  it('gives the same bars back where there is no split', () => {
    const bars = barsOf([1, 2], [3, 4], []);
    expect(adjustForSplits(bars)).toBe(bars);
  });

  it('leaves no jump of a split in the synthetic market', () => {
    const market = createMarket({ symbols: 3000, end: parseSession('2018-07-17') });
    let splits = 0;
    for (const { ticker } of market.tickers()) {
      const bars = market.bars(ticker)!;
      const adjusted = adjustForSplits(bars);
      for (const { session, from, to } of bars.splits) {
        const index = bars.session.indexOf(session);
        if (index < 1) continue;
        splits++;
        const raw = bars.close[index - 1]! / bars.open[index]!;
        const smooth = adjusted.close[index - 1]! / adjusted.open[index]!;
        // The ratio of the two is that of the split, but for rounding to ticks.
        expect((raw / smooth) * (from / to)).toBeCloseTo(1, 2);
        expect(Math.abs(Math.log(smooth))).toBeLessThan(0.7);
      }
    }
    expect(splits).toBeGreaterThan(50);
  });
});
