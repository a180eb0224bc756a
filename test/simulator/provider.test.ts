import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Client, type Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatSession, parseSession } from '../../src/session.ts';
import type { FaultKind } from '../../src/simulator/faults.ts';
import { createMarket } from '../../src/simulator/market.ts';
import { type Provider, type ProviderOptions, startProvider } from '../../src/simulator/provider.ts';

const market = createMarket({ symbols: 100, end: parseSession('2018-07-17') });
const SPY = '/v2/aggs/ticker/SPY/range/1/day/2017-06-01/2018-07-17';
const path = (number: number) => `${SPY}?limit=${number + 1}`;

let folder: string;
let running: { close(): Promise<void> }[];
beforeEach(async () => {
  running = [];
  folder = await mkdtemp(join(tmpdir(), 'provider-'));
});
afterEach(async () => {
  for (const one of running.reverse()) await one.close();
  await rm(folder, { recursive: true });
});

async function start(options: Omit<ProviderOptions, 'market'> = {}): Promise<[Provider, Client]> {
  const provider = await startProvider({ market, ...options });
  running.push(provider);
  const client = new Client(provider.url);
  running.push({ close: () => client.destroy() });
  return [provider, client];
}

interface Received {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Buffer;
}

async function get(client: Client, target: string, headers: Record<string, string> = {}): Promise<Received> {
  const answer = await client.request({ method: 'GET', path: target, headers });
  const body = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: answer.headers, body };
}

const json = ({ body }: Received) => JSON.parse(body.toString());

