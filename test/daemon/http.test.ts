import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isLoopback } from '../../src/daemon/http/access.ts';
import type { ServerEvent } from '../../src/daemon/http/event-hub.ts';
import { type HttpOptions, startHttp } from '../../src/daemon/http.ts';
import { ConfigError, LostGroundError } from '../../src/errors.ts';
import type { Ranking } from '../../src/types.ts';
import { createRanking } from '../support/rankings.ts';

const TOKEN = 'a-token-of-this-test';

/** A server, and what a daemon would have it say. */
async function start(options: Partial<HttpOptions> = {}) {
  const failures: unknown[] = [];
  const listeners = new Set<(event: ServerEvent) => void>();
  const server = await startHttp({
    port: 0,
    readiness: () => [],
    metrics: { contentType: 'text/plain; version=0.0.4', text: async () => 'up 1\n' },
    latest: () => undefined,
    scan: () => undefined,
    events: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onFailed: (cause) => failures.push(cause),
    ...options,
  });
  onTestFinished(() => server.close());
  const emit = (kind: string, data: unknown) => {
    for (const listener of listeners) listener({ kind, data });
  };
  return {
    server,
    failures,
    listeners,
    emit,
    ask: (path: string, more?: Asked) => ask(server.url, path, more),
  };
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request, its path sent as it is. */
async function ask(url: string, path: string, asked: Asked = {}): Promise<Answer> {
  const response = await open(url, path, asked);
  return { status: response.statusCode!, headers: response.headers, body: await text(response) };
}

async function open(url: string, path: string, { method = 'GET', headers = {}, body }: Asked = {}) {
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, path, method, headers, agent: false });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  // What breaks off is seen where it is read.
  sent.on('error', () => {});
  return response;
}

/** Reads a stream of events until it has so many of them. */
async function readEvents(response: IncomingMessage, count: number): Promise<string[]> {
  let read = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    read += chunk;
    const events = read
      .split('\n\n')
      .slice(0, -1)
      .filter((each) => each.startsWith('event:'));
    if (events.length >= count) return events;
  }
  throw new Error(`It ended after: ${read}`);
}

describe('health', () => {
  it('says that it is alive', async () => {
    const { ask } = await start();
    expect(await ask('/healthz')).toMatchObject({ status: 200, body: '{"status":"ok"}\n' });
  });

  it('says whether it is ready, and why not', async () => {
    const reasons: string[] = ['The cache is being opened'];
    const { ask } = await start({ readiness: () => reasons });
    const before = await ask('/readyz');
    expect([before.status, JSON.parse(before.body)]).toEqual([503, { ready: false, reasons: [...reasons] }]);
    reasons.length = 0;
    const after = await ask('/readyz');
    expect([after.status, JSON.parse(after.body)]).toEqual([200, { ready: true, reasons: [] }]);
  });

  it('serves the metrics', async () => {
    const { ask } = await start();
    const { status, headers, body } = await ask('/metrics');
    expect([status, headers['content-type'], body]).toEqual([200, 'text/plain; version=0.0.4', 'up 1\n']);
  });
});

