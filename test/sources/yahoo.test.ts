import { describe, expect, it, onTestFinished } from 'vitest';
import { FLAG_SPLIT_ADJUSTED, viewSeries } from '../../src/series.ts';
import { createYahooSource } from '../../src/sources/yahoo.ts';
import { HAS_FIXTURES, recordedBody } from '../support/provider-fixture.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import {
  barsOf,
  day,
  failureOf,
  HISTORY,
  httpSourceSuite,
  MARKET,
  never,
  type Reply,
} from '../support/source-suite.ts';

/** The open in New York, in winter. */
const openOf = (session: number) => session * 86_400 + 14.5 * 3600;
const SYMBOLS: Readonly<Record<string, string>> = { 'BRK-B': 'BRK.B' };

function chart(symbol: string, timestamp: readonly number[], quote: object, meta: object = {}): string {
  const result = [{ meta: { symbol, ...meta }, timestamp, indicators: { quote: [quote] } }];
  return JSON.stringify({ chart: { result, error: null } });
}

function serve(path: string): Reply {
  const text = /chart\/([^?]+)/.exec(path)?.[1] ?? 'AAPL';
  const bars = MARKET[SYMBOLS[text] ?? text];
  if (bars === undefined) {
    const error = { code: 'Not Found', description: 'No data found, symbol may be delisted' };
    return { status: 404, body: JSON.stringify({ chart: { result: null, error } }) };
  }
  const column = (name: 'open' | 'high' | 'low' | 'close' | 'volume') => bars.map((bar) => bar[name]);
  const quote = {
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  };
  const times = bars.map(({ session }) => openOf(session));
  return { status: 200, body: chart(text, times, bars.length === 0 ? {} : quote) };
}

async function answering(status: number, body: string) {
  const server = await scriptedServer((response) => response.writeHead(status).end(body));
  const source = createYahooSource({ url: server.url });
  onTestFinished(() => source.close());
  return { server, source };
}

describe('yahoo source', () => {
  httpSourceSuite({
    open: (url) => createYahooSource({ url }),
    serve,
    errorInside: '{"chart":{"result":null,"error":{"code":"Internal","description":"Try again"}}}',
  });

  it('asks for days, from midnight to midnight, in its spelling', async () => {
    const { server, source } = await answering(200, chart('BRK-B', [], {}));
    await source.fetchBars('BRK.B', { from: 1, to: 3, bars: 40 }, never);
    expect(server.requests[0]).toMatchObject({
      path: '/v8/finance/chart/BRK-B?period1=86400&period2=345600&interval=1d&includePrePost=false',
      headers: { 'user-agent': 'tapescan' },
    });
  });

  it('leaves out bars with a missing number, and keeps the last of a session', async () => {
    const session = day('2024-01-02');
    const times = [session, session + 1, session + 2, session + 2].map(openOf);
    const same = [1, null, 3, 4];
    const quote = { open: same, high: same, low: same, close: [1, 2, 3, 4], volume: [9, 9, 9, 9] };
    const { source } = await answering(200, chart('AAPL', times, quote));
    expect((await barsOf(source, 'AAPL')).map((bar) => [bar.session - session, bar.close])).toEqual([
      [0, 1],
      [2, 4],
    ]);
  });

  it('says that its prices are adjusted for splits', async () => {
    const { source } = await answering(200, serve('/chart/AAPL?').body);
    const { pages } = await source.fetchBars('AAPL', HISTORY, never);
    expect(viewSeries(pages[0]!).flags & FLAG_SPLIT_ADJUSTED).toBe(FLAG_SPLIT_ADJUSTED);
    expect(source.dataset).toContain('split-adjusted');
  });

  it.each([
    [chart('MSFT', [], {}), 'wrong-symbol', 'Asked for AAPL, got MSFT'],
    ['{"chart":{"result":[],"error":null}}', 'malformed', 'An answer without a chart'],
    ['null', 'malformed', 'An answer without a chart'],
  ])('refuses %s', async (body, code, message) => {
    const { source } = await answering(200, body);
    expect(await failureOf(source.fetchBars('AAPL', HISTORY, never))).toMatchObject({ code, message });
  });

  it('repeats the words of a refusal', async () => {
    const body = '{"chart":{"result":null,"error":{"code":"Bad Request","description":"Invalid range"}}}';
    const { source } = await answering(400, body);
    expect(await failureOf(source.fetchBars('AAPL', HISTORY, never))).toMatchObject({
      code: 'unexpected-status',
      message: 'Status 400: Invalid range',
    });
  });
});

describe.skipIf(!HAS_FIXTURES)('yahoo, as recorded', () => {
  it('reads the bars around a split', async () => {
    const { source } = await answering(200, recordedBody('yahoo/chart-AAPL-2020-08-31-to-2020-11-07.json'));
    const bars = await barsOf(source, 'AAPL', { from: day('2020-08-31'), to: day('2020-11-07'), bars: 60 });
    expect(bars).toHaveLength(49);
    expect(bars[0]).toMatchObject({ session: day('2020-08-31'), close: 129.0399932861328 });
    expect(bars.at(-1)).toMatchObject({ session: day('2020-11-06'), close: 118.69000244140625 });
  });
});
