import { describe, expect, it, onTestFinished } from 'vitest';
import { parseSession } from '../../src/session.ts';
import { createMarket } from '../../src/simulator/market.ts';
import { createAlpacaSource } from '../../src/sources/alpaca.ts';
import { startSimulatedSource } from '../support/simulated-source.ts';
import { barsOf, failureOf, never, rowsOf } from '../support/source-suite.ts';

const end = parseSession('2018-07-17');
const market = createMarket({ symbols: 200, sessions: 300, end });
const history = { from: end - 500, to: end, bars: 100 };

/** The same market, asked in two ways. */
async function both() {
  const polygon = await startSimulatedSource(market);
  const alpaca = createAlpacaSource({
    keyId: 'PK-simulated',
    secret: 'of-nobody',
    url: polygon.provider.url,
  });
  onTestFinished(async () => {
    await alpaca.close();
    await polygon.close();
  });
  return { polygon, alpaca };
}

describe('alpaca source of a simulated market', () => {
  it('brings the bars that polygon brings, of many symbols and over many pages', async () => {
    const { polygon, alpaca } = await both();
    const symbols = [...market.tickers()].slice(0, 60).map(({ ticker }) => ticker);
    const found = await alpaca.manySymbols.fetchMany(symbols, history, never);
    expect(alpaca.traffic.calls).toBeGreaterThan(1);
    for (const [symbol, bytes] of found) {
      expect(rowsOf(bytes), symbol).toEqual(await barsOf(polygon, symbol, history));
    }
    expect(found.size).toBeGreaterThan(50);
  });

  it('brings the splits that polygon brings', async () => {
    const { polygon, alpaca } = await both();
    const ordered = async ({ splits }: Pick<typeof polygon, 'splits'>) =>
      [...(await splits!.fetchSplits(end - 500, end, never))]
        .map(({ symbol, session, ratio }) => `${session} ${symbol} ${ratio}`)
        .sort();
    const expected = await ordered(polygon);
    expect(expected.length).toBeGreaterThan(0);
    expect(await ordered(alpaca)).toEqual(expected);
  });

  it('learns which symbol spoils a call, and has no bars of it alone', async () => {
    const { alpaca } = await both();
    const many = alpaca.manySymbols.fetchMany(['SPY', 'NOBODY'], history, never);
    expect(await failureOf(many)).toMatchObject({ badSymbols: ['NOBODY'] });
    expect(await barsOf(alpaca, 'NOBODY', history)).toEqual([]);
  });
});
