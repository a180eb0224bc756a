import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UnknownSymbolsError } from '../../src/errors.ts';
import { formatSession } from '../../src/session.ts';
import { type AlpacaOptions, createAlpacaSource } from '../../src/sources/alpaca.ts';
import { HAS_FIXTURES, recordedBody } from '../support/provider-fixture.ts';
import { type ScriptedServer, scriptedServer } from '../support/scripted-server.ts';
import {
  day,
  failureOf,
  HISTORY,
  httpSourceSuite,
  KEY,
  MARKET,
  never,
  type Reply,
  rowsOf,
  type TestBar,
} from '../support/source-suite.ts';

const open = (url: string, options: Partial<AlpacaOptions> = {}) =>
  createAlpacaSource({ keyId: 'PK-key-id', secret: KEY, url, ...options });

function openFor({ url }: ScriptedServer, options?: Partial<AlpacaOptions>) {
  const source = open(url, options);
  onTestFinished(() => source.close());
  return source;
}

const alpacaBar = ({ session, open: o, high: h, low: l, close: c, volume: v }: TestBar) => ({
  t: `${formatSession(session)}T05:00:00Z`,
  o,
  h,
  l,
  c,
  v,
  n: 1,
  vw: o,
});

/** Pages of `limit` bars over all symbols, in their order; one symbol that is not known fails all. */
function serve(path: string, limit = 10_000): Reply {
  const query = new URL(path, 'http://localhost').searchParams;
  const symbols = (query.get('symbols') ?? 'AAPL').split(',').sort();
  const unknown = symbols.find((symbol) => MARKET[symbol] === undefined);
  if (unknown !== undefined) return { status: 400, body: `{"message":"invalid symbol: ${unknown}"}` };
  const all = symbols.flatMap((symbol) => MARKET[symbol]!.map((bar) => [symbol, alpacaBar(bar)] as const));
  const start = Number(query.get('page_token') ?? 0);
  const bars: Record<string, unknown[]> = {};
  for (const [symbol, bar] of all.slice(start, start + limit)) {
    bars[symbol] ??= [];
    bars[symbol].push(bar);
  }
  const next = start + limit < all.length ? String(start + limit) : null;
  return { status: 200, body: JSON.stringify({ bars, next_page_token: next }) };
}

const serving = (limit?: number) =>
  scriptedServer((response, path) => {
    const { status, body } = serve(path, limit);
    response.writeHead(status).end(body);
  });
const answering = (status: number, body: string, headers: Record<string, string> = {}) =>
  scriptedServer((response) => response.writeHead(status, headers).end(body));

