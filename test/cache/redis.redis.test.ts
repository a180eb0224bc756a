import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { fc, test } from '@fast-check/vitest';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openDiskStore } from '../../src/cache/disk.ts';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { openRedisStore, type RedisStore, type RedisStoreOptions } from '../../src/cache/redis.ts';
import { tier } from '../../src/cache/tiered.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { managedStoreSuite } from '../support/managed-store-suite.ts';
import { startRedis } from '../support/redis-server.ts';
import { seriesOf } from '../support/series.ts';
import { contentOf, storeSuite } from '../support/store-suite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const entry = (key: string, bars = 3) => ({ key, series: seriesOf({ bars }) });
const keysOf = (count: number) => Array.from({ length: count }, (_, index) => `S${index}`);
const newPrefix = () => `test:${randomUUID()}:`;

/** A store whose troubles are noted, closed with the test. */
function openNoting(options: RedisStoreOptions): { store: RedisStore; troubles: string[] } {
  const troubles: string[] = [];
  const store = openRedisStore({
    onTrouble: (error, doing) => troubles.push(`${doing}: ${error.message}`),
    ...options,
  });
  onTestFinished(() => store.close());
  return { store, troubles };
}

/** A server of its own, stopped with the test. */
async function serverWith(...args: string[]) {
  const server = await startRedis(args);
  onTestFinished(server.stop);
  return server;
}

