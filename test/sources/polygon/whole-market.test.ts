import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ScanError } from '../../../src/errors.ts';
import { FLAG_FORMING, symbolAt, viewMarketDay } from '../../../src/market-day.ts';
import { Panel } from '../../../src/prefetch/panel.ts';
import { parseSession } from '../../../src/session.ts';
import { createMarket } from '../../../src/simulator/market.ts';
import { startProvider } from '../../../src/simulator/provider.ts';
import { createPolygonSource, type PolygonOptions } from '../../../src/sources/polygon.ts';
import { type ScriptedServer, scriptedServer } from '../../support/scripted-server.ts';

const SESSION = parseSession('2018-07-17');
const CLOSE = Date.parse('2018-07-17T20:00:00Z');
const never = new AbortController().signal;
const ROW = { T: 'A', v: 1.5, o: 1, c: 2, h: 3, l: 1, t: CLOSE };

const answering = (status: number, body: string | object, headers: Record<string, string> = {}) =>
  scriptedServer((response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body)),
  );

function sourceOf({ url }: Pick<ScriptedServer, 'url'>, options: PolygonOptions = {}) {
  const source = createPolygonSource({ url, ...options });
  onTestFinished(() => source.close());
  return source;
}

async function failureOf(server: ScriptedServer, options?: PolygonOptions): Promise<ScanError> {
  const error = await sourceOf(server, options)
    .wholeMarket.fetchDay(SESSION, never)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ScanError);
  return error as ScanError;
}

const namesOf = (bytes: Uint8Array) => {
  const day = viewMarketDay(bytes);
  return Array.from({ length: day.rows }, (_, row) => symbolAt(day, row));
};