describe('alpaca source', () => {
  httpSourceSuite({
    open,
    serve,
    errorInside: '{"message":"internal error"}',
    wrongKey: { status: 403, body: `{"message":"forbidden: ${KEY}"}` },
  });

  it('asks for bars as traded, up to midnight of the last day, with its keys in headers', async () => {
    const server = await answering(200, '{"bars":{},"next_page_token":null}');
    await openFor(server).manySymbols.fetchMany(['AAPL', 'ABRpD'], HISTORY, never);
    const { path, headers } = server.requests[0]!;
    expect(Object.fromEntries(new URL(path, 'http://localhost').searchParams)).toEqual({
      symbols: 'AAPL,ABR.PRD',
      timeframe: '1Day',
      start: '2023-12-01T00:00:00Z',
      end: '2024-01-31T06:00:00Z',
      adjustment: 'raw',
      sort: 'asc',
      limit: '10000',
    });
    expect(path).toMatch(/^\/v2\/stocks\/bars\?/);
    expect(headers).toMatchObject({ 'apca-api-key-id': 'PK-key-id', 'apca-api-secret-key': KEY });
  });

  it('asks for the feed that it is told, and names it in its data', async () => {
    const server = await answering(200, '{"bars":{}}');
    const source = openFor(server, { feed: 'iex' });
    await source.fetchBars('AAPL', HISTORY, never);
    expect(server.requests[0]!.path).toContain('&feed=iex');
    expect(source.dataset).not.toBe(openFor(server).dataset);
  });

  it.each([1, 4, 5, 12])('joins pages of %i bars', async (limit) => {
    const server = await serving(limit);
    const found = await openFor(server).manySymbols.fetchMany(['BRK.B', 'QUIET', 'AAPL'], HISTORY, never);
    expect(Object.fromEntries([...found].map(([symbol, bytes]) => [symbol, rowsOf(bytes)]))).toEqual(MARKET);
    expect(server.requests).toHaveLength(Math.ceil(12 / limit));
  });

  it('takes a limit before every page, and tells of every answer', async () => {
    const server = await serving(5);
    const taken: number[] = [];
    const told: number[] = [];
    const limiter = {
      take: async () => void taken.push(server.requests.length),
      tell: (status: number) => void told.push(status),
    };
    await openFor(server, { limiter }).manySymbols.fetchMany(['AAPL', 'BRK.B'], HISTORY, never);
    expect(taken).toEqual([0, 1, 2]);
    expect(told).toEqual([200, 200, 200]);
  });

  it('sends nothing once it is aborted while it waits for the limit', async () => {
    const server = await serving();
    const abort = new AbortController();
    const limiter = {
      take: (signal: AbortSignal) =>
        new Promise<void>((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('given up')));
        }),
    };
    const fetching = openFor(server, { limiter }).fetchBars('AAPL', HISTORY, abort.signal);
    setTimeout(() => abort.abort(), 10);
    expect(await failureOf(fetching)).toMatchObject({ code: 'timed-out' });
    expect(server.requests).toEqual([]);
  });

  it('does not go in circles', async () => {
    const server = await answering(200, '{"bars":{},"next_page_token":"again"}');
    expect(await failureOf(openFor(server).fetchBars('AAPL', HISTORY, never))).toMatchObject({
      code: 'malformed',
      message: 'Pages that go in circles',
    });
    expect(server.requests).toHaveLength(2);
  });

  it('names the symbols that spoil a call for the others', async () => {
    const source = openFor(await serving());
    const error = await failureOf(source.manySymbols.fetchMany(['AAPL', 'NOBODY', 'BRK.B'], HISTORY, never));
    expect(error).toBeInstanceOf(UnknownSymbolsError);
    expect(error).toMatchObject({ code: 'unexpected-status', badSymbols: ['NOBODY'], retryable: false });
  });

  it('names them in canonical spelling, and none where the service does not', async () => {
    const named = openFor(await answering(400, '{"message":"invalid symbol: ABR.PRD"}'));
    const many = ['AAPL', 'ABRpD'];
    expect(await failureOf(named.manySymbols.fetchMany(many, HISTORY, never))).toMatchObject({
      badSymbols: ['ABRpD'],
    });
    const unnamed = openFor(await answering(400, '{"message":"invalid symbol: ?"}'));
    expect(await failureOf(unnamed.manySymbols.fetchMany(many, HISTORY, never))).toMatchObject({
      badSymbols: [],
    });
    const other = openFor(await answering(400, '{"message":"invalid start"}'));
    const error = await failureOf(other.fetchBars('AAPL', HISTORY, never));
    expect(error).not.toBeInstanceOf(UnknownSymbolsError);
    expect(error.message).toBe('Status 400: invalid start');
  });

  it('names them all, also where there are more than a message has room for', async () => {
    const bad = Array.from(
      { length: 200 },
      (_, index) => `AQ${String.fromCharCode(65 + (index % 26), 65 + Math.floor(index / 26))}`,
    );
    const source = openFor(
      await answering(400, JSON.stringify({ message: `invalid symbols: ${bad.join(',')}` })),
    );
    const error = await failureOf(source.manySymbols.fetchMany(bad, HISTORY, never));
    expect(error).toMatchObject({ badSymbols: bad });
    expect(error.message.length).toBeLessThan(250);
  });

  it('does not ask for what it cannot spell', async () => {
    const server = await serving();
    const source = openFor(server);
    const found = await source.manySymbols.fetchMany(['AIIAr', 'AAPL'], HISTORY, never);
    expect([...found.keys()]).toEqual(['AAPL']);
    expect(await source.fetchBars('AIIAr', HISTORY, never)).toEqual({ format: 'series', pages: [] });
    expect(server.requests).toHaveLength(1);
  });

  it('says what the plan does not permit', async () => {
    const server = await answering(
      403,
      '{"message":"subscription does not permit querying recent SIP data"}',
    );
    expect(await failureOf(openFor(server).fetchBars('AAPL', HISTORY, never))).toMatchObject({
      code: 'unauthorized',
      message: 'Status 403: subscription does not permit querying recent SIP data',
    });
  });

  it('reads from a refusal when the limit starts anew', async () => {
    const reset = Math.floor(Date.now() / 1000) + 30;
    const server = await answering(429, '{"message":"too many requests."}', {
      'x-ratelimit-reset': String(reset),
    });
    const { code, retryAfterMs } = await failureOf(openFor(server).fetchBars('AAPL', HISTORY, never));
    expect(code).toBe('rate-limited');
    expect(retryAfterMs).toBeGreaterThan(25_000);
    expect(retryAfterMs).toBeLessThanOrEqual(30_000);
  });

  it.each([
    ['{"bars":{"TSLA":[]}}', 'wrong-symbol'],
    ['{"bars":{"AAPL":[{"t":"2024-01-02T05:00:00Z","o":1,"h":1,"l":1,"c":1}]}}', 'bad-bars'],
    ['{"bars":{"AAPL":[{"t":"2024-01-02T14:30:00Z","o":1,"h":1,"l":1,"c":1,"v":1}]}}', 'bad-bars'],
    ['{"bars":{"AAPL":[null]}}', 'bad-bars'],
    ['{"bars":{"AAPL":7}}', 'malformed'],
    ['{}', 'malformed'],
    ['null', 'malformed'],
  ])('refuses %s', async (body, code) => {
    const source = openFor(await answering(200, body));
    expect(await failureOf(source.fetchBars('AAPL', HISTORY, never))).toMatchObject({ code });
  });

  it('reads splits of both kinds, from page to page', async () => {
    const forward = { symbol: 'ABR.PRD', ex_date: '2024-01-03', new_rate: 5, old_rate: 1 };
    const reverse = { symbol: 'BRK.B', ex_date: '2024-01-31', new_rate: 1, old_rate: 50 };
    const late = { ...forward, ex_date: '2024-02-01' };
    const server = await scriptedServer((response, path) =>
      response.end(
        JSON.stringify(
          path.includes('page_token=two')
            ? { corporate_actions: { reverse_splits: [reverse], forward_splits: [late] } }
            : { corporate_actions: { forward_splits: [forward] }, next_page_token: 'two' },
        ),
      ),
    );
    const splits = await openFor(server).splits.fetchSplits(HISTORY.from, HISTORY.to, never);
    expect(splits).toEqual([
      { symbol: 'ABRpD', session: day('2024-01-03'), ratio: 5 },
      { symbol: 'BRK.B', session: day('2024-01-31'), ratio: 1 / 50 },
    ]);
    expect(server.requests[0]!.path).toBe(
      '/v1/corporate-actions?types=forward_split%2Creverse_split&start=2023-12-01&end=2024-01-31&sort=asc&limit=1000',
    );
  });

  it.each([
    [
      '{"corporate_actions":{"forward_splits":[{"symbol":"A","ex_date":"soon","new_rate":1,"old_rate":1}]}}',
      'malformed',
    ],
    [
      '{"corporate_actions":{"forward_splits":[{"symbol":"A","ex_date":"2024-01-02","new_rate":0,"old_rate":1}]}}',
      'malformed',
    ],
    ['{"message":"try later"}', 'provider-error'],
  ])('refuses splits like %s', async (body, code) => {
    const { splits } = openFor(await answering(200, body));
    expect(await failureOf(splits.fetchSplits(HISTORY.from, HISTORY.to, never))).toMatchObject({ code });
  });

  test.prop([fc.integer({ min: 1, max: 12_000 }), fc.integer({ min: 1, max: 20_000 })])(
    'sizes calls so that each is one page, where that can be',
    (bars, symbols) => {
      const { manySymbols } = createAlpacaSource({ keyId: '', secret: '' });
      const most = manySymbols.symbolsPerCall(bars);
      expect(most).toBeGreaterThanOrEqual(1);
      expect(most).toBeLessThanOrEqual(200);
      if (bars <= 10_000) {
        expect(most * bars).toBeLessThanOrEqual(10_000);
        expect(manySymbols.calls(symbols, bars)).toBe(Math.ceil(symbols / most));
        expect(most === 200 || (most + 1) * bars > 10_000).toBe(true);
      } else expect(manySymbols.calls(symbols, bars)).toBe(2 * symbols);
    },
  );

  it('takes a URL of many symbols', async () => {
    const server = await answering(200, '{"bars":{}}');
    const symbols = Array.from({ length: 200 }, (_, index) => `ABCD${'ABCDEFGHIJ'[index % 10]}${index}`);
    const found = await openFor(server).manySymbols.fetchMany(symbols, HISTORY, never);
    expect(found.size).toBe(200);
    expect(server.requests[0]!.path.length).toBeLessThan(4096);
  });
});

