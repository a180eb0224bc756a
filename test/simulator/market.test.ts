import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { isSession } from '../../src/calendar/nyse.ts';
import { formatSession, parseSession } from '../../src/session.ts';
import { adjustForSplits } from '../../src/simulator/adjust-for-splits.ts';
import { createMarket, type Market } from '../../src/simulator/market.ts';
import type { SimulatedBars } from '../../src/simulator/simulated-bars.ts';

const END = parseSession('2018-07-17');
const market = createMarket({ end: END });
const symbols = Array.from(market.tickers(), ({ ticker }) => ticker);
const anySymbol = fc.constantFrom(...symbols);
const anySeed = fc.integer({ min: 0, max: 0xffff_ffff });

describe('createMarket', () => {
  it('makes the same bars whatever the size of the market and the order of requests', () => {
    const small = createMarket({ symbols: 50, end: END });
    const huge = createMarket({ symbols: 2_000_000, end: END });
    const names = Array.from(small.tickers(), ({ ticker }) => ticker);
    const forwards = names.map((name) => small.bars(name));
    const backwards = names.toReversed().map((name) => huge.bars(name));
    expect(backwards.toReversed()).toEqual(forwards);
  });

  it('makes other bars for another seed', () => {
    expect(createMarket({ seed: 2, end: END }).bars('SPY')).not.toEqual(market.bars('SPY'));
  });

  it('continues the same history when a session is added', () => {
    const next = createMarket({ sessions: 301, end: parseSession('2018-07-18') });
    expect(next.sessions[0]).toBe(market.sessions[0]);
    for (const symbol of symbols.slice(0, 500)) {
      const before = market.bars(symbol)!;
      const after = next.bars(symbol)!;
      const bars = before.session.length;
      for (const column of ['session', 'open', 'high', 'low', 'close', 'volume'] as const) {
        expect(after[column].subarray(0, bars)).toEqual(before[column]);
      }
      expect(after.session.length - bars).toBeLessThanOrEqual(1);
    }
  });

  test.prop([anySymbol, anySeed, fc.integer({ min: 1, max: 800 })], { numRuns: 300 })(
    'makes consistent bars, raw and adjusted',
    (symbol, seed, sessions) => {
      const { sessions: calendar, ...any } = createMarket({ seed, sessions, end: END });
      const bars = any.bars(symbol)!;
      expectConsistent(bars);
      expectConsistent(adjustForSplits(bars));
      const last = bars.session.at(-1);
      expect(last === undefined || last <= END).toBe(true);
      expect([...bars.session].every((session) => calendar.includes(session))).toBe(true);
    },
  );

  test.prop([anySymbol])('quotes whole cents from $1 up, and four decimals below', (symbol) => {
    const { open, high, low, close } = market.bars(symbol)!;
    for (const prices of [open, high, low, close]) {
      for (const price of prices) expect(price).toBe(Number(price.toFixed(price >= 1 ? 2 : 4)));
    }
  });

  it('ends at the session on or before the end, with the sessions of the exchange', () => {
    const sunday = createMarket({ symbols: 1, sessions: 5, end: parseSession('2018-07-08') });
    expect(Array.from(sunday.sessions, formatSession)).toEqual([
      '2018-06-29',
      '2018-07-02',
      '2018-07-03',
      '2018-07-05',
      '2018-07-06',
    ]);
    expect([...market.sessions].every(isSession)).toBe(true);
  });

  it('lists tickers in order and holds bars for those only', () => {
    expect(symbols).toHaveLength(6000);
    expect(symbols).toEqual(symbols.toSorted());
    expect(market.bars('NOSUCH')).toBeUndefined();
    expect(market.bars('')).toBeUndefined();
    expect(market.bars('spy')).toBeUndefined();
  });

  it('has the inhabitants of a real market', () => {
    expect(census(market)).toMatchInlineSnapshot(`
      {
        "dollarVolumeOver1bn": 1.9,
        "dollarVolumeUnder250k": 13.4,
        "endsEarly": 5.3,
        "gaps": 7.5,
        "noBarsYet": 0.4,
        "passesScreens": 82.7,
        "splits": 5.5,
        "startsLate": 7.8,
        "under20Bars": 1.4,
        "underOneDollar": 3,
        "zeroVolumeDays": 7.9,
      }
    `);
  });

  it('moves with fat tails', () => {
    const returns: number[] = [];
    for (const symbol of symbols.slice(0, 1000)) {
      const { close } = adjustForSplits(market.bars(symbol)!);
      for (let index = 1; index < close.length; index++) {
        returns.push(Math.log(close[index]! / close[index - 1]!));
      }
    }
    const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
    const moment = (power: number) =>
      returns.reduce((sum, value) => sum + (value - mean) ** power, 0) / returns.length;
    // A normal distribution has 3.
    expect(moment(4) / moment(2) ** 2).toBeGreaterThan(6);
  });

  it('refuses sizes out of range', () => {
    expect(() => createMarket({ symbols: -1, end: END })).toThrow(
      'Expected `symbols` to be an integer from 0 to 12356617, got `-1`',
    );
    expect(() => createMarket({ sessions: 0, end: END })).toThrow('Expected `sessions`');
    expect(() => createMarket({ seed: 1.5, end: END })).toThrow('Expected `seed`');
  });
});