describe('a day of the whole market', () => {
  it('is one call for bars as traded', async () => {
    const server = await answering(200, { status: 'OK', adjusted: false, results: [ROW] });
    const source = sourceOf(server, { key: 'k3y' });
    const day = viewMarketDay(await source.wholeMarket.fetchDay(SESSION, never));
    expect(day).toMatchObject({ rows: 1, session: SESSION, flags: 0 });
    expect(server.requests).toMatchObject([
      {
        path: '/v2/aggs/grouped/locale/us/market/stocks/2018-07-17?adjusted=false&include_otc=true',
        headers: { authorization: 'Bearer k3y' },
      },
    ]);
    expect(source.traffic.calls).toBe(1);
  });

  it('comes in HTTP chunks, many of them in one read, also where it goes to a thread', async () => {
    const body = JSON.stringify({ status: 'OK', results: Array.from({ length: 500 }, () => ROW) });
    const server = await scriptedServer((response) => {
      for (let start = 0; start < body.length; start += 3000) response.write(body.slice(start, start + 3000));
      response.end();
    });
    const { wholeMarket } = sourceOf(server);
    wholeMarket.expect!(20);
    const days = Array.from({ length: 20 }, () => wholeMarket.fetchDay(SESSION, never));
    for (const bytes of await Promise.all(days)) expect(namesOf(bytes)).toEqual(['A']);
  });

  it('comes zipped from elsewhere', async () => {
    const body = gzipSync(JSON.stringify({ status: 'OK', results: [ROW] }));
    const server = await scriptedServer((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(body),
    );
    const source = sourceOf(server);
    expect(namesOf(await source.wholeMarket.fetchDay(SESSION, never))).toEqual(['A']);
    expect(source.traffic.bytes).toBe(body.length);
  });

  it.each([
    ['a holiday', { status: 'OK', queryCount: 0, resultsCount: 0, adjusted: false }],
    ['delayed data', { status: 'DELAYED', results: [] }],
  ])('has no rows on %s without results', async (_, body) => {
    expect(namesOf(await sourceOf(await answering(200, body)).wholeMarket.fetchDay(SESSION, never))).toEqual(
      [],
    );
  });

  it('counts the rows that were doubled or no bars, over all days', async () => {
    const results = [ROW, { ...ROW, c: 3 }, { ...ROW, T: 7 }];
    const { wholeMarket } = sourceOf(await answering(200, { status: 'OK', results }));
    expect(wholeMarket.rows).toEqual({ doubled: 0, unusable: 0 });
    for (let day = 0; day < 2; day++) await wholeMarket.fetchDay(SESSION, never);
    expect(wholeMarket.rows).toEqual({ doubled: 2, unusable: 2 });
  });

  it('counts those of days for a panel as well', async () => {
    const results = [ROW, { ...ROW, c: 3 }, { ...ROW, T: 7 }];
    const { wholeMarket } = sourceOf(await answering(200, { status: 'OK', results }));
    const feed = wholeMarket.fillPanel!(new Panel(['A'], [SESSION]).shape);
    expect(await feed.fetchDay(SESSION, never)).toBe(1);
    await feed.end();
    expect(wholeMarket.rows).toEqual({ doubled: 1, unusable: 1 });
  });

  it.each([
    ['the limit is exceeded', 429, '{"status":"ERROR"}', 'rate-limited', true],
    ['the server fails', 502, '<html>', 'server-error', true],
    ['the body is empty', 200, '', 'empty-body', true],
    ['a page comes', 200, '<!DOCTYPE html><html>Just a moment</html>', 'not-json', true],
    ['the body breaks off', 200, '{"status":"OK","results":[{"T":"A"', 'malformed', true],
    ['an error comes with 200', 200, '{"status":"ERROR","error":"no"}', 'provider-error', true],
    ['the key may do nothing', 403, '{"status":"ERROR","error":"forbidden"}', 'unauthorized', false],
    ['the key is wrong', 401, '{"status":"ERROR","error":"Unknown API Key"}', 'unauthorized', false],
  ])('fails where %s', async (_, status, body, code, retryable) => {
    const error = await failureOf(await answering(status, body, { 'retry-after': '3' }));
    expect(error).toMatchObject({ code, retryable });
    expect(error.retryAfterMs).toBe(status === 429 || status >= 500 ? 3000 : undefined);
    expect(error).not.toHaveProperty('planLimit');
  });

  it.each([
    ["Your plan doesn't include this data timeframe. Please upgrade your plan.", 'date'],
    ["Attempted to request today's data before end of day. Please upgrade your plan.", 'end-of-day'],
    ['You are not entitled to this data. Please upgrade your plan.', 'endpoint'],
  ])('tells the plan from the key: %s', async (message, planLimit) => {
    for (const status of [403, 200]) {
      const error = await failureOf(await answering(status, { status: 'NOT_AUTHORIZED', message }));
      expect(error).toMatchObject({ code: 'not-in-plan', retryable: false, planLimit });
      expect(error.message).toContain(message);
    }
  });

  it('never repeats the key', async () => {
    const key = 'k3y-secret';
    for (const status of [200, 403]) {
      const body = { status: 'NOT_AUTHORIZED', message: `No timeframe for ${key}` };
      const error = await failureOf(await answering(status, body), { key });
      expect(`${error.message} ${String(error.cause)}`).not.toContain(key);
    }
  });

  it('rejects at once when it is cut off', async () => {
    const source = sourceOf(await scriptedServer(() => {}));
    const cut = new AbortController();
    const call = source.wholeMarket.fetchDay(SESSION, cut.signal).catch((error: unknown) => error);
    setTimeout(() => cut.abort(), 20);
    expect(await call).toMatchObject({ code: 'timed-out' });
  });
});

describe('the snapshot of today', () => {
  it('is one call for the bars that are forming', async () => {
    const day = { o: 1, h: 2, l: 1, c: 2, v: 5 };
    const tickers = [{ ticker: 'A', day, updated: CLOSE * 1e6 }];
    const server = await answering(200, { status: 'OK', tickers });
    const bytes = await sourceOf(server).wholeMarket.fetchSnapshot(SESSION, never);
    expect(namesOf(bytes)).toEqual(['A']);
    expect(viewMarketDay(bytes).flags).toBe(FLAG_FORMING);
    expect(server.requests[0]!.path).toBe('/v2/snapshot/locale/us/markets/stocks/tickers');
  });
});

describe('over the simulator', () => {
  const market = createMarket({ symbols: 300, end: SESSION });
  const tickers = Array.from(market.tickers(), ({ ticker }) => ticker);

  it('puts days into a panel with the bars that they have, in place or on a thread', async () => {
    const { wholeMarket } = await simulated();
    const sessions = [...market.sessions.slice(-20)];
    const panels = [0, 1].map(() => new Panel(tickers, sessions)) as [Panel, Panel];
    const feed = wholeMarket.fillPanel!(panels[0].shape);
    const rows = await Promise.all(sessions.map((session) => feed.fetchDay(session, never)));
    await feed.end();
    for (const [index, session] of sessions.entries()) {
      const day = viewMarketDay(await wholeMarket.fetchDay(session, never));
      panels[1].add(day);
      expect(rows[index]).toBe(day.rows);
    }
    for (const symbol of tickers.keys()) {
      const [own, other] = panels.map((panel) => panel.take(symbol, sessions[0]!, SESSION));
      expect(Buffer.compare(own!, other!)).toBe(0);
    }
  });

  async function simulated() {
    const provider = await startProvider({ market });
    onTestFinished(() => provider.close());
    return sourceOf(provider);
  }

  it('a day has the bars of all symbols as traded, a snapshot those of the last session', async () => {
    const { wholeMarket } = await simulated();
    for (const session of [market.sessions[100]!, market.sessions.at(-1)!]) {
      const day = viewMarketDay(await wholeMarket.fetchDay(session, never));
      const expected = tickers.filter((ticker) => market.bars(ticker)!.session.includes(session));
      expect(namesOf(day.bytes)).toEqual(expected);
      expected.forEach((ticker, row) => {
        const bars = market.bars(ticker)!;
        const index = bars.session.indexOf(session);
        for (const column of ['open', 'high', 'low', 'close', 'volume'] as const) {
          expect(day[column][row]).toBe(bars[column][index]);
        }
      });
    }
    expect(wholeMarket.rows).toEqual({ doubled: 0, unusable: 0 });
    const last = viewMarketDay(await wholeMarket.fetchDay(SESSION, never));
    const snapshot = viewMarketDay(await wholeMarket.fetchSnapshot(SESSION, never));
    expect(snapshot.rows).toBeGreaterThan(250);
    for (let row = 0; row < snapshot.rows; row++) {
      const other = namesOf(last.bytes).indexOf(symbolAt(snapshot, row));
      expect([snapshot.open[row], snapshot.volume[row]]).toEqual([last.open[other], last.volume[other]]);
    }
  });
});
