import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { newYorkMidnight } from '../../src/calendar/new-york-time.ts';
import { formatSession, parseSession } from '../../src/session.ts';
import { adjustForSplits } from '../../src/simulator/adjust-for-splits.ts';
import { createMarket } from '../../src/simulator/market.ts';
import { PolygonApi } from '../../src/simulator/polygon-api.ts';
import { routeOf } from '../../src/simulator/route.ts';

const ORIGIN = 'http://127.0.0.1:1234';
const market = createMarket({ symbols: 400, end: parseSession('2018-07-17') });
const api = new PolygonApi(market);
const tickers = [...market.tickers()];
const withSplit = tickers.find(({ ticker }) => {
  const { splits, session } = market.bars(ticker)!;
  return splits.length > 0 && splits[0]!.session > session[0]!;
})!.ticker;

interface Row {
  readonly T?: string;
  readonly v: number;
  readonly vw?: number;
  readonly o: number;
  readonly c: number;
  readonly h: number;
  readonly l: number;
  readonly t: number;
  readonly n?: number;
}

interface Body {
  readonly ticker?: string;
  readonly queryCount?: number;
  readonly resultsCount?: number;
  readonly adjusted?: boolean;
  readonly results?: readonly Row[];
  readonly next_url?: string;
}

function get(path: string): { status: number; body: Body } {
  const { pathname, searchParams } = new URL(path, ORIGIN);
  const { status, body } = api.answer(routeOf(pathname), searchParams, ORIGIN);
  return { status, body: JSON.parse(body.toString()) };
}

const range = (ticker: string, query = '', from = '2017-01-01', to = '2018-07-17') =>
  `/v2/aggs/ticker/${encodeURIComponent(ticker)}/range/1/day/${from}/${to}?${query}`;

