import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { createSharedRateLimiter, type SharedRateLimiterOptions } from '../../src/state/rate-limit-redis.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { startRedis } from '../support/redis-server.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { mostWithin } from '../support/sliding-window.ts';

const run = promisify(execFile);
const CALLER = join(import.meta.dirname, '../fixtures/limited-caller.ts');
/** Wall clock in fractions of a millisecond: that of Redis too. */
const wallClock = () => performance.timeOrigin + performance.now();
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describeWithRedis('a rate limit in Redis', (url) => {
  let client: Redis;
  beforeAll(() => {
    client = new Redis(url);
  });
  afterAll(() => client.quit());

  async function create(options: Partial<SharedRateLimiterOptions> = {}) {
    const account = randomUUID();
    const limiter = await createSharedRateLimiter({
      url,
      account,
      limit: { calls: 5, perMs: 60_000 },
      ...options,
    });
    onTestFinished(() => limiter.close());
    return limiter;
  }

  it('holds over four processes that call one server', async () => {
    const limit = { calls: 20, perMs: 500 };
    const account = randomUUID();
    const arrivals: number[] = [];
    const server = await scriptedServer((response) => {
      arrivals.push(wallClock());
      response.end();
    });
    // What Redis handed out, as it notes it down.
    const granted: number[] = [];
    const monitor = await client.monitor();
    onTestFinished(() => monitor.disconnect());
    monitor.on('monitor', (_time: string, [command, key, time]: string[]) => {
      if (command?.toUpperCase() === 'LPUSH' && key?.startsWith('tapescan:limit:'))
        granted.push(Number(time) / 1000);
    });

    const settings = JSON.stringify({ url, account, limit, server: server.url, count: 30 });
    const ends = await Promise.all(
      Array.from({ length: 4 }, () => run(process.execPath, [CALLER, settings])),
    );
    expect(ends.map(({ stderr }) => stderr.trim())).toEqual(['', '', '', '']);
    while (granted.length < 120) await turn();
    expect([granted.length, arrivals.length]).toEqual([120, 120]);
    expect(mostWithin(granted, limit.perMs)).toBe(limit.calls);
    // Each arrived after it was handed out, and at most so much later.
    const longest = Math.max(...arrivals.map((arrival, index) => arrival - granted[index]!));
    expect(mostWithin(arrivals, limit.perMs - longest)).toBeLessThanOrEqual(limit.calls);
  });

  it('keeps the account to itself', async () => {
    const limiter = await create({ account: 'https://api.polygon.io Pk_secret_of_the_user' });
    await limiter.take();
    const keys = await client.keys('*');
    expect(keys.filter((key) => key.startsWith('tapescan:limit:'))).toContainEqual(
      expect.stringMatching(/^tapescan:limit:\{[0-9a-f]{32}\}$/),
    );
    expect(keys.join()).not.toContain('secret');
  });

  it('hands out no more once the limit is used up, also to another process', async () => {
    const account = randomUUID();
    const [one, other] = [await create({ account }), await create({ account })];
    await Promise.all([one.take(), one.take(), one.take(), other.take()]);
    const leave = new AbortController();
    const turns = [other.take(leave.signal), one.take(leave.signal), other.take(leave.signal)];
    while (one.counts.taken + other.counts.taken < 5) await turn();
    // An answer to whoever asked for the sixth.
    await client.ping();
    await turn();
    leave.abort();
    const ends = await Promise.allSettled(turns);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect([one.counts.waiting, other.counts.waiting]).toEqual([0, 0]);
  });

  it('goes on where Redis has forgotten its scripts', async () => {
    const limiter = await create();
    await limiter.take();
    await client.script('FLUSH');
    await limiter.take();
    expect(limiter.counts.taken).toBe(2);
  });

  it('pauses all who share it', async () => {
    const account = randomUUID();
    const [one, other] = [await create({ account }), await create({ account })];
    await other.take();
    one.pauseFor(200);
    one.pauseFor(100);
    let paused: string[] = [];
    while (paused.length === 0) paused = await client.keys('tapescan:limit:*:pause');
    await other.take();
    expect(await client.exists(paused)).toBe(0);
  });

  it('serves in order', async () => {
    const limiter = await create({ limit: { calls: 10, perMs: 100 } });
    const order: number[] = [];
    await Promise.all(Array.from({ length: 25 }, (_, index) => limiter.take().then(() => order.push(index))));
    expect(order).toEqual(Array.from({ length: 25 }, (_, index) => index));
  });

  it('rejects whoever is in line when it is closed', async () => {
    const limiter = await create({ limit: { calls: 1, perMs: 60_000 } });
    await limiter.take();
    const inLine = limiter.take();
    limiter.close();
    await expect(inLine).rejects.toThrow('closed');
    await expect(limiter.take()).rejects.toThrow('closed');
  });
});

