import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ScanError } from '../../src/errors.ts';
import { createProviderClient } from '../../src/sources/provider-client.ts';
import { RefusalError } from '../../src/sources/refusal-error.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { failureOf, never } from '../support/source-suite.ts';

async function clientOf(
  status: number,
  body: string | Uint8Array,
  { headers = {}, secrets = [] as string[], prefix = '' } = {},
) {
  const server = await scriptedServer((response) => response.writeHead(status, headers).end(body));
  const client = createProviderClient({ url: server.url + prefix, secrets, headers: { 'x-own': 'yes' } });
  onTestFinished(() => client.close());
  return { server, client, get: (maxBytes = 10_000) => client.getJson('/path?a=b', maxBytes, never) };
}

describe('provider client', () => {
  it('keeps a path of the base URL, and sends its headers', async () => {
    const { server, client, get } = await clientOf(200, '{"a":1}', { prefix: '/mirror/' });
    expect(await get()).toEqual({ a: 1 });
    expect(server.requests[0]).toMatchObject({ path: '/mirror/path?a=b', headers: { 'x-own': 'yes' } });
    expect(client.base).toBe(`${server.url}/mirror`);
  });

  it('says once that it is open, before its first request', async () => {
    const seen: string[] = [];
    const server = await scriptedServer((response) => {
      seen.push('asked');
      response.end('{}');
    });
    const client = createProviderClient({ url: server.url, onOpen: () => seen.push('open') });
    onTestFinished(() => client.close());
    expect(seen).toEqual([]);
    await client.getJson('/', 100, never);
    await client.getJson('/', 100, never);
    expect(seen).toEqual(['open', 'asked', 'asked']);
  });

  it('gives bytes as they are, of a success only', async () => {
    const { client } = await clientOf(200, 'no JSON');
    expect(Buffer.from(await client.getBytes('/', 100, never)).toString()).toBe('no JSON');
    const { client: refused } = await clientOf(404, 'no JSON');
    expect(await failureOf(refused.getBytes('/', 100, never))).toMatchObject({ status: 404 });
  });

  it('lets a provider say what its refusals mean', async () => {
    const server = await scriptedServer((response) => response.writeHead(403).end('{"error":"no","kind":7}'));
    const client = createProviderClient({
      url: server.url,
      refine: ({ status, words }, said) =>
        new ScanError('provider-error', JSON.stringify([status, words, said]), { stage: 'fetch' }),
    });
    onTestFinished(() => client.close());
    expect(await failureOf(client.getJson('/', 100, never))).toMatchObject({
      code: 'provider-error',
      message: '[403,"no",{"error":"no","kind":7}]',
    });
  });

  it('unzips, and counts the bytes of the wire', async () => {
    const zipped = gzipSync(`[${' '.repeat(5000)}]`);
    const { client, get } = await clientOf(200, zipped, { headers: { 'content-encoding': 'gzip' } });
    expect(await get()).toEqual([]);
    expect(client.traffic).toEqual({ calls: 1, bytes: zipped.length });
  });

  it('refuses a body beyond the limit', async () => {
    const { get } = await clientOf(200, `[${' '.repeat(5000)}]`);
    expect(await failureOf(get(4000))).toMatchObject({ code: 'too-large', retryable: false });
  });

  it.each([
    [408, 'timed-out'],
    [429, 'rate-limited'],
    [500, 'server-error'],
    [599, 'server-error'],
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'unexpected-status'],
    [302, 'unexpected-status'],
  ])('takes status %i for %s', async (status, code) => {
    const { get } = await clientOf(status, 'words that are no JSON');
    const error = await failureOf(get());
    expect(error).toBeInstanceOf(RefusalError);
    expect(error).toMatchObject({ code, status, words: '', message: `Status ${status}` });
  });

  it.each([
    '{"message":"the reason"}',
    '{"error":"the reason"}',
    '{"code":1,"error":{"deep":1},"detail":"the reason"}',
    '{"chart":{"result":null,"error":{"description":"the reason"}}}',
    '{"finance":{"error":{"description":"the reason"}}}',
  ])('finds the words of %s', async (body) => {
    const { get } = await clientOf(400, body);
    expect((await failureOf(get())).message).toBe('Status 400: the reason');
  });

  it('says what the provider says on one line, shortened, without any secret', async () => {
    const said = `first\nsecond one two ${'x'.repeat(300)}`;
    const { client, get } = await clientOf(400, JSON.stringify({ message: said }), {
      secrets: ['one', '', 'two'],
    });
    const words = `first second [key] [key] ${'x'.repeat(175)}`;
    expect((await failureOf(get())).message).toBe(`Status 400: ${words}`);
    expect(client.failure('provider-error', said).message).toBe(words);
  });

  it.each([
    ['7', 7000],
    [new Date(Date.now() + 60_000).toUTCString(), 60_000],
  ])('reads Retry-After: %s', async (header, ms) => {
    const { get } = await clientOf(503, '', { headers: { 'retry-after': header } });
    expect(Math.abs((await failureOf(get())).retryAfterMs! - ms)).toBeLessThan(2000);
  });

  it('takes the end of a period for a time to wait only when it was too much', async () => {
    const headers = { 'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 60) };
    const told = async (status: number) =>
      (await failureOf((await clientOf(status, '', { headers })).get())).retryAfterMs;
    expect(await told(500)).toBeUndefined();
    expect(await told(429)).toBeGreaterThan(50_000);
  });

  it('passes the failure of a limiter on as it is', async () => {
    const limiter = { take: () => Promise.reject(new Error('no limit left')) };
    const client = createProviderClient({ url: 'http://127.0.0.1:1', limiter });
    await expect(client.getJson('/', 1000, never)).rejects.toThrow('no limit left');
    expect(client.traffic.calls).toBe(0);
    await client.close();
  });
});