describe('aggregates', () => {
  it('has the documented shape', () => {
    const { status, body } = get(range('SPY', 'limit=1&adjusted=false', '2018-07-12'));
    const bars = market.bars('SPY')!;
    const index = bars.session.indexOf(parseSession('2018-07-12'));
    const [o, h, l, c] = [bars.open[index]!, bars.high[index]!, bars.low[index]!, bars.close[index]!];
    const v = bars.volume[index]!;
    const { vw, n } = body.results![0]!;
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        ticker: 'SPY',
        queryCount: 1,
        resultsCount: 1,
        adjusted: false,
        results: [{ v, vw, o, c, h, l, t: Date.parse('2018-07-12T04:00:00Z'), n }],
        status: 'OK',
        request_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        count: 1,
        next_url: expect.stringMatching(`^${ORIGIN}/v2/aggs/ticker/SPY/range/1/day/.*[?]cursor=[\\w-]+$`),
      },
    });
    expect(vw).toBeGreaterThanOrEqual(l);
    expect(vw).toBeLessThanOrEqual(h);
    expect(n).toBeGreaterThan(0);
  });

  it('has no results for a ticker that is not known, and none before the first session', () => {
    for (const path of [range('NOSUCH'), range('SPY', '', '2010-01-01', '2010-12-31')]) {
      const { status, body } = get(path);
      expect(status).toBe(200);
      expect(body).toMatchObject({ queryCount: 0, resultsCount: 0 });
      expect(body).not.toHaveProperty('results');
      expect(body).not.toHaveProperty('next_url');
    }
  });

  test.prop([
    fc.constantFrom(...tickers.map(({ ticker }) => ticker)),
    fc.integer({ min: 1, max: 400 }),
    fc.boolean(),
    fc.boolean(),
  ])('serves every bar exactly once over its pages, in order', (ticker, limit, descending, adjusted) => {
    const query = `limit=${limit}&sort=${descending ? 'desc' : 'asc'}&adjusted=${adjusted}`;
    let next: string | undefined = range(ticker, query, '2017-06-01', '2018-06-01');
    const rows: Row[] = [];
    while (next !== undefined) {
      const { body }: { body: Body } = get(next);
      expect(body.adjusted).toBe(adjusted);
      expect(body.resultsCount).toBeLessThanOrEqual(limit);
      rows.push(...(body.results ?? []));
      next = body.next_url;
    }
    if (descending) rows.reverse();
    expect(rows.map(({ vw, n, ...row }) => row)).toEqual(
      expectedRows(ticker, adjusted, '2017-06-01', '2018-06-01'),
    );
  });

  it('takes times in milliseconds for the days in New York on which they fall', () => {
    const day = get(range('SPY', '', '2018-03-12', '2018-03-13')).body.results;
    const from = newYorkMidnight(parseSession('2018-03-12'));
    const to = newYorkMidnight(parseSession('2018-03-14')) - 1;
    expect(get(range('SPY', '', String(from), String(to))).body.results).toEqual(day);
    expect(day).toHaveLength(2);
  });

  it('adjusts for splits unless told not to', () => {
    expect(get(range(withSplit)).body).toMatchObject({
      adjusted: true,
      results: expectedRows(withSplit, true),
    });
    expect(get(range(withSplit, 'adjusted=false')).body.results).toMatchObject(
      expectedRows(withSplit, false),
    );
    expect(expectedRows(withSplit, true)).not.toEqual(expectedRows(withSplit, false));
  });

  it('leaves average and number of trades out where nobody traded', () => {
    const quiet = tickers.find(({ ticker }) => market.bars(ticker)!.volume.includes(0))!.ticker;
    const silent = get(range(quiet)).body.results!.filter(({ v }) => v === 0);
    expect(silent.length).toBeGreaterThan(0);
    for (const row of silent) expect(Object.keys(row)).toEqual(['v', 'o', 'c', 'h', 'l', 't']);
  });

  it.each([
    [range('SPY', '', 'yesterday'), "Could not parse the time parameter: 'from'"],
    [range('SPY', '', '2018-07-17', '2018-02-30'), "Could not parse the time parameter: 'to'"],
    [range('SPY', '', '2018-07-17', '2018-07-16'), "'to' cannot be a time that occurs before 'from'"],
    [range('SPY', 'limit=0'), "The parameter 'limit' must be an integer from 1 to 50000"],
    [range('SPY', 'limit=50001'), "The parameter 'limit' must be an integer from 1 to 50000"],
  ])('refuses %s', (path, message) => {
    expect(get(path)).toEqual({
      status: 400,
      body: { status: 'ERROR', request_id: expect.any(String), error: expect.stringContaining(message) },
    });
  });

  it('answers the same request with the same bytes, also in a market of another size', () => {
    const other = new PolygonApi(createMarket({ symbols: 40_000, end: parseSession('2018-07-17') }));
    const { pathname, searchParams } = new URL(range('BRK.B', 'limit=100'), ORIGIN);
    const bytes = (of: PolygonApi) => of.answer(routeOf(pathname), searchParams, ORIGIN).body;
    expect(bytes(other).equals(bytes(api))).toBe(true);
  });
});

