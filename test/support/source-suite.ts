import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ScanError } from '../../src/errors.ts';
import { viewSeries } from '../../src/series.ts';
import { parseSession } from '../../src/session.ts';
import type { BarSource, History, Session, SymbolId } from '../../src/types.ts';
import { DECODERS } from '../../src/workers/decoders/index.ts';
import { type ScriptedServer, scriptedServer } from './scripted-server.ts';

export interface TestBar {
  readonly session: Session;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A small market. `QUIET` has no bars; `NOBODY` is not in it. */
export const MARKET: Readonly<Record<SymbolId, readonly TestBar[]>> = {
  AAPL: barsFrom(187.15, 82_488_700),
  'BRK.B': barsFrom(359.5, 3_451_200),
  QUIET: [],
};

/** All of the market. */
export const HISTORY: History = { from: day('2023-12-01'), to: day('2024-01-31'), bars: 40 };

export const KEY = 's3cret-key';
export const never = new AbortController().signal;

export interface Reply {
  readonly status: number;
  readonly body: string;
}

export interface HttpSource {
  /** Opens the source against a server, with `KEY` where it takes one. */
  readonly open: (url: string) => BarSource;
  /** What the service answers, with the market as its data. */
  readonly serve: (path: string) => Reply;
  /** A success that is none. */
  readonly errorInside: string;
  /** How it refuses a key, with the key in its words. */
  readonly wrongKey?: Reply;
}

/** What every source of bars must do, over the market. `open` is called once a test. */
export function sourceSuite(open: () => BarSource | Promise<BarSource>): void {
  it('brings the bars of a symbol in the order of sessions', async () => {
    const source = await open();
    expect(await barsOf(source, 'AAPL')).toEqual(MARKET.AAPL);
    expect(await barsOf(source, 'BRK.B')).toEqual(MARKET['BRK.B']);
    await source.close();
  });

  it('brings the newest bars of the history, and none outside of it', async () => {
    const source = await open();
    const history = { from: day('2024-01-03'), to: day('2024-01-08'), bars: 3 };
    expect(await barsOf(source, 'AAPL', history)).toEqual(MARKET.AAPL!.slice(2, 5));
    expect(await barsOf(source, 'AAPL', { ...history, bars: 40 })).toEqual(MARKET.AAPL!.slice(1, 5));
    await source.close();
  });

  it('brings no bars of a symbol without any, or that nobody knows', async () => {
    const source = await open();
    expect(await barsOf(source, 'QUIET')).toEqual([]);
    expect(await barsOf(source, 'NOBODY')).toEqual([]);
    await source.close();
  });

  it('hands out bytes that are the receiver’s own', async () => {
    const source = await open();
    const [first] = (await source.fetchBars('AAPL', HISTORY, never)).pages;
    first!.fill(0);
    expect(await barsOf(source, 'AAPL')).toEqual(MARKET.AAPL);
    await source.close();
  });

  it('does not start what is aborted already', async () => {
    const source = await open();
    const error = await failureOf(source.fetchBars('AAPL', HISTORY, AbortSignal.abort()));
    expect(error).toMatchObject({ code: 'timed-out', retryable: true });
    await source.close();
  });

  it('counts its traffic, and says whose data it has', async () => {
    const source = await open();
    expect(source.traffic).toEqual({ calls: 0, bytes: 0 });
    await barsOf(source, 'AAPL');
    expect(source.traffic.calls).toBe(1);
    expect(source.traffic.bytes).toBeGreaterThan(100);
    expect(source.dataset).toContain(source.name);
    await source.close();
  });
}

/** What every source that asks a service must do, on top of the above. */
export function httpSourceSuite({ open, serve, errorInside, wrongKey }: HttpSource): void {
  const answered = (answer: Parameters<typeof scriptedServer>[0]) => scriptedServer(answer);
  const opened = ({ url }: ScriptedServer) => {
    const source = open(url);
    onTestFinished(() => source.close());
    return source;
  };
  const failing = async (answer: (response: ServerResponse) => void) => {
    const error = await failureOf(barsOf(opened(await answered(answer)), 'AAPL'));
    expect(inspect(error, { depth: 12 })).not.toContain(KEY);
    return error;
  };

  describe('over HTTP', () => {
    sourceSuite(async () => {
      const { url } = await answered((response, path) => {
        const { status, body } = serve(path);
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      });
      return open(url);
    });
  });

  it('keeps the key out of paths and of the name of the data', async () => {
    const server = await answered((response, path) => response.end(serve(path).body));
    const source = opened(server);
    await barsOf(source, 'AAPL');
    expect(server.requests.map(({ path }) => path).join(' ')).not.toContain(KEY);
    expect(source.dataset).not.toContain(KEY);
  });

  it.skipIf(wrongKey === undefined)(
    'takes a refused key for unauthorized, and does not repeat it',
    async () => {
      const { status, body } = wrongKey!;
      expect(body).toContain(KEY);
      expect(await failing((response) => response.writeHead(status).end(body))).toMatchObject({
        code: 'unauthorized',
        retryable: false,
      });
    },
  );

  it('tells apart the answers that are none', async () => {
    const whole = serve('AAPL').body;
    const cases: readonly (readonly [string, (response: ServerResponse) => void])[] = [
      ['not-json', (response) => response.end('<!DOCTYPE html><html><body>Verify</body></html>')],
      ['provider-error', (response) => response.end(errorInside)],
      ['malformed', (response) => response.end('{"status":"OK","ticker":"AAPL","bars":{"AAPL":[{"t":')],
      ['empty-body', (response) => response.end()],
      ['connection-failed', (response) => cut(response, whole.length + 100)],
      ['connection-failed', (response) => response.destroy()],
      ['server-error', (response) => response.writeHead(503).end('busy')],
      ['rate-limited', (response) => response.writeHead(429, { 'retry-after': '7' }).end()],
    ];
    const codes: string[] = [];
    for (const [, answer] of cases) codes.push((await failing(answer)).code);
    expect(codes).toEqual(cases.map(([code]) => code));
  });

  it('says how long the service wants to be left alone', async () => {
    const error = await failing((response) => response.writeHead(429, { 'retry-after': '7' }).end());
    expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: 7000 });
  });

  it('gives a call up when it is aborted, and goes on with the next', async () => {
    const abort = new AbortController();
    const source = opened(
      await answered((response, path, attempt) => {
        if (attempt === 1) abort.abort();
        else response.end(serve(path).body);
      }),
    );
    expect(await failureOf(source.fetchBars('AAPL', HISTORY, abort.signal))).toMatchObject({
      code: 'timed-out',
    });
    expect(await barsOf(source, 'AAPL')).toEqual(MARKET.AAPL);
  });

  it('names no address when nobody listens', async () => {
    const error = await failureOf(barsOf(opened({ url: 'http://127.0.0.1:1', requests: [] }), 'AAPL'));
    expect(error).toMatchObject({ code: 'connection-failed' });
    expect(error.message).not.toMatch(/127\.0|http/);
  });
}