describe.skipIf(!HAS_FIXTURES)('alpaca, as recorded', () => {
  const history = { from: day('2020-01-01'), to: day('2025-01-01'), bars: 100 };

  it('reads bars of many symbols', async () => {
    const source = openFor(await answering(200, recordedBody('alpaca/go-GetMultiBars.json')));
    const found = await source.manySymbols.fetchMany(['AAPL', 'NIO'], history, never);
    expect(rowsOf(found.get('AAPL')!)[0]).toEqual({
      session: day('2021-10-13'),
      open: 141.21,
      high: 141.4,
      low: 139.2,
      close: 140.91,
      volume: 78_993_712,
    });
    expect(rowsOf(found.get('NIO')!).map(({ close }) => close)).toEqual([36.24, 36.28, 37.71]);
  });

  it('reads an answer without bars', async () => {
    const source = openFor(
      await answering(200, recordedBody('alpaca/py-test_get_bars_single_empty_response.json')),
    );
    const { pages } = await source.fetchBars('AAPL', history, never);
    expect(rowsOf(pages[0]!)).toEqual([]);
  });

  it('refuses bars of a quarter of an hour', async () => {
    const source = openFor(await answering(200, recordedBody('alpaca/go-GetBars.json')));
    expect(await failureOf(source.fetchBars('AMZN', history, never))).toMatchObject({ code: 'bad-bars' });
  });

  it('reads splits among other corporate actions', async () => {
    const recorded = recordedBody('alpaca/py-test_get_corporate_actions.json');
    const server = await scriptedServer((response, path) =>
      response.end(path.includes('page_token') ? '{"corporate_actions":{}}' : recorded),
    );
    const source = openFor(server);
    expect(await source.splits.fetchSplits(history.from, history.to, never)).toEqual([
      { symbol: 'SRE', session: day('2023-08-22'), ratio: 2 },
      { symbol: 'MNTS', session: day('2023-08-24'), ratio: 0.02 },
    ]);
  });
});
