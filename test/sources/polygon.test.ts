import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ScanError } from '../../src/errors.ts';
import { parseSession } from '../../src/session.ts';
import { createPolygonSource, type PolygonOptions } from '../../src/sources/polygon.ts';
import type { History } from '../../src/types.ts';
import { type ScriptedServer, scriptedServer } from '../support/scripted-server.ts';

const history: History = { from: parseSession('2026-01-02'), to: parseSession('2026-03-04'), bars: 40 };
const never = new AbortController().signal;

function sourceOf(server: ScriptedServer, options: PolygonOptions = {}) {
  const source = createPolygonSource({ url: server.url, ...options });
  onTestFinished(() => source.close());
  return source;
}

/** The error that a fetch of one symbol ends with. */
async function failureOf(server: ScriptedServer, options?: PolygonOptions): Promise<ScanError> {
  const error = await sourceOf(server, options)
    .fetchBars('AAPL', history, never)
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(error).toBeInstanceOf(ScanError);
  return error as ScanError;
}

const answering = (status: number, body = '', headers: Record<string, string> = {}) =>
  scriptedServer((response) => response.writeHead(status, headers).end(body));

describe('polygon source', () => {
  it('asks for the newest bars first, with the key in a header only', async () => {
    const server = await answering(200, '{"resultsCount":40}');
    const { pages } = await sourceOf(server, { key: 'k3y' }).fetchBars('BRK.B', history, never);
    expect(pages.map((page) => new TextDecoder().decode(page))).toEqual(['{"resultsCount":40}']);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      path: '/v2/aggs/ticker/BRK.B/range/1/day/2026-01-02/2026-03-04?adjusted=false&sort=desc&limit=40',
      headers: { authorization: 'Bearer k3y' },
    });
  });

  it('keeps a path in the base URL, and escapes the symbol', async () => {
    const server = await answering(200, '{}');
    await sourceOf(server, { url: `${server.url}/mirror/` }).fetchBars('A/B', history, never);
    expect(server.requests[0]!.path).toMatch(/^\/mirror\/v2\/aggs\/ticker\/A%2FB\//);
  });

  it.each(['/page', '/mirror/page'])(
    'asks for a next page under the path of the base URL: %s',
    async (next) => {
      const server = await scriptedServer((response, _path, attempt) =>
        response.end(attempt === 1 ? `{"next_url":"https://elsewhere.example${next}?cursor=7"}` : '{}'),
      );
      await sourceOf(server, { url: `${server.url}/mirror` }).fetchBars('A', history, never);
      expect(server.requests[1]!.path).toBe('/mirror/page?cursor=7');
    },
  );

  it('follows next_url until it has the bars that were asked for', async () => {
    const server = await scriptedServer((response, _path, attempt) =>
      response.end(`{"resultsCount": 15, "next_url" : "http://127.0.0.1:1/page?cursor=${attempt}"}`),
    );
    const { pages } = await sourceOf(server).fetchBars('AAPL', history, never);
    expect(pages).toHaveLength(3);
    expect(server.requests.map(({ path }) => path).slice(1)).toEqual(['/page?cursor=1', '/page?cursor=2']);
  });

  it('sends nothing to another host that next_url names', async () => {
    const stranger = await answering(200, '{}');
    const server = await scriptedServer((response, path) =>
      response.end(
        path.startsWith('/v2')
          ? `{"resultsCount":1,"next_url":"${stranger.url}/page"}`
          : '{"resultsCount":1}',
      ),
    );
    await sourceOf(server, { key: 'k3y' }).fetchBars('AAPL', history, never);
    expect(stranger.requests).toEqual([]);
    expect(server.requests.map(({ path }) => path)).toContain('/page');
  });

  it('does not go in circles', async () => {
    const server = await answering(200, '{"resultsCount":0,"next_url":"http://127.0.0.1/again"}');
    expect(await failureOf(server)).toMatchObject({
      code: 'malformed',
      message: 'More than 50 pages for one symbol',
    });
    expect(server.requests).toHaveLength(50);
  });

  it('unzips, and counts the bytes of the wire', async () => {
    const zipped = gzipSync(`{"resultsCount":40${' '.repeat(5000)}}`);
    const server = await scriptedServer((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped),
    );
    const source = sourceOf(server);
    const { pages } = await source.fetchBars('AAPL', history, never);
    expect(pages[0]).toHaveLength(5019);
    expect(source.traffic).toEqual({ calls: 1, bytes: zipped.length });
  });

  it.each([
    [429, 'rate-limited', true],
    [500, 'server-error', true],
    [503, 'server-error', true],
    [408, 'timed-out', true],
    [401, 'unauthorized', false],
    [403, 'unauthorized', false],
    [404, 'unexpected-status', false],
    [301, 'unexpected-status', false],
  ])('takes status %i for %s', async (status, code, retryable) => {
    const error = await failureOf(
      await answering(status, '{"status":"ERROR","error":"words of the provider"}'),
    );
    expect(error).toMatchObject({
      code,
      retryable,
      stage: 'fetch',
      message: `Status ${status}: words of the provider`,
    });
  });

  it.each([
    ['7', 7000],
    [new Date(Date.now() + 60_000).toUTCString(), 60_000],
  ])('reads Retry-After: %s', async (header, ms) => {
    const { retryAfterMs } = await failureOf(await answering(429, '', { 'retry-after': header }));
    expect(Math.abs(retryAfterMs! - ms)).toBeLessThan(2000);
  });

  it('never repeats the key, even where the provider does', async () => {
    const { message } = await failureOf(await answering(401, '{"error":"Unknown key k3y-secret"}'), {
      key: 'k3y-secret',
    });
    expect(message).toBe('Status 401: Unknown key [key]');
  });

  it('does not pass on a success that quotes the key', async () => {
    const server = await answering(200, '{"status":"ERROR","error":"Too many requests of k3y-secret"}');
    expect(await failureOf(server, { key: 'k3y-secret' })).toMatchObject({
      code: 'provider-error',
      message: 'An answer that quotes the key',
    });
  });

  it('names no URL when the connection fails', async () => {
    const error = await failureOf({ url: 'http://127.0.0.1:1', requests: [] }, { key: 'k3y' });
    expect(error).toMatchObject({
      code: 'connection-failed',
      message: 'The connection failed (ECONNREFUSED)',
    });
  });

  it('takes a cut connection and a body that is too short for a failed connection', async () => {
    expect(await failureOf(await scriptedServer((response) => response.destroy()))).toMatchObject({
      code: 'connection-failed',
    });
    const short = await scriptedServer((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"results":[');
      setTimeout(() => response.destroy(), 10);
    });
    expect(await failureOf(short)).toMatchObject({ code: 'connection-failed' });
  });

  it('refuses a body beyond the limit, zipped or not', async () => {
    const big = `{"a":"${'x'.repeat(200_000)}"}`;
    expect(await failureOf(await answering(200, big))).toMatchObject({ code: 'too-large', retryable: false });
    const zipped = await scriptedServer((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(big)),
    );
    expect(await failureOf(zipped)).toMatchObject({ code: 'too-large' });
  });

  it('takes what does not unzip for malformed', async () => {
    expect(await failureOf(await answering(200, 'not zipped', { 'content-encoding': 'gzip' }))).toMatchObject(
      {
        code: 'malformed',
      },
    );
  });

  it('does not wait for an answer longer than its time limit', async () => {
    const silent = await scriptedServer(() => {});
    expect(await failureOf(silent, { timeoutMs: 100 })).toMatchObject({ code: 'timed-out' });
  });

  it('rejects at once when it is cut off, under way or waiting for a connection', async () => {
    const silent = await scriptedServer(() => {});
    const source = sourceOf(silent, { connections: 1 });
    const cut = new AbortController();
    const calls = ['A', 'B', 'C'].map((symbol) => source.fetchBars(symbol, history, cut.signal));
    await new Promise((resolve) => setTimeout(resolve, 50));
    cut.abort();
    const results = await Promise.allSettled(calls);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });
});