describe('startProvider', () => {
  it('serves bars, and a next page on the origin as the client spells it', async () => {
    const [provider, client] = await start();
    const answer = await get(client, `${SPY}?limit=100&apiKey=SECRET`);
    expect(answer.headers['content-type']).toBe('application/json');
    const { resultsCount, next_url: next } = json(answer);
    expect(resultsCount).toBe(100);
    expect(new URL(next).origin).toBe(provider.url);
    expect(next).not.toMatch(/SECRET|apiKey/i);
    const { pathname, search } = new URL(next);
    expect(json(await get(client, pathname + search)).resultsCount).toBe(100);
    const elsewhere = await get(client, `${SPY}?limit=1`, { host: 'localhost:99' });
    expect(new URL(json(elsewhere).next_url).origin).toBe('http://localhost:99');
  });

  it('gives kept answers again, on every origin, and those of a corrected market once it is', async () => {
    const symbol = 'SPY';
    const session = parseSession('2018-07-10');
    const [, plain] = await start();
    const [provider, client] = await start({
      keepBytes: 1e6,
      corrections: [{ symbol, session }],
      correctAfter: 3,
    });
    const fresh = await get(plain, SPY);
    const answers = [await get(client, SPY), await get(client, SPY)];
    for (const { body } of answers) expect(body.equals(fresh.body)).toBe(true);
    const elsewhere = await get(client, `${SPY}?limit=1`, { host: 'localhost:99' });
    expect(new URL(json(elsewhere).next_url).origin).toBe('http://localhost:99');
    const corrected = await get(client, SPY);
    expect(corrected.body.equals(fresh.body)).toBe(false);
    expect((await get(client, SPY)).body.equals(corrected.body)).toBe(true);
    expect((await provider.calls()).total).toBe(5);
  });

  it('compresses where the client asks for it', async () => {
    const [provider, client] = await start();
    const plain = await get(client, SPY);
    const packed = await get(client, SPY, { 'accept-encoding': 'br, gzip' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.body.length).toBeLessThan(plain.body.length / 2);
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
    expect((await provider.calls()).bytes).toBe(plain.body.length + packed.body.length);
  });

  it('asks for the key where one is required', async () => {
    const [provider, client] = await start({ requireKey: 'open sesame' });
    const refused = await get(client, SPY);
    expect(refused.status).toBe(401);
    expect(json(refused)).toEqual({
      status: 'ERROR',
      request_id: expect.any(String),
      error: 'Unknown API Key',
    });
    expect((await get(client, SPY, { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await get(client, SPY, { authorization: 'Bearer open sesame' })).status).toBe(200);
    expect((await get(client, `${SPY}?apiKey=open+sesame`)).status).toBe(200);
    expect(await provider.calls()).toMatchObject({ total: 4, aggregates: 4, unauthorized: 2 });
  });

  it('refuses what goes beyond the rate limit, and says when to come back', async () => {
    // One every 1,000 s: the burst of one is all that there is.
    const [provider, client] = await start({ rps: 0.001 });
    expect((await get(client, SPY)).status).toBe(200);
    const refused = await get(client, SPY);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(900);
    expect(await provider.calls()).toMatchObject({ total: 2, limited: 1 });
  });

  it('counts calls by endpoint, also over HTTP, and does not count the counting', async () => {
    const [provider, client] = await start();
    for (const target of [
      SPY,
      SPY,
      '/v2/aggs/grouped/locale/us/market/stocks/2018-07-17',
      '/v3/reference/tickers',
      '/v3/reference/splits',
      '/v2/snapshot/locale/us/markets/stocks/tickers',
      '/v2/stocks/bars?symbols=SPY&timeframe=1Day',
      '/v1/corporate-actions',
      '/v1/marketstatus/now',
      '/nowhere',
      '//',
    ]) {
      await get(client, target);
    }
    const counts = await provider.calls();
    expect(counts).toMatchObject({ total: 11, aggregates: 2, grouped: 1, listing: 1, other: 3 });
    expect(counts).toMatchObject({ splits: 1, snapshot: 1, bars: 1, actions: 1 });
    expect(json(await get(client, '/_simulator/calls'))).toEqual(counts);
    expect(await provider.calls()).toEqual(counts);
  });

  it('has only so many sessions in its plan, and nothing of the future', async () => {
    const [, client] = await start({ planSessions: 10 });
    const grouped = (date: string) => get(client, `/v2/aggs/grouped/locale/us/market/stocks/${date}`);
    const [first, before] = [-10, -11].map((index) => formatSession(market.sessions.at(index)!)) as [
      string,
      string,
    ];
    for (const date of ['2018-07-17', first]) expect((await grouped(date)).status).toBe(200);
    for (const date of ['2018-07-18', before]) {
      const refused = await grouped(date);
      expect([refused.status, json(refused).status]).toEqual([403, 'NOT_AUTHORIZED']);
      expect(json(refused).message).toContain("doesn't include this data timeframe");
    }
    expect(json(await get(client, SPY)).resultsCount).toBe(10);
    expect((await get(client, SPY.replace('2018-07-17', before))).status).toBe(403);
  });

  it('restates bars from a call on', async () => {
    const session = market.sessions.at(-3)!;
    const [, client] = await start({ corrections: [{ symbol: 'SPY', session }], correctAfter: 2 });
    const date = formatSession(session);
    const closes: number[] = [];
    for (let call = 0; call < 4; call++) {
      closes.push(json(await get(client, `/v2/aggs/ticker/SPY/range/1/day/${date}/${date}`)).results[0].c);
    }
    const first = market.bars('SPY')!.close.at(-3)!;
    expect(closes.slice(0, 2)).toEqual([first, first]);
    expect(closes[2]).toBeLessThan(first);
    expect(closes[3]).toBe(closes[2]);
    const { results } = json(await get(client, `/v2/aggs/grouped/locale/us/market/stocks/${date}`));
    expect(results.find(({ T }: { T: string }) => T === 'SPY').c).toBe(closes[2]);
    expect(json(await get(client, SPY)).results.at(-1).c).toBe(market.bars('SPY')!.close.at(-1));
  });

  it('says with every answer in the form of Alpaca how much of its limit is left', async () => {
    const [, client] = await start({ rps: 3, requireKey: 'open sesame' });
    const BARS = '/v2/stocks/bars?symbols=SPY&timeframe=1Day&limit=1';
    const headers = { 'apca-api-key-id': 'id', 'apca-api-secret-key': 'open sesame' };
    const answer = await get(client, BARS, headers);
    expect(answer.headers).toMatchObject({ 'x-ratelimit-limit': '3', 'x-ratelimit-remaining': '2' });
    expect(Number(answer.headers['x-ratelimit-reset']) * 1000).toBeGreaterThan(Date.now() - 1000);
    expect((await get(client, SPY, headers)).headers).not.toHaveProperty('x-ratelimit-limit');
    const refused = await get(client, BARS);
    expect([refused.status, json(refused)]).toEqual([401, { message: 'unauthorized.' }]);
  });

  it('refuses in the form of Alpaca as well', async () => {
    const [, client] = await start({ rps: 0.001 });
    await get(client, SPY);
    const refused = await get(client, '/v2/stocks/bars?symbols=SPY&timeframe=1Day');
    expect([refused.status, json(refused)]).toEqual([429, { message: 'too many requests.' }]);
    expect(refused.headers).toMatchObject({
      'x-ratelimit-remaining': '0',
      'retry-after': expect.any(String),
    });
  });

  it('writes a line for each call to the calls file, without keys', async () => {
    const callsFile = join(folder, 'calls.ndjson');
    const [provider, client] = await start({ callsFile, faults: { '500': 1 } });
    await get(client, `${SPY}?limit=3&apiKey=SECRET`, { authorization: 'Bearer SECRET' });
    await provider.close();
    const lines = (await readFile(callsFile, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        method: 'GET',
        path: `${SPY}?limit=3`,
        status: 500,
        fault: '500',
      },
    ]);
  });

  it('rejects where the port is taken', async () => {
    const [provider] = await start();
    const port = Number(new URL(provider.url).port);
    await expect(startProvider({ market, port })).rejects.toThrow('EADDRINUSE');
  });

  it('fails where the calls file cannot be written any more', async () => {
    const [provider, client] = await start({ callsFile: '/dev/full' });
    const failure = expect(provider.closed).rejects.toThrow('ENOSPC');
    await expect(get(client, SPY)).rejects.toThrow(/other side closed|ECONNRESET/);
    await failure;
  });

  it('ends idle, delayed, slow and hanging connections at once when it closes', async () => {
    const [slow, slowClient] = await start({ faults: { slow: 1 }, slowMs: 3_600_000 });
    const [hanging, hangingClient] = await start({ faults: { hang: 1 } });
    const [late, lateClient] = await start({ latencyMs: 3_600_000 });
    const idle = createConnection(Number(new URL(late.url).port), '127.0.0.1');
    const idleEnds = new Promise((resolve) => idle.once('close', resolve));
    idle.on('error', () => {});
    await new Promise<void>((resolve) => idle.once('connect', resolve));

    const dribble = await slowClient.request({ method: 'GET', path: SPY });
    const answers = [get(hangingClient, SPY), get(lateClient, SPY), dribble.body.arrayBuffer()];
    const ends = Promise.all(answers.map((answer) => expect(answer).rejects.toThrow()));
    for (const provider of [slow, hanging, late]) {
      while ((await provider.calls()).total === 0) await new Promise((resolve) => setImmediate(resolve));
      await provider.close();
      await provider.closed;
    }
    await Promise.all([ends, idleEnds]);
    await expect(get(lateClient, SPY)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('faults, as a client sees them', () => {
  async function withFault(fault: FaultKind): Promise<[Provider, Client]> {
    return start({ faults: { [fault]: 1 }, slowMs: 40 });
  }

  it('429 has no Retry-After', async () => {
    const [, client] = await withFault('429');
    const answer = await get(client, SPY);
    expect(answer.status).toBe(429);
    expect(answer.headers).not.toHaveProperty('retry-after');
    expect(json(answer).error).toContain('exceeded the maximum requests per minute');
  });

  it('429-retry-after has one', async () => {
    const [, client] = await withFault('429-retry-after');
    const answer = await get(client, SPY);
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '1']);
  });

  it('500 is a server error', async () => {
    const [, client] = await withFault('500');
    expect((await get(client, SPY)).status).toBe(500);
  });

  it('reset breaks the connection before any answer', async () => {
    const [, client] = await withFault('reset');
    await expect(get(client, SPY)).rejects.toThrow(expect.objectContaining({ code: 'ECONNRESET' }));
  });

  it('truncate ends the connection within the body, or ends the body early', async () => {
    const [, client] = await withFault('truncate');
    const outcomes = new Set<string>();
    for (let number = 0; number < 20; number++) {
      const outcome = await get(client, path(number)).then(
        ({ headers, body }) => {
          expect(body.length).toBe(Number(headers['content-length']));
          expect(() => JSON.parse(body.toString())).toThrow(SyntaxError);
          return 'short';
        },
        (error: NodeJS.ErrnoException) => error.code!,
      );
      outcomes.add(outcome);
    }
    expect(outcomes).toEqual(new Set(['short', 'UND_ERR_SOCKET']));
  });

  it('malformed breaks the JSON in a body of the right length', async () => {
    const [, client] = await withFault('malformed');
    const [, sound] = await start();
    // Without a next page, whose address would differ.
    const whole = await get(sound, SPY);
    const broken = await get(client, SPY);
    expect([broken.status, broken.body.length]).toEqual([200, whole.body.length]);
    for (let number = 0; number < 20; number++) {
      const answer = await get(client, path(number));
      expect(() => json(answer)).toThrow(SyntaxError);
    }
  });

  it('html is a page with status 200', async () => {
    const [, client] = await withFault('html');
    const { status, headers, body } = await get(client, SPY);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body.toString()).toContain('<html>');
  });

  it('error-200 is an error with status 200', async () => {
    const [, client] = await withFault('error-200');
    const answer = await get(client, SPY);
    expect(answer.status).toBe(200);
    expect(json(answer)).toMatchObject({ status: 'ERROR', error: 'Too many requests' });
  });

  it('slow sends the whole body in many parts', async () => {
    const [provider, client] = await withFault('slow');
    const [, sound] = await start();
    const answer = await client.request({ method: 'GET', path: SPY });
    const parts: Buffer[] = [];
    for await (const part of answer.body) parts.push(part);
    expect(parts.length).toBeGreaterThan(5);
    expect(Buffer.concat(parts).equals((await get(sound, SPY)).body)).toBe(true);
    expect((await provider.calls()).bytes).toBe(Buffer.concat(parts).length);
  });

  it('hang answers nothing until the client leaves', async () => {
    const [provider, client] = await withFault('hang');
    const leave = new AbortController();
    const answer = client.request({ method: 'GET', path: SPY, signal: leave.signal });
    while ((await provider.calls()).faults.hang === 0) await new Promise((resolve) => setImmediate(resolve));
    leave.abort();
    await expect(answer).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });

  it('empty is a success without a body', async () => {
    const [, client] = await withFault('empty');
    const { status, headers, body } = await get(client, SPY);
    expect([status, headers['content-length'], body.length]).toEqual([200, '0', 0]);
  });

  it('wrong-symbol has the bars of another ticker', async () => {
    const [, client] = await withFault('wrong-symbol');
    const { ticker, results } = json(await get(client, SPY));
    expect(ticker).not.toBe('SPY');
    expect(results.length).toBeGreaterThan(0);
    expect(results.at(-1).c).toBe(market.bars(ticker)!.close.at(-1));
  });

  it('wrong-symbol leaves other calls alone, and does not count them', async () => {
    const [provider, client] = await withFault('wrong-symbol');
    expect(json(await get(client, '/v3/reference/tickers')).count).toBeGreaterThan(50);
    expect((await provider.calls()).faults['wrong-symbol']).toBe(0);
  });

  it.each([
    '/v2/aggs/grouped/locale/us/market/stocks/2018-07-17',
    '/v2/snapshot/locale/us/markets/stocks/tickers',
    '/v3/reference/tickers',
    '/v3/reference/splits',
    '/v2/stocks/bars?symbols=SPY&timeframe=1Day',
    '/v1/corporate-actions',
  ])('are those of %s too', async (target) => {
    expect((await get((await withFault('500'))[1], target)).status).toBe(500);
    expect((await get((await withFault('html'))[1], target)).headers['content-type']).toContain('html');
    const broken = await get((await withFault('malformed'))[1], target);
    expect(() => json(broken)).toThrow(SyntaxError);
  });

  it('are the same in whatever order the calls come, and counted', async () => {
    const faults = { '429': 0.2, '500': 0.2, html: 0.2 };
    const numbers = Array.from({ length: 50 }, (_, number) => number);
    const statuses = async (order: readonly number[]) => {
      const [provider, client] = await start({ faults, seed: 5 });
      const seen: string[] = [];
      for (const number of order) {
        const { status, headers } = await get(client, path(number));
        seen[number] = `${status} ${headers['content-type']}`;
      }
      return { seen, faults: (await provider.calls()).faults };
    };
    const forwards = await statuses(numbers);
    expect(await statuses(numbers.toReversed())).toEqual(forwards);
    const count = (text: string) => forwards.seen.filter((seen) => seen.includes(text)).length;
    expect(forwards.faults).toMatchObject({ '429': count('429'), '500': count('500'), html: count('html') });
    expect(count('200 application/json')).toBeGreaterThan(5);
    expect(new Set(forwards.seen).size).toBe(4);
  });
});
