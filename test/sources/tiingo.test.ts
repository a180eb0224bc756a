import { describe, expect, it, onTestFinished } from 'vitest';
import { FLAG_SPLIT_ADJUSTED, viewSeries } from '../../src/series.ts';
import { formatSession } from '../../src/session.ts';
import { createTiingoSource } from '../../src/sources/tiingo.ts';
import { HAS_FIXTURES, recordedBody } from '../support/provider-fixture.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import {
  barsOf,
  day,
  failureOf,
  HISTORY,
  httpSourceSuite,
  KEY,
  MARKET,
  never,
  type Reply,
  type TestBar,
} from '../support/source-suite.ts';

const SYMBOLS: Readonly<Record<string, string>> = { 'BRK-B': 'BRK.B' };
const price = ({ session, ...numbers }: TestBar, splitFactor = 1) => ({
  date: `${formatSession(session)}T00:00:00.000Z`,
  ...numbers,
  adjClose: -1,
  divCash: 0,
  splitFactor,
});

function serve(path: string): Reply {
  const text = /daily\/([^/]+)/.exec(path)?.[1] ?? 'AAPL';
  const bars = MARKET[SYMBOLS[text] ?? text];
  return bars === undefined
    ? { status: 404, body: `{"detail":"Error: Ticker '${text}' not found"}` }
    : { status: 200, body: JSON.stringify(bars.map((bar) => price(bar))) };
}

async function answering(status: number, body: string) {
  const server = await scriptedServer((response) => response.writeHead(status).end(body));
  const source = createTiingoSource({ token: KEY, url: server.url });
  onTestFinished(() => source.close());
  return { server, source };
}

describe('tiingo source', () => {
  httpSourceSuite({
    open: (url) => createTiingoSource({ token: KEY, url }),
    serve,
    errorInside: `{"detail":"Error: ${KEY} has run over its hourly allocation"}`,
    wrongKey: { status: 401, body: `{"detail":"Invalid token ${KEY}."}` },
  });

  it('asks for the days of the history, in its spelling, with the token in a header', async () => {
    const { server, source } = await answering(200, '[]');
    await source.fetchBars('ABRpD', HISTORY, never);
    expect(server.requests[0]).toMatchObject({
      path: '/tiingo/daily/ABR-P-D/prices?startDate=2023-12-01&endDate=2024-01-31&format=json&resampleFreq=daily',
      headers: { authorization: `Token ${KEY}` },
    });
  });

  it('does not ask for what it cannot spell', async () => {
    const { server, source } = await answering(200, '[]');
    expect(await barsOf(source, 'AIIAr')).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  it('adjusts for the splits that come with the bars, newest first or last', async () => {
    const bar = { open: 80, high: 88, low: 72, close: 84, volume: 1000 };
    const session = day('2024-01-02');
    const rows = [
      price({ session, ...bar }),
      price({ session: session + 1, ...bar }, 2),
      price({ session: session + 2, ...bar }, 0.5),
      price({ session: session + 3, ...bar }, 4),
    ];
    const closes = [84 / 4, (84 / 4) * 2, 84 / 4, 84];
    for (const body of [JSON.stringify(rows), JSON.stringify(rows.toReversed())]) {
      const { source } = await answering(200, body);
      const bars = await barsOf(source, 'AAPL');
      expect(bars.map(({ close }) => close)).toEqual(closes);
      // What was traded for each day stays what it was.
      expect(bars.map(({ close, volume }) => close * volume)).toEqual(closes.map(() => 84_000));
      const { pages } = await source.fetchBars('AAPL', HISTORY, never);
      expect(viewSeries(pages[0]!).flags).toBe(FLAG_SPLIT_ADJUSTED);
    }
  });

  it('leaves splits after the history alone, and bars with a missing number out', async () => {
    const bar = MARKET.AAPL![0]!;
    const rows = [
      price(bar),
      { ...price({ ...bar, session: bar.session + 1 }), volume: null },
      price({ ...bar, session: HISTORY.to + 1 }, 10),
    ];
    const { source } = await answering(200, JSON.stringify(rows));
    expect(await barsOf(source, 'AAPL')).toEqual([bar]);
  });

  it.each([
    ['{"page":1}', 'malformed'],
    ['null', 'malformed'],
    ['[{"date":"yesterday","open":1}]', 'bad-bars'],
    ['[null]', 'bad-bars'],
  ])('refuses %s', async (body, code) => {
    const { source } = await answering(200, body);
    expect(await failureOf(source.fetchBars('AAPL', HISTORY, never))).toMatchObject({ code });
  });
});

describe.skipIf(!HAS_FIXTURES)('tiingo, as recorded', () => {
  it('reads prices of days', async () => {
    const { source } = await answering(200, recordedBody('tiingo/ticker_price_with_date.json'));
    const history = { from: day('2015-01-01'), to: day('2015-01-05'), bars: 10 };
    expect(await barsOf(source, 'GOOGL', history)).toEqual([
      { session: day('2015-01-02'), open: 532.6, high: 535.8, low: 527.88, close: 529.55, volume: 1_327_870 },
      {
        session: day('2015-01-05'),
        open: 527.15,
        high: 527.9899,
        low: 517.75,
        close: 519.46,
        volume: 2_059_119,
      },
    ]);
  });

  it('reads the latest price, whose time is written in another way', async () => {
    const { source } = await answering(200, recordedBody('tiingo/ticker_price.json'));
    const history = { from: day('2018-04-01'), to: day('2018-04-30'), bars: 10 };
    expect((await barsOf(source, 'GOOGL', history)).map(({ session }) => session)).toEqual([
      day('2018-04-12'),
    ]);
  });
});
