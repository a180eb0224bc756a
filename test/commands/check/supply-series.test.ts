import { afterEach, expect, it } from 'vitest';
import type { Supplied } from '../../../src/commands/check/check-lookahead.ts';
import { type SupplySeriesOptions, supplySeries } from '../../../src/commands/check/supply-series.ts';
import { viewSeries } from '../../../src/series.ts';
import { createMarket } from '../../../src/simulator/market.ts';
import { entriesOf } from '../../../src/universe/read-universe.ts';
import { type SimulatedSource, startSimulatedSource } from '../../support/simulated-source.ts';

const END = 20_000;
const market = createMarket({ symbols: 20, sessions: 40, end: END });
const tickers = Array.from(market.tickers(), ({ ticker }) => ticker);
const history = { from: END - 100, to: END, bars: 40 };
let source: SimulatedSource | undefined;

afterEach(async () => {
  await source?.close();
  source = undefined;
});

async function supply(symbols: readonly string[], options: Partial<SupplySeriesOptions> = {}) {
  const supplied: Supplied[] = [];
  const signal = new AbortController().signal;
  for await (const each of supplySeries(entriesOf(symbols), {
    source: source!,
    history,
    signal,
    ...options,
  })) {
    supplied.push(each);
  }
  return supplied;
}

it('supplies the decoded series in the order of the list, however many are under way', async () => {
  source = await startSimulatedSource(market);
  const one = await supply(tickers, { concurrency: 1 });
  expect(one.map(({ symbol }) => symbol)).toStrictEqual(tickers);
  expect(await supply(tickers, { concurrency: 50 })).toStrictEqual(one);
  const sessions = one.map((each) => ('series' in each ? viewSeries(each.series).bars : -1));
  expect(sessions).toStrictEqual(tickers.map((ticker) => market.bars(ticker)!.session.length));
});

it('supplies the defects of the list as they are, and nothing is asked for them', async () => {
  source = await startSimulatedSource(market);
  const [first] = tickers;
  const supplied = await supply([first!, first!, '!!']);
  expect(supplied.map((each) => ('defect' in each ? each.defect : 'series'))).toStrictEqual([
    'series',
    'duplicate',
    'malformed',
  ]);
  expect(source.traffic.calls).toBe(1);
});

it('asks again where that may help, and supplies the error where it did not', async () => {
  source = await startSimulatedSource(market);
  const failing = { calls: 0 };
  const flaky: SupplySeriesOptions['source'] = {
    async fetchBars(symbol, asked, signal) {
      failing.calls++;
      if (failing.calls < 3) return { format: 'polygon-aggregates', pages: [new Uint8Array()] };
      return source!.fetchBars(symbol, asked, signal);
    },
  };
  const [first] = tickers;
  const [twice] = await supply([first!], { source: flaky, attempts: 2, baseMs: 1 });
  expect(twice).toMatchObject({ symbol: first, error: { code: 'empty-body' } });
  expect(failing.calls).toBe(2);
  const [third] = await supply([first!], { source: flaky, attempts: 2, baseMs: 1 });
  expect(third).toHaveProperty('series');
});

it('ends with the signal, a wait included', async () => {
  source = await startSimulatedSource(market);
  const controller = new AbortController();
  const refusing: SupplySeriesOptions['source'] = {
    async fetchBars() {
      // Aborted while the wait before the next attempt is under way.
      setImmediate(() => controller.abort());
      return { format: 'polygon-aggregates', pages: [new Uint8Array()] };
    },
  };
  const options = { source: refusing, baseMs: 1_000_000, signal: controller.signal };
  expect(await supply(tickers, options)).toStrictEqual([]);
});