describe('rankings', () => {
  it('has none before the first', async () => {
    const { ask } = await start();
    expect((await ask('/api/latest')).status).toBe(404);
  });

  it.each([0, 1, 64, 65, 1000])('serves a ranking of %i rows as one object', async (count) => {
    const ranking = createRanking(count);
    const { ask } = await start({ latest: () => ranking });
    const { status, headers, body } = await ask('/api/latest');
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    const { summary, rows } = ranking;
    expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify({ summary, rows: [...rows] })));
  });

  it('does not send again what the client has', async () => {
    let ranking = createRanking(3, { scan: 'one' });
    const { ask } = await start({ latest: () => ranking });
    const { headers } = await ask('/api/latest');
    const known = { headers: { 'if-none-match': `"other", W/${headers.etag}` } };
    expect(await ask('/api/latest', known)).toMatchObject({ status: 304, body: '' });
    ranking = createRanking(3, { scan: 'two' });
    const changed = await ask('/api/latest', known);
    expect(changed.status).toBe(200);
    expect(changed.headers.etag).not.toBe(headers.etag);
  });

  it('breaks off where a ranking cannot be read to its end', async () => {
    const rows = {
      *[Symbol.iterator]() {
        yield* createRanking(100).rows;
        throw new Error('lost');
      },
    };
    const ranking: Ranking = { ...createRanking(100), rows };
    const { ask, failures } = await start({ latest: () => ranking });
    await expect(ask('/api/latest')).rejects.toThrow('aborted');
    expect(failures).toEqual([new Error('lost')]);
  });

  it('lets a client leave in the middle', async () => {
    let hasStopped = false;
    const rows = {
      *[Symbol.iterator]() {
        try {
          yield* createRanking(1e6).rows;
        } finally {
          hasStopped = true;
        }
      },
    };
    const { server, ask, failures } = await start({ latest: () => ({ ...createRanking(1e6), rows }) });
    const response = await open(server.url, '/api/latest');
    await once(response, 'readable');
    response.destroy();
    while (!hasStopped) await new Promise(setImmediate);
    expect((await ask('/healthz')).status).toBe(200);
    expect(failures).toEqual([]);
  });

  it('serves the summary of a scan by its name', async () => {
    const { summary } = createRanking(2, { scan: 'a b' });
    const asked: string[] = [];
    const { ask } = await start({
      scan: async (id) => {
        asked.push(id);
        return id === 'a b' ? summary : undefined;
      },
    });
    const found = await ask('/api/scans/a%20b?pretty');
    expect([found.status, JSON.parse(found.body)]).toEqual([200, JSON.parse(JSON.stringify(summary))]);
    expect((await ask('/api/scans/other')).status).toBe(404);
    expect(asked).toEqual(['a b', 'other']);
  });

  it.each([
    '',
    '.',
    '..',
    '%2e%2e',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e%5cx',
    'a%00',
    'a%0ab',
    '%zz',
    'a/b',
    'x'.repeat(257),
  ])('takes no path for the name of a scan: %s', async (name) => {
    const asked: string[] = [];
    const { ask } = await start({ scan: (id) => void asked.push(id) });
    expect(await ask(`/api/scans/${name}`)).toMatchObject({ status: 404, body: '{"error":"Not found"}\n' });
    expect(asked).toEqual([]);
  });
});