describe('grouped', () => {
  it.each([true, false])('has the bars of every symbol on that day (adjusted: %s)', (adjusted) => {
    const { body } = get(`/v2/aggs/grouped/locale/us/market/stocks/2017-11-03?adjusted=${adjusted}`);
    const expected = tickers.flatMap(({ ticker }) =>
      expectedRows(ticker, adjusted, '2017-11-03', '2017-11-03').map((row) => ({
        T: ticker,
        ...row,
        t: Date.parse('2017-11-03T20:00:00Z'),
      })),
    );
    expect(body.results!.map(({ vw, n, ...row }) => row)).toEqual(expected);
    expect(body).toMatchObject({ queryCount: expected.length, resultsCount: expected.length, adjusted });
    expect(expected.length).toBeGreaterThan(350);
  });

  it.each(['2018-07-04', '2018-07-15', '2030-01-02'])('has no results on %s', (date) => {
    const { status, body } = get(`/v2/aggs/grouped/locale/us/market/stocks/${date}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ queryCount: 0, resultsCount: 0, status: 'OK' });
    expect(body).not.toHaveProperty('results');
  });
});

describe('ticker listing', () => {
  test.prop([
    fc.integer({ min: 1, max: 1000 }),
    fc.constantFrom('', 'CS', 'ETF', 'WARRANT'),
    fc.constantFrom('', 'true', 'false'),
  ])('serves every ticker exactly once over its pages, ascending', (limit, type, active) => {
    const query = `market=stocks&limit=${limit}${type && `&type=${type}`}${active && `&active=${active}`}`;
    let next: string | undefined = `/v3/reference/tickers?${query}`;
    const names: string[] = [];
    while (next !== undefined) {
      const { body } = get(next) as unknown as { body: { results: { ticker: string }[]; next_url?: string } };
      names.push(...body.results.map(({ ticker }) => ticker));
      next = body.next_url;
    }
    const expected = tickers.filter(
      (info) => info.active === (active !== 'false') && (type === '' || info.type === type),
    );
    expect(names).toEqual(expected.map(({ ticker }) => ticker));
  });

  it('describes a ticker as documented', () => {
    expect(get('/v3/reference/tickers?limit=1').body).toEqual({
      results: [
        {
          ticker: 'A',
          name: expect.any(String),
          market: 'stocks',
          locale: 'us',
          primary_exchange: expect.stringMatching(/^X/),
          type: 'CS',
          active: true,
          currency_name: 'usd',
        },
      ],
      status: 'OK',
      request_id: expect.any(String),
      count: 1,
      next_url: expect.stringContaining(`${ORIGIN}/v3/reference/tickers?cursor=`),
    });
  });

  it('has no stocks in other markets', () => {
    expect(get('/v3/reference/tickers?market=crypto').body).toMatchObject({ results: [], count: 0 });
  });
});

describe('other endpoints', () => {
  it('shows the last two sessions in the snapshot', () => {
    const { body } = get('/v2/snapshot/locale/us/markets/stocks/tickers?tickers=SPY,NOSUCH');
    const [{ v, o, h, l, c }, previous] = get(range('SPY', 'sort=desc&limit=2')).body.results as [Row, Row];
    expect(body).toMatchObject({
      count: 1,
      tickers: [
        { ticker: 'SPY', day: { o, h, l, c, v }, prevDay: { c: previous.c }, updated: expect.any(Number) },
      ],
    });
  });

  it('shows the whole market in the snapshot', () => {
    const { body } = get('/v2/snapshot/locale/us/markets/stocks/tickers');
    expect((body as { count: number }).count).toBeGreaterThan(300);
  });

  it('says that the market is closed', () => {
    expect(get('/v1/marketstatus/now').body).toMatchObject({
      market: 'closed',
      serverTime: '2018-07-17T20:00:00-04:00',
    });
  });

  it.each([
    '/',
    '/v2/aggs/ticker/SPY/range/1/minute/2018-07-16/2018-07-17',
    '/v2/aggs/ticker/%E0%A4%A/range/1/day/1/2',
  ])('does not know %s', (path) => {
    expect(get(path)).toMatchObject({ status: 404, body: { status: 'NOT_FOUND' } });
  });
});

function expectedRows(ticker: string, adjusted: boolean, from = '2017-01-01', to = '2018-07-17'): Row[] {
  const raw = market.bars(ticker)!;
  const { session, open, high, low, close, volume } = adjusted ? adjustForSplits(raw) : raw;
  return [...session.keys()]
    .filter((index) => formatSession(session[index]!) >= from && formatSession(session[index]!) <= to)
    .map((index) => ({
      v: volume[index]!,
      o: open[index]!,
      c: close[index]!,
      h: high[index]!,
      l: low[index]!,
      t: newYorkMidnight(session[index]!),
    }));
}