function expectConsistent({ session, open, high, low, close, volume }: SimulatedBars): void {
  for (let index = 0; index < session.length; index++) {
    const [o, h, l, c, v] = [open[index]!, high[index]!, low[index]!, close[index]!, volume[index]!];
    if (!(l > 0 && l <= Math.min(o, c) && h >= Math.max(o, c) && v >= 0 && Number.isSafeInteger(v))) {
      expect.fail(`bar ${index}: ${JSON.stringify({ o, h, l, c, v })}`);
    }
    if (index > 0 && session[index]! <= session[index - 1]!) expect.fail(`session ${index} not ascending`);
  }
}

/** Shares of all symbols in percent. */
function census(of: Market): Record<string, number> {
  const counts = {
    passesScreens: 0,
    noBarsYet: 0,
    under20Bars: 0,
    startsLate: 0,
    endsEarly: 0,
    gaps: 0,
    splits: 0,
    zeroVolumeDays: 0,
    underOneDollar: 0,
    dollarVolumeUnder250k: 0,
    dollarVolumeOver1bn: 0,
  };
  const firstSession = of.sessions[0]!;
  const lastSession = of.sessions.at(-1)!;
  for (const { ticker } of of.tickers()) {
    const { session, close, volume, splits } = of.bars(ticker)!;
    const bars = session.length;
    if (bars === 0) counts.noBarsYet++;
    if (bars < 20) counts.under20Bars++;
    if (bars === 0) continue;
    const from = Math.max(0, bars - 40);
    let dollars = 0;
    for (let index = from; index < bars; index++) dollars += close[index]! * volume[index]!;
    dollars /= bars - from;
    if (session[0]! > firstSession) counts.startsLate++;
    if (session.at(-1)! < lastSession) counts.endsEarly++;
    const between = of.sessions.indexOf(session.at(-1)!) - of.sessions.indexOf(session[0]!) + 1;
    if (bars < between) counts.gaps++;
    if (splits.length > 0) counts.splits++;
    if (volume.includes(0)) counts.zeroVolumeDays++;
    if (close.at(-1)! < 1) counts.underOneDollar++;
    if (dollars < 250_000) counts.dollarVolumeUnder250k++;
    if (dollars > 1e9) counts.dollarVolumeOver1bn++;
    if (bars >= 20 && close.at(-1)! >= 1 && dollars >= 250_000) counts.passesScreens++;
  }
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, Math.round((1000 * count) / of.size) / 10]),
  );
}