describe('requests', () => {
  it.each(['/', '//healthz', '/healthz/', '/api/../healthz', '/HEALTHZ', '/api', '/%68ealthz', '*'])(
    'knows no %s',
    async (path) => {
      const { ask } = await start();
      expect(await ask(path)).toMatchObject({ status: 404, body: '{"error":"Not found"}\n' });
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('refuses %s', async (method) => {
    const { ask } = await start();
    for (const path of ['/healthz', '/api/latest', '/other']) {
      const { status, headers } = await ask(path, { method, body: 'text' });
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    }
  });

  it('answers HEAD as GET, without a body', async () => {
    const ranking = createRanking(5);
    const { ask } = await start({ latest: () => ranking });
    for (const path of ['/healthz', '/metrics', '/api/latest', '/api/events', '/other']) {
      const head = await ask(path, { method: 'HEAD' });
      expect(head.body).toBe('');
      if (path === '/api/events') continue;
      const got = await ask(path);
      expect([head.status, head.headers['content-type'], head.headers.etag]).toEqual([
        got.status,
        got.headers['content-type'],
        got.headers.etag,
      ]);
    }
  });

  it('keeps what went wrong to itself', async () => {
    const metrics = { contentType: 'text/plain', text: () => Promise.reject(new Error('password=hunter2')) };
    const { ask, failures } = await start({ metrics });
    expect(await ask('/metrics')).toMatchObject({ status: 500, body: '{"error":"Internal error"}\n' });
    expect(failures).toEqual([new Error('password=hunter2')]);
  });

  it('refuses large headers', async () => {
    const { ask } = await start();
    expect((await ask('/healthz', { headers: { 'x-large': 'x'.repeat(9000) } })).status).toBe(431);
  });
});

describe('access', () => {
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  it('asks for the token everywhere but for health', async () => {
    const { ask } = await start({ token: TOKEN });
    expect((await ask('/healthz')).status).toBe(200);
    for (const path of [
      '/readyz',
      '/metrics',
      '/api/status',
      '/api/latest',
      '/api/scans/x',
      '/api/events',
      '/other',
    ]) {
      const { status, headers, body } = await ask(path);
      expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
      expect(body).not.toContain(TOKEN);
    }
    expect((await ask('/api/latest', { method: 'POST' })).status).toBe(401);
    expect((await ask('/readyz', bearer(TOKEN))).status).toBe(200);
    expect((await ask('/other', bearer(TOKEN))).status).toBe(404);
  });

  it.each([
    '',
    'Bearer',
    'Bearer ',
    `Basic ${TOKEN}`,
    TOKEN,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer ${TOKEN} ${TOKEN}`,
  ])('refuses the authorization "%s"', async (authorization) => {
    const { ask } = await start({ token: TOKEN });
    expect((await ask('/readyz', { headers: { authorization } })).status).toBe(401);
  });

  test.prop({ token: fc.stringMatching(/^[\x21-\x7e]{1,40}$/) })(
    'lets no other token in',
    async ({ token }) => {
      const { ask } = await start({ token: TOKEN });
      expect((await ask('/readyz', bearer(token))).status).toBe(token === TOKEN ? 200 : 401);
    },
  );

  it('lets nobody in by a foreign name where there is no token', async () => {
    const { ask } = await start();
    const by = async (host: string) => (await ask('/readyz', { headers: { host } })).status;
    expect([await by('localhost:80'), await by('[::1]:80'), await by('127.0.0.1')]).toEqual([200, 200, 200]);
    expect([await by('rebound.example'), await by('127.0.0.1.example:80')]).toEqual([403, 403]);
  });

  it.each(['0.0.0.0', '::', '', '192.0.2.1', 'example.com', '127.0.0.1.example'])(
    'does not listen on "%s" without a token',
    async (host) => {
      await expect(start({ host })).rejects.toThrow(ConfigError);
    },
  );

  it('listens on all addresses with a token', async () => {
    const { server } = await start({ host: '0.0.0.0', token: TOKEN });
    expect((await ask(server.url.replace('0.0.0.0', '127.0.0.1'), '/readyz', bearer(TOKEN))).status).toBe(
      200,
    );
  });

  it.each(['short', `${TOKEN} with spaces`, `${TOKEN}\u00e9`])(
    'refuses the token "%s" and does not quote it',
    async (token) => {
      const error = await start({ token }).catch((cause: unknown) => cause as Error);
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as Error).message).not.toContain(token);
    },
  );

  it('says where it cannot listen', async () => {
    const { server } = await start();
    const { port } = new URL(server.url);
    const error = await start({ port: Number(port) }).catch((cause: unknown) => cause as Error);
    expect(error).toBeInstanceOf(LostGroundError);
    expect((error as Error).message).toContain(`127.0.0.1:${port}`);
  });

  it('knows the addresses of this machine', () => {
    expect(['127.0.0.1', '127.8.8.8', '::1', 'localhost'].filter((host) => !isLoopback(host))).toEqual([]);
    expect(['128.0.0.1', '::', '127.0.0.1.example', '127.1', ''].filter(isLoopback)).toEqual([]);
  });
});

describe('the status', () => {
  /** What a daemon would say: a document that counts how often it was asked for. */
  function createFeed() {
    const listeners = new Set<() => void>();
    let looks = 0;
    return {
      isScanning: false,
      look: () => ({ looks: ++looks }),
      onScanEnd(listener: () => void) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      listeners,
      get looks() {
        return looks;
      },
    };
  }

  it('is served as it is now', async () => {
    const { ask } = await start({ status: createFeed() });
    expect(await ask('/api/status')).toMatchObject({ status: 200, body: '{"looks":1}\n' });
    expect(await ask('/api/status')).toMatchObject({ status: 200, body: '{"looks":2}\n' });
  });

  it('is not served where there is none', async () => {
    const { ask } = await start();
    expect((await ask('/api/status')).status).toBe(404);
  });

  it('goes out again and again while a scan runs, and once more at its end', async () => {
    const feed = createFeed();
    const { server } = await start({ status: feed, progressMs: 5 });
    const reader = await open(server.url, '/api/events');
    feed.isScanning = true;
    const read = readEvents(reader, 3);
    expect(await read).toEqual([1, 2, 3].map((looks) => `event: progress\ndata: {"looks":${looks}}`));
    const second = await open(server.url, '/api/events');
    feed.isScanning = false;
    const before = feed.looks;
    for (const listener of feed.listeners) listener();
    expect((await readEvents(second, 1)).at(-1)).toBe(`event: progress\ndata: {"looks":${before + 1}}`);
  });

  it('is not asked for between scans, nor without a reader', async () => {
    const feed = createFeed();
    const { server } = await start({ status: feed, progressMs: 1 });
    feed.isScanning = true;
    for (const listener of feed.listeners) listener();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(feed.looks).toBe(0);
    feed.isScanning = false;
    const reader = await open(server.url, '/api/events');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(feed.looks).toBe(0);
    reader.destroy();
    while (server.eventClients > 0) await new Promise(setImmediate);
    feed.isScanning = true;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(feed.looks).toBe(0);
  });

  it('is let go of when the server is closed', async () => {
    const feed = createFeed();
    const { server } = await start({ status: feed });
    expect(feed.listeners.size).toBe(1);
    await server.close();
    expect(feed.listeners.size).toBe(0);
  });
});

describe('events', () => {
  it('hands every reader the events as they happen', async () => {
    const { server, emit } = await start();
    const readers = await Promise.all([open(server.url, '/api/events'), open(server.url, '/api/events')]);
    expect(readers[0]!.headers['content-type']).toBe('text/event-stream');
    expect(server.eventClients).toBe(2);
    emit('progress', { done: 1, text: 'two\n\nlines' });
    emit('ranking', { scan: 'a' });
    for (const reader of readers) {
      expect(await readEvents(reader, 2)).toEqual([
        'event: progress\ndata: {"done":1,"text":"two\\n\\nlines"}',
        'event: ranking\ndata: {"scan":"a"}',
      ]);
    }
  });

  it('forgets a reader that has left', async () => {
    const { server, emit } = await start();
    const reader = await open(server.url, '/api/events');
    reader.destroy();
    while (server.eventClients > 0) await new Promise(setImmediate);
    emit('progress', {});
    expect(server.eventClients).toBe(0);
  });

  it('drops a reader that does not keep up, and keeps the others', async () => {
    const { server, emit } = await start({ maxWaitingBytes: 2 ** 16 });
    const { port } = new URL(server.url);
    const slow = connect(Number(port), '127.0.0.1');
    onTestFinished(() => void slow.destroy());
    slow.pause();
    slow.write('GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const fast = await open(server.url, '/api/events');
    while (server.eventClients < 2) await new Promise(setImmediate);
    let events = 0;
    fast.setEncoding('utf8').on('data', (chunk: string) => {
      events += chunk.split('event: ').length - 1;
    });
    let sent = 0;
    // More than the buffers of the two kernels' ends hold, sent no faster than the fast reader reads.
    for (; server.eventClients > 1; sent++) {
      emit('progress', 'x'.repeat(60_000));
      while (events <= sent) await new Promise(setImmediate);
    }
    expect(server.eventClients).toBe(1);
    expect(events).toBe(sent);
  });

  it('keeps a quiet connection alive', async () => {
    const { server } = await start({ heartbeatMs: 5 });
    const reader = (await open(server.url, '/api/events')).setEncoding('utf8');
    let read = '';
    for await (const chunk of reader) {
      read += chunk;
      if (read.endsWith(':\n\n:\n\n')) break;
    }
    expect(read).toMatch(/^retry: \d+\n\n(:\n\n)+$/);
  });

  it('takes so many readers and no more', async () => {
    const { server, ask } = await start({ maxClients: 1 });
    await open(server.url, '/api/events');
    expect((await ask('/api/events')).status).toBe(503);
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('ends at once when the server is closed', async () => {
    const { server, listeners } = await start();
    const reader = await open(server.url, '/api/events');
    const read = text(reader);
    await server.close();
    expect(await read).toBe('retry: 2000\n\n');
    expect(listeners.size).toBe(0);
    await expect(ask(server.url, '/healthz')).rejects.toThrow('ECONNREFUSED');
  });
});