describeWithRedis('a rate limit whose Redis goes away', () => {
  it('keeps to its part, says so once, and returns', async () => {
    const server = await startRedis();
    onTestFinished(server.stop);
    const troubles: string[] = [];
    const limiter = await createSharedRateLimiter({
      url: server.url,
      account: randomUUID(),
      limit: { calls: 8, perMs: 60_000 },
      processes: 2,
      timeoutMs: 200,
      onTrouble: (reason) => troubles.push(reason),
    });
    onTestFinished(() => limiter.close());
    const client = new Redis(server.url);
    onTestFinished(() => client.disconnect());

    await limiter.take();
    process.kill(server.pid, 'SIGSTOP');
    // One of the four that are its part was handed out by Redis.
    const turns = Array.from({ length: 5 }, () => limiter.take());
    await Promise.all(turns.slice(0, 3));
    // Longer than the second in which it may have one.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(limiter.counts).toMatchObject({ taken: 4, waiting: 2 });
    expect(troubles).toEqual(['no answer in time']);
    process.kill(server.pid, 'SIGCONT');
    await Promise.all(turns);
    expect(limiter.counts).toMatchObject({ taken: 6, waiting: 0 });
    expect(troubles).toHaveLength(1);
  });

  it.each([
    ['asks for a password', '', /^it asks for a password/],
    ['refuses the password', ':wrong-word@', /^user or password are refused/],
  ])('says of one that %s what helps', async (_, credentials, says) => {
    const server = await startRedis(['--requirepass', 'pass-word']);
    onTestFinished(server.stop);
    const troubles: string[] = [];
    const limiter = await createSharedRateLimiter({
      url: server.url.replace('//', `//${credentials}`),
      account: randomUUID(),
      limit: { calls: 8, perMs: 60_000 },
      onTrouble: (reason) => troubles.push(reason),
    });
    onTestFinished(() => limiter.close());
    await limiter.take();
    expect(troubles).toEqual([expect.stringMatching(says)]);
  });

  it('refuses an address that is none, without quoting it', async () => {
    const opened = createSharedRateLimiter({
      url: 'redis://user:pass-word@host/zero',
      account: 'a',
      limit: { calls: 8, perMs: 60_000 },
    });
    await expect(opened).rejects.toThrow(ConfigError);
    await expect(opened).rejects.not.toThrow(/pass-word/);
  });

  it('works where there never was one, and says no password', async () => {
    const troubles: string[] = [];
    const limiter = await createSharedRateLimiter({
      url: 'redis://user:pass-word@127.0.0.1:1/0',
      account: randomUUID(),
      limit: { calls: 8, perMs: 60_000 },
      onTrouble: (reason) => troubles.push(reason),
    });
    onTestFinished(() => limiter.close());
    await Promise.all([limiter.take(), limiter.take()]);
    expect(troubles).toEqual(['nothing answers there; start Redis or correct the address']);
  });
});
