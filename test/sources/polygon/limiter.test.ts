import { describe, expect, it, onTestFinished } from 'vitest';
import { ScanError } from '../../../src/errors.ts';
import { parseSession } from '../../../src/session.ts';
import { createPolygonSource } from '../../../src/sources/polygon.ts';
import { scriptedServer } from '../../support/scripted-server.ts';

const history = { from: parseSession('2026-01-02'), to: parseSession('2026-03-04'), bars: 40 };
const never = new AbortController().signal;

describe('the limiter of a Polygon source', () => {
  it('is asked before every request, pages included, and told of every answer', async () => {
    const log: string[] = [];
    const server = await scriptedServer((response, _path, attempt) => {
      log.push('request');
      response.writeHead(attempt === 3 ? 429 : 200, { 'x-ratelimit-remaining': String(9 - attempt) });
      response.end('{"resultsCount":1,"next_url":"http://127.0.0.1/next"}');
    });
    const source = createPolygonSource({
      url: server.url,
      limiter: {
        take: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          log.push('take');
        },
        tell: (status, headers) => log.push(`tell ${status} ${headers['x-ratelimit-remaining']}`),
      },
    });
    onTestFinished(() => source.close());
    await expect(source.fetchBars('A', history, never)).rejects.toMatchObject({ code: 'rate-limited' });
    expect(log).toEqual([
      'take',
      'request',
      'tell 200 8',
      'take',
      'request',
      'tell 200 7',
      'take',
      'request',
      'tell 429 6',
    ]);
    expect(source.traffic.calls).toBe(3);
  });

  it('may hold a call back until it is cut off', async () => {
    const server = await scriptedServer((response) => response.end('{}'));
    const source = createPolygonSource({
      url: server.url,
      limiter: {
        take: (signal) =>
          new Promise((_, reject) =>
            signal.addEventListener('abort', () => reject(new Error('left the line'))),
          ),
      },
    });
    onTestFinished(() => source.close());
    const cut = new AbortController();
    const call = source.fetchBars('A', history, cut.signal).catch((error: unknown) => error);
    setImmediate(() => cut.abort());
    const error = await call;
    expect(error).toBeInstanceOf(ScanError);
    expect(error).toMatchObject({ code: 'timed-out', stage: 'fetch' });
    expect([server.requests, source.traffic.calls]).toEqual([[], 0]);
  });

  it('fails the call where it fails itself', async () => {
    const source = createPolygonSource({
      url: 'http://127.0.0.1:1',
      limiter: { take: () => Promise.reject(new RangeError('a defect of the limiter')) },
    });
    onTestFinished(() => source.close());
    await expect(source.fetchBars('A', history, never)).rejects.toThrow(RangeError);
  });
});
