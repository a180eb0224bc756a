import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRedisStore } from '../../src/cache/redis.ts';
import { createRedisStream } from '../../src/sinks/redis-stream.ts';
import { openRedisRequests } from '../../src/sources/redis-requests.ts';
import { createSharedRateLimiter } from '../../src/state/rate-limit-redis.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { createRanking } from '../support/rankings.ts';
import { type RunningRedis, startRedis } from '../support/redis-server.ts';
import { seriesOf } from '../support/series.ts';

const PASSWORD = 'test-only';
const DOCS = readFileSync(join(import.meta.dirname, '../../docs/daemon.md'), 'utf8');

/** The rights that the table of the documentation names for each of these uses, together. */
function rightsFor(...uses: readonly string[]): { readonly keys: string[]; readonly commands: string[] } {
  const rows = uses.map((use) => {
    const row = DOCS.split('\n').find((line) => line.startsWith(`| ${use} |`));
    if (row === undefined) throw new Error(`Expected a row for ${use} among the rights in docs/daemon.md`);
    return row.split('|').map((cell) => cell.replaceAll('`', '').trim().split(' ').filter(Boolean));
  });
  return { keys: rows.flatMap((row) => row[2]!), commands: rows.flatMap((row) => row[3]!) };
}

describeWithRedis('a user with the rights that the documentation names', () => {
  let server: RunningRedis;
  let admin: Redis;
  beforeAll(async () => {
    server = await startRedis();
    admin = new Redis(server.url);
  });
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });
  const address = () => server.url.replace('//', `//user:${PASSWORD}@`);

  const publish = async (options: string) => {
    const sink = createRedisStream({ url: `${address()}/0/ranked${options}` });
    try {
      await sink.open();
      await sink.publish(createRanking(300, { scan: 'a' }));
      await admin.xgroup('CREATE', 'ranked', 'readers', '$');
      await sink.publish(createRanking(300, { scan: 'b' }));
      expect(await admin.xlen('ranked')).toBeGreaterThan(300);
    } finally {
      await sink.close();
    }
  };

  /** One request is done, after it was extended; one is taken over, and becomes a dead letter. */
  const takeRequests = async () => {
    const troubles: string[] = [];
    await admin.xadd('requests', '*', 'request', '{"symbols":["A"]}');
    const requests = await openRedisRequests({
      url: `${address()}/0/requests`,
      minIdleMs: 60,
      maxDeliveries: 1,
      onTrouble: (reason) => troubles.push(reason),
    });
    let isOver = false;
    const over = (async () => {
      const first = (await requests.next())!;
      await admin.xadd('requests', '*', 'request', 'none');
      // Until the next sign of life.
      while (troubles.length === 0 && Number((await idleOf('requests')) ?? 0) < 15) await sleep(2);
      while (troubles.length === 0 && Number((await idleOf('requests')) ?? 0) >= 15) await sleep(2);
      await first.done();
      void requests.next();
      while ((await admin.xlen('{requests}:dead')) === 0 && !isOver) await sleep(2);
    })();
    try {
      while (troubles.length === 0 && (await Promise.race([over.then(() => true), sleep(5)])) !== true);
      expect(troubles).toEqual([]);
    } finally {
      isOver = true;
      await requests.close();
      await over.catch(() => {});
    }
  };
  const idleOf = async (stream: string) =>
    ((await admin.xpending(stream, 'tapescan', '-', '+', 1)) as [string, string, number][])[0]?.[2];

  const keep = async (work: 'scan' | 'cache') => {
    const troubles: string[] = [];
    const store = openRedisStore({
      url: address(),
      timeoutMs: 10_000,
      onTrouble: ({ message }) => troubles.push(message),
    });
    try {
      await store.write([{ key: 'a', series: seriesOf({ bars: 3 }) }]);
      expect((await store.read(['a']))[0]).toBeDefined();
      expect((await store.coverage(['a']))[0]).toBeDefined();
      if (work === 'cache') {
        expect(await store.stats()).toMatchObject({ entries: 1 });
        expect(await store.verify()).toMatchObject({ entries: 1, damaged: [] });
        expect(await store.clear({ olderThan: Date.now() + 60_000 })).toBe(1);
      }
      expect(troubles).toEqual([]);
    } finally {
      await store.close();
    }
  };

  const limit = async () => {
    const troubles: string[] = [];
    const limiter = await createSharedRateLimiter({
      url: address(),
      limit: { calls: 50, perMs: 100 },
      account: 'one',
      timeoutMs: 10_000,
      onTrouble: (reason) => troubles.push(reason),
    });
    try {
      const { signal } = new AbortController();
      await limiter.take(signal);
      limiter.pauseFor(30);
      await limiter.take(signal);
      expect(troubles).toEqual([]);
    } finally {
      limiter.close();
    }
  };

  it.each<readonly [string, readonly string[], () => Promise<void>, readonly string[]]>([
    ['publish', ['`--out`'], () => publish(''), []],
    ['publish and trim', ['`--out`', '`--out` with `maxlen`'], () => publish('?maxlen=100'), []],
    [
      'publish, and keep the latest ranking',
      ['`--out`', '`--out` with `latest`'],
      () => publish('?latest=now'),
      [],
    ],
    ['take requests', ['`--requests`'], takeRequests, []],
    ['keep bars', ['`TAPESCAN_CACHE_REDIS`'], () => keep('scan'), []],
    [
      'see after the bars that are kept',
      ['`TAPESCAN_CACHE_REDIS`', '`tapescan cache` on it'],
      () => keep('cache'),
      [],
    ],
    // It looks whether a server is back that was away.
    ['share a rate limit', ['`TAPESCAN_RATE_REDIS`'], limit, ['+ping']],
  ])('may %s, and without any one of them may not', async (_, uses, work, elsewhere) => {
    const { keys, commands } = rightsFor(...uses);
    const grant = async (granted: readonly string[]) => {
      await admin.flushall();
      await admin.script('FLUSH');
      await admin.call('ACL', 'SETUSER', 'user', 'reset', 'on', `>${PASSWORD}`, ...keys, ...granted);
    };
    await grant(commands);
    await work();
    for (const command of commands.filter((one) => !elsewhere.includes(one))) {
      await grant(commands.filter((other) => other !== command));
      await expect(work(), `without ${command}`).rejects.toThrow();
    }
  });
});