/** The bars of a symbol, decoded. */
export async function barsOf(
  source: BarSource,
  symbol: SymbolId,
  history: History = HISTORY,
): Promise<TestBar[]> {
  const { format, pages } = await source.fetchBars(symbol, history, never);
  return rowsOf(DECODERS[format](pages, symbol, history));
}

/** The bars of an encoded series. */
export function rowsOf(bytes: Uint8Array): TestBar[] {
  const series = viewSeries(bytes);
  return Array.from({ length: series.bars }, (_, bar) => ({
    session: series.session[bar]!,
    open: series.open[bar]!,
    high: series.high[bar]!,
    low: series.low[bar]!,
    close: series.close[bar]!,
    volume: series.volume[bar]!,
  }));
}

/** The `ScanError` that a promise ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<ScanError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ScanError);
  return error as ScanError;
}

/** A body that ends before its announced length. */
function cut(response: ServerResponse, length: number): void {
  response.writeHead(200, { 'content-length': length });
  response.write('{"status":"OK"', () => response.destroy());
}

export function day(text: string): Session {
  return parseSession(text);
}

function barsFrom(open: number, volume: number): TestBar[] {
  const days = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08', '2024-01-09'];
  return days.map((text, bar) => ({
    session: day(text),
    open: open + bar,
    high: open + bar + 1.25,
    low: open + bar - 2.5,
    close: open + bar + 0.5,
    volume: volume + bar,
  }));
}