/** What accepts connections and then does as `talk` says, closed with the test. */
async function listenerThat(talk: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    talk(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return `redis://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** Asks until the store answers again, which it does after its cool-down. */
async function untilFound(store: RedisStore, key: string): Promise<void> {
  for (;;) {
    const [bytes] = await store.read([key]);
    if (bytes !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describeWithRedis('redis store', (url) => {
  let client: Redis;
  beforeAll(() => {
    client = new Redis(url);
  });
  afterAll(async () => {
    await client.quit();
  });

  // A busy machine must not pass for a slow server.
  const patient = { timeoutMs: 20_000 };
  storeSuite(() => openRedisStore({ url, ...patient, prefix: newPrefix() }));

  describe('as one that is looked after', () => {
    let prefix = '';
    managedStoreSuite({
      open() {
        prefix = newPrefix();
        return openRedisStore({ url, ...patient, prefix });
      },
      async damage(key, change) {
        const bytes = await client.getBuffer(prefix + key);
        await client.set(prefix + key, Buffer.from(change(new Uint8Array(bytes!))), 'KEEPTTL');
      },
    });
  });

  describe('as the slowest of three tiers', () => {
    storeSuite(() =>
      tier([
        createMemoryStore({ maxBytes: 20_000 }),
        openDiskStore({ dir: temporaryFolder() }),
        openRedisStore({ url, ...patient, prefix: newPrefix() }),
      ]),
    );
  });

  it('is shared, and its entries go after their time', async () => {
    const prefix = newPrefix();
    const { store: one } = openNoting({ url, ...patient, prefix });
    const { store: two } = openNoting({ url, ...patient, prefix, ttlSeconds: 60 });
    await one.write([entry('a')]);
    await two.write([entry('b')]);
    expect((await one.read(['b'])).map(contentOf)).toEqual([contentOf(seriesOf({ bars: 3 }))]);
    const days = await client.ttl(`${prefix}a`);
    expect(days).toBeLessThanOrEqual(14 * 86_400);
    expect(days).toBeGreaterThan(14 * 86_400 - 60);
    expect(await client.ttl(`${prefix}b`)).toBeLessThanOrEqual(60);
  });

  it('keeps all its keys in one slot of a cluster', async () => {
    const { store } = openNoting({ url: `${url}/5`, ...patient });
    await store.write([entry('a{x}'), entry('b')]);
    const other = client.duplicate({ db: 5 });
    const keys = await other.keys('*');
    expect(keys.toSorted()).toEqual(['tapescan:v1:{cache}:a{x}', 'tapescan:v1:{cache}:b']);
    expect(await client.exists(...keys)).toBe(0);
    await other.flushdb();
    await other.quit();
  });

  it('leaves the keys of others alone', async () => {
    const prefix = newPrefix();
    const { store } = openNoting({ url, ...patient, prefix: `${prefix}*:` });
    await client.set(`${prefix}x:a`, 'foreign');
    await store.write([entry('a')]);
    expect(await store.clear()).toBe(1);
    expect(await client.get(`${prefix}x:a`)).toBe('foreign');
  });

  it('takes another type of key for no entry, and writes over it', async () => {
    const prefix = newPrefix();
    const { store, troubles } = openNoting({ url, ...patient, prefix });
    await client.rpush(`${prefix}a`, 'list');
    expect(await store.read(['a'])).toEqual([undefined]);
    expect(await store.coverage(['a'])).toEqual([undefined]);
    expect(await store.stats()).toMatchObject({ entries: 1, bytes: 0 });
    await store.write([entry('a')]);
    expect(await store.read(['a'])).not.toEqual([undefined]);
    expect(troubles).toEqual([]);
  });

  it('connects when it is first used, and leaves no connection behind', async () => {
    const server = await serverWith();
    const watcher = new Redis(server.url);
    const connections = async () =>
      String(await watcher.client('LIST'))
        .trim()
        .split('\n').length;
    const store = openRedisStore({ url: server.url, ...patient });
    expect(await connections()).toBe(1);
    await Promise.all([store.read(['a']), store.coverage(['a']), store.write([entry('a')])]);
    expect(await connections()).toBe(2);
    await store.close();
    while ((await connections()) > 1) await new Promise((resolve) => setTimeout(resolve, 10));
    await watcher.quit();
  });

  const damage = fc.oneof(
    fc.record({
      kind: fc.constant('flips' as const),
      at: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 7 })), { minLength: 1, maxLength: 5 }),
    }),
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
    fc.record({ kind: fc.constant('longer' as const), by: fc.uint8Array({ minLength: 1 }) }),
    fc.record({ kind: fc.constant('other' as const), bytes: fc.uint8Array({ maxLength: 200, size: 'max' }) }),
    fc.record({ kind: fc.constant('swap' as const) }),
  );
  test.prop([fc.nat({ max: 12 }), damage], { numRuns: 200 })(
    'never hands out a value that is not as it was written',
    async (bars, change) => {
      const prefix = newPrefix();
      const store = openRedisStore({ url, ...patient, prefix });
      await store.write([entry('a', bars), entry('b', bars)]);
      let bytes = new Uint8Array((await client.getBuffer(`${prefix}a`))!);
      const original = bytes.slice();
      if (change.kind === 'flips') {
        for (const [at, bit] of change.at) bytes[at % bytes.length]! ^= 1 << bit;
      } else if (change.kind === 'cut') bytes = bytes.slice(0, change.at % bytes.length);
      else if (change.kind === 'longer') bytes = Uint8Array.from([...bytes, ...change.by]);
      else if (change.kind === 'other') bytes = Uint8Array.from(change.bytes);
      else bytes = new Uint8Array((await client.getBuffer(`${prefix}b`))!);
      // Flips may undo each other.
      fc.pre(Buffer.compare(bytes, original) !== 0);
      await client.set(`${prefix}a`, Buffer.from(bytes));
      const [a, b] = await store.read(['a', 'b']);
      expect(a).toBeUndefined();
      expect(contentOf(b)).toEqual(contentOf(seriesOf({ bars })));
      expect(store.damaged).toBe(1);
      await client.del(`${prefix}a`, `${prefix}b`);
      await store.close();
    },
  );

  describe('whose server fails', () => {
    it('is empty where nothing answers, says so once, and leaves it alone for a while', async () => {
      const { store, troubles } = openNoting({ url: 'redis://me:hunter2@127.0.0.1:1/0' });
      for (let time = 0; time < 5; time++) {
        expect(await store.read(['a', 'b'])).toEqual([undefined, undefined]);
        expect(await store.coverage(['a'])).toEqual([undefined]);
        await store.write([entry('a')]);
      }
      expect(troubles).toEqual([
        'read: redis://127.0.0.1:1/0: nothing answers there; start Redis or correct the address',
      ]);
      expect([store.failed, store.skipped]).toEqual([3, 12]);
      await expect(store.stats()).rejects.toThrow('nothing answers there');
      await expect(store.verify()).rejects.toThrow('nothing answers there');
      await expect(store.clear()).rejects.toThrow('nothing answers there');
    });

    it.each([
      ['a wrong one', ':hunter2@', /user or password are refused/],
      ['a wrong user', 'me:hunter2@', /user or password are refused/],
      ['none', '', /asks for a password/],
    ])(
      'is empty where a password is asked for and it has %s, and keeps it to itself',
      async (_which, credentials, says) => {
        const { port } = await serverWith('--requirepass', 'correct horse');
        const { store, troubles } = openNoting({
          url: `redis://${credentials}127.0.0.1:${port}`,
          ...patient,
        });
        expect(await store.read(keysOf(200))).toEqual(keysOf(200).map(() => undefined));
        await store.read(['a']);
        expect(troubles).toEqual([expect.stringMatching(says)]);
        expect(troubles.join()).not.toMatch(/hunter2|correct horse/);
      },
    );

    it('works with the right password', async () => {
      const { port } = await serverWith('--requirepass', 'correct horse');
      const { store, troubles } = openNoting({
        url: `redis://:correct%20horse@127.0.0.1:${port}`,
        ...patient,
      });
      await store.write([entry('a')]);
      expect((await store.read(['a'])).map(contentOf)).toEqual([contentOf(seriesOf({ bars: 3 }))]);
      expect(troubles).toEqual([]);
    });

    it('is empty where there is no such database', async () => {
      const { store, troubles } = openNoting({ url: `${url}/99`, ...patient });
      expect(await store.read(['a'])).toEqual([undefined]);
      await store.write([entry('a')]);
      expect(troubles).toEqual([expect.stringContaining('no database of this number')]);
    });

    it.each([
      ['never answers', () => {}],
      ['hangs up', (socket: Socket) => socket.end()],
      ['cuts the connection', (socket: Socket) => socket.resetAndDestroy()],
      ['talks something else', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
      ['begins an answer and no more', (socket: Socket) => socket.write('$100\r\nabc')],
    ])('is empty where what listens there %s', async (_what, talk) => {
      let connections = 0;
      const url = await listenerThat((socket) => {
        connections++;
        talk(socket);
      });
      const { store, troubles } = openNoting({ url, timeoutMs: 200 });
      expect(await store.read(keysOf(1000))).toEqual(keysOf(1000).map(() => undefined));
      await store.write(keysOf(300).map((key) => entry(key)));
      expect(troubles).toHaveLength(1);
      expect(store.failed).toBe(2);
      // A failure ends the call, whatever batches are left of it.
      expect(connections).toBe(2);
    });

    it('is empty while the server is paused', async () => {
      const server = await serverWith();
      const { store, troubles } = openNoting({ url: server.url, timeoutMs: 300 });
      const admin = new Redis(server.url);
      await admin.client('PAUSE', 60_000, 'ALL');
      admin.disconnect();
      expect(await store.coverage(keysOf(5000))).toEqual(keysOf(5000).map(() => undefined));
      await store.write([entry('a')]);
      expect(troubles).toEqual([`read: ${server.url}/0: no answer within 300 ms`]);
    });

    it('is empty while the server hangs, back after its cool-down, and speaks of each outage once', async () => {
      const server = await serverWith();
      const { store, troubles } = openNoting({
        ...{ url: server.url, timeoutMs: 500, coolDownMs: 50, failures: 2 },
      });
      await store.write([entry('a')]);
      await untilFound(store, 'a');
      for (let outage = 1; outage <= 2; outage++) {
        process.kill(server.pid, 'SIGSTOP');
        for (let time = 0; time < 4; time++) expect(await store.read(['a'])).toEqual([undefined]);
        expect(troubles).toEqual(
          Array.from({ length: outage }, () => `read: ${server.url}/0: no answer within 500 ms`),
        );
        process.kill(server.pid, 'SIGCONT');
        await untilFound(store, 'a');
      }
    });

    it('goes on after the server was killed in mid-use and started anew', async () => {
      const first = await startRedis();
      const { store, troubles } = openNoting({ url: first.url, ...patient, coolDownMs: 20 });
      const keys = keysOf(2000);
      await store.write(keys.map((key) => entry(key)));
      const underWay = Array.from({ length: 6 }, () => store.read(keys));
      await Promise.race(underWay);
      const rest = Promise.all([...underWay, ...Array.from({ length: 6 }, () => store.read(keys))]);
      await first.stop();
      for (const found of await rest) {
        expect(found).toHaveLength(keys.length);
        for (const bytes of found)
          if (bytes) expect(contentOf(bytes)).toEqual(contentOf(seriesOf({ bars: 3 })));
      }
      expect(await store.read(['S1'])).toEqual([undefined]);
      expect(troubles.length).toBeGreaterThan(0);
      await serverWith('--port', `${first.port}`);
      for (;;) {
        await store.write([entry('S1')]);
        if ((await store.read(['S1']))[0] !== undefined) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(troubles.length).toBeLessThan(5);
    });

    it('still reads where the server is full, and says once that it does not write', async () => {
      const server = await serverWith('--maxmemory', '6mb', '--maxmemory-policy', 'noeviction');
      const { store, troubles } = openNoting({ url: server.url, ...patient });
      await store.write([entry('a')]);
      const keys = keysOf(1000);
      for (let time = 0; time < 6; time++) await store.write(keys.map((key) => entry(key, 260)));
      expect(troubles).toEqual([
        `write: ${server.url}/0: its memory is used up; free some, raise maxmemory or let it evict (maxmemory-policy allkeys-lru)`,
      ]);
      expect((await store.read(['a'])).map(contentOf)).toEqual([contentOf(seriesOf({ bars: 3 }))]);
      for (const bytes of await store.read(keys)) {
        if (bytes) expect(contentOf(bytes)).toEqual(contentOf(seriesOf({ bars: 260 })));
      }
      expect([store.failed, store.skipped]).toEqual([3, 3]);
    });

    it('still reads where the server is a read-only replica', async () => {
      const server = await serverWith('--replicaof', '127.0.0.1 1');
      const { store, troubles } = openNoting({ url: server.url, ...patient });
      await store.write([entry('a')]);
      expect(await store.read(['a'])).toEqual([undefined]);
      expect(troubles).toEqual([expect.stringContaining('it is a read-only replica')]);
      expect(store.failed).toBe(1);
    });

    it('costs time and not results below other tiers', async () => {
      const server = await startRedis();
      const { store: redis, troubles } = openNoting({ url: server.url, ...patient });
      const memory = createMemoryStore();
      const store = tier([memory, openDiskStore({ dir: temporaryFolder() }), redis]);
      await store.write([entry('a')]);
      await server.stop();
      await store.write([entry('b')]);
      await memory.close();
      const found = await store.read(['a', 'b', 'c']);
      expect(found.map((bytes) => bytes !== undefined)).toEqual([true, true, false]);
      expect(troubles).toHaveLength(1);
      await store.close();
    });
  });
});
