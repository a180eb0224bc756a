import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fc, test } from '@fast-check/vitest';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError, LostGroundError } from '../../src/errors.ts';
import { parseRequestStream } from '../../src/sources/redis-requests/stream-address.ts';
import {
  openRedisRequests,
  type RedisRequest,
  type RedisRequests,
  type RedisRequestsOptions,
} from '../../src/sources/redis-requests.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { startRedis } from '../support/redis-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TAKER = join(import.meta.dirname, '../fixtures/request-taker.ts');
const GROUP = 'tapescan';
/** Long enough that nothing is taken over in a test that does not wait for it. */
const NEVER_MS = 600_000;

const json = (symbol: string) => JSON.stringify({ symbols: [symbol] });
const symbolOf = (taken: RedisRequest | undefined) => (taken?.request.list as readonly string[])?.[0];

const pendingIds = async (on: Redis, stream: string) =>
  ((await on.xpending(stream, GROUP, '-', '+', 1000)) as readonly [string][]).map(([id]) => id);

describe('parseRequestStream', () => {
  it('reads server, database and stream', () => {
    expect(parseRequestStream('rediss://me:p%40ss@host:7000/3/desk%2Fscans')).toEqual({
      tls: true,
      host: 'host',
      port: 7000,
      username: 'me',
      password: 'p@ss',
      db: 3,
      stream: 'desk/scans',
      deadLetterStream: '{desk/scans}:dead',
      name: 'rediss://host:7000/3/desk/scans',
    });
  });

  it.each([
    'redis://host',
    'redis://host/0',
    'redis://host/0/',
    'redis://host/scans',
    'redis://h/0/s?x=1',
    'redis://u:my@secret@h/0/a@b',
  ])('refuses %s, without quoting it', (address) => {
    expect(() => parseRequestStream(address)).toThrow(ConfigError);
    expect(() => parseRequestStream(address)).not.toThrow(/secret/);
  });
});

describeWithRedis('requests from a Redis stream', (url) => {
  let client: Redis;
  beforeAll(() => {
    client = new Redis(url);
  });
  afterAll(() => client.quit());

  /** A stream of its own. */
  const newStream = () => `requests:${randomUUID()}`;
  const open = async (stream: string, options: Partial<RedisRequestsOptions> = {}) => {
    const requests = await openRedisRequests({
      url: `${url}/0/${stream}`,
      consumer: randomUUID(),
      minIdleMs: NEVER_MS,
      ...options,
    });
    onTestFinished(() => requests.close());
    return requests;
  };
  const add = async (stream: string, symbol: string) =>
    (await client.xadd(stream, '*', 'request', json(symbol)))!;
  const pendingOf = (stream: string) => pendingIds(client, stream);
  const deadOf = async (stream: string) =>
    (await client.xrange(`{${stream}}:dead`, '-', '+')).map(([, fields]) =>
      Object.fromEntries(fields.flatMap((field, index) => (index % 2 ? [] : [[field, fields[index + 1]]]))),
    );

  it('hands out what was there before it came, then waits for more', async () => {
    const stream = newStream();
    const first = await add(stream, 'A');
    const requests = await open(stream);
    const taken = (await requests.next())!;
    expect(taken).toMatchObject({ request: { id: first, list: ['A'] }, attempts: 1 });
    await taken.done();
    const pending = requests.next();
    const second = await add(stream, 'B');
    expect((await pending)!.request).toEqual({ id: second, list: ['B'] });
  });

  it('keeps the id that a request has, and leaves other fields alone', async () => {
    const stream = newStream();
    await client.xadd(
      stream,
      '*',
      'trace',
      'request',
      'request',
      '{"id":"mine","universe":"us-stocks","top":3}',
    );
    const requests = await open(stream);
    expect((await requests.next())!.request).toEqual({ id: 'mine', universe: 'us-stocks', top: 3 });
  });

  it('acknowledges what is done, once, and nothing before', async () => {
    const stream = newStream();
    const id = await add(stream, 'A');
    const requests = await open(stream);
    const taken = (await requests.next())!;
    expect(await pendingOf(stream)).toEqual([id]);
    const monitor = await client.monitor();
    onTestFinished(() => monitor.disconnect());
    const seen: string[] = [];
    monitor.on('monitor', (_time: string, [command = '', key]: string[]) => {
      if (key === stream) seen.push(command.toLowerCase());
    });
    await Promise.all([taken.done(), taken.done(), taken.failed('too late')]);
    await taken.done();
    expect(await pendingOf(stream)).toEqual([]);
    await client.expire(stream, 3600);
    while (!seen.includes('expire')) await sleep(5);
    expect(seen.filter((command) => command === 'xack')).toHaveLength(1);
    expect(await client.xlen(stream)).toBe(1);
  });

  it('removes what is done where it is told to', async () => {
    const stream = newStream();
    await add(stream, 'A');
    const requests = await open(stream, { removeDone: true });
    await (await requests.next())!.done();
    expect(await client.xlen(stream)).toBe(0);
  });

  it('takes no more than is asked for, and no more than a batch', async () => {
    const stream = newStream();
    for (const symbol of ['A', 'B', 'C', 'D']) await add(stream, symbol);
    const requests = await open(stream, { batch: 2 });
    const first = (await requests.next())!;
    expect(await pendingOf(stream)).toHaveLength(1);
    await requests.next();
    let third: RedisRequest | undefined;
    const pending = requests.next().then((taken) => {
      third = taken;
    });
    await sleep(50);
    expect(third).toBeUndefined();
    expect(await pendingOf(stream)).toHaveLength(2);
    await first.done();
    await pending;
    expect(symbolOf(third)).toBe('C');
  });

  it('hands out what failed again, later, and puts it away after the last time', async () => {
    const stream = newStream();
    const id = await add(stream, 'A');
    const requests = await open(stream, { minIdleMs: 60, maxDeliveries: 2 });
    const first = (await requests.next())!;
    await first.failed('the provider is down');
    const second = (await requests.next())!;
    expect(second).toMatchObject({ request: { id }, attempts: 2 });
    expect(await deadOf(stream)).toEqual([]);
    await second.failed('the provider is down again');
    expect(await pendingOf(stream)).toEqual([]);
    expect(await deadOf(stream)).toEqual([
      { id, stream, deliveries: '2', reason: 'the provider is down again', request: json('A') },
    ]);
  });

  it('puts away at once what would be refused again', async () => {
    const stream = newStream();
    const id = await add(stream, 'A');
    const requests = await open(stream);
    const taken = (await requests.next())!;
    expect(taken.entry).toBe(`${stream}/${id}`);
    await taken.refused('unknown column');
    expect(await pendingOf(stream)).toEqual([]);
    expect(await deadOf(stream)).toMatchObject([{ id, deliveries: '1', reason: 'unknown column' }]);
  });

  it('takes up at once, and in order, what an earlier one of the same name left', async () => {
    const stream = newStream();
    const consumer = 'desk';
    const ids = [await add(stream, 'A'), await add(stream, 'B'), await add(stream, 'C')];
    const earlier = await open(stream, { consumer, batch: 3 });
    for (const _ of ids) await earlier.next();
    await earlier.close();
    const last = await add(stream, 'D');
    const later = await open(stream, { consumer, batch: 4 });
    const taken = await Promise.all([...ids, last].map(() => later.next()));
    expect(taken.map((each) => [each!.request.id, each!.attempts])).toEqual([
      ...ids.map((id) => [id, 2]),
      [last, 1],
    ]);
  });

  it.each([
    ['{"symbols":[]}', /^symbols: expected a list/],
    ['{"symbols":', /^expected JSON/],
    ['{"top":0}', /^top: expected.*; symbols, universe: expected one/],
  ])('puts away %s, with what is wrong with it, and goes on', async (request, reason) => {
    const stream = newStream();
    const id = await client.xadd(stream, '*', 'request', request);
    await add(stream, 'B');
    const requests = await open(stream);
    expect(symbolOf(await requests.next())).toBe('B');
    expect(await deadOf(stream)).toEqual([
      { id, stream, deliveries: '1', reason: expect.stringMatching(reason), request },
    ]);
    expect(await pendingOf(stream)).not.toContain(id);
  });

  it('puts away an entry without a request with all its fields', async () => {
    const stream = newStream();
    const id = await client.xadd(stream, '*', 'symbols', 'A', 'note', 'request');
    const requests = await open(stream);
    void requests.next();
    let dead: unknown[] = [];
    while (dead.length === 0) dead = await deadOf(stream);
    expect(dead).toEqual([
      {
        id,
        stream,
        deliveries: '1',
        reason: 'expected a field `request` with a JSON request',
        request: '["symbols","A","note","request"]',
      },
    ]);
  });

  it('keeps what takes long from being given to another', async () => {
    const stream = newStream();
    await add(stream, 'A');
    const minIdleMs = 600;
    const [one, other] = [await open(stream, { minIdleMs }), await open(stream, { minIdleMs, blockMs: 50 })];
    const taken = (await one.next())!;
    let stolen: RedisRequest | undefined;
    void other.next().then((request) => {
      stolen = request;
    });
    await sleep(3 * minIdleMs);
    expect(stolen).toBeUndefined();
    // Delivered once: signs of life are no deliveries.
    const [[id, , , deliveries]] = (await client.xpending(stream, GROUP, '-', '+', 1)) as [unknown[]];
    expect([id, deliveries]).toEqual([taken.request.id, 1]);
    await taken.done();
  });

  it('takes over what a process had that was killed', async () => {
    const stream = newStream();
    const id = await add(stream, 'A');
    const options = { url: `${url}/0/${stream}`, consumer: 'killed', minIdleMs: 300 };
    const child = spawn(process.execPath, [TAKER, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    expect(line).toBe(id);
    const requests = await open(stream, { minIdleMs: 300, blockMs: 50 });
    const pending = requests.next();
    child.kill('SIGKILL');
    await once(child, 'close');
    const taken = (await pending)!;
    expect(taken).toMatchObject({ request: { id, list: ['A'] }, attempts: 2 });
    await taken.done();
    expect(await pendingOf(stream)).toEqual([]);
  });

  it('puts away what kills everyone who takes it', async () => {
    const stream = newStream();
    const id = await add(stream, 'A');
    await open(stream);
    // As two consumers leave it that were killed.
    await client.xreadgroup('GROUP', GROUP, 'one', 'STREAMS', stream, '>');
    await client.xclaim(stream, GROUP, 'two', 0, id);
    const requests = await open(stream, { minIdleMs: 40, maxDeliveries: 2 });
    void requests.next();
    let dead: unknown[] = [];
    while (dead.length === 0) dead = await deadOf(stream);
    expect(dead).toMatchObject([
      { id, deliveries: '3', reason: 'it was handed out 2 times, and never done' },
    ]);
    expect(await pendingOf(stream)).toEqual([]);
  });

  it('does not put away what another one has by now', async () => {
    const stream = newStream();
    const id = await add(stream, 'A');
    const requests = await open(stream, { maxDeliveries: 1 });
    const taken = (await requests.next())!;
    await client.xclaim(stream, GROUP, 'other', 0, id);
    await taken.failed('it took too long');
    expect(await deadOf(stream)).toEqual([]);
    expect(await pendingOf(stream)).toEqual([id]);
  });

  it('lets go of what another one has taken over', async () => {
    const stream = newStream();
    const id = await add(stream, 'A');
    const requests = await open(stream, { minIdleMs: 150 });
    const taken = (await requests.next())!;
    await client.xclaim(stream, GROUP, 'other', 0, id);
    // Signs of life would be given twice.
    await sleep(120);
    expect(await client.xpending(stream, GROUP, '-', '+', 10, 'other')).toHaveLength(1);
    await taken.done();
    expect(await pendingOf(stream)).toEqual([]);
  });

  it('does not hand out again what is in hand, although the group has forgotten it', async () => {
    const stream = newStream();
    await add(stream, 'A');
    const requests = await open(stream, { batch: 2 });
    const first = (await requests.next())!;
    await client.xgroup('DESTROY', stream, GROUP);
    const next = requests.next();
    await add(stream, 'B');
    const second = (await next)!;
    expect([symbolOf(first), symbolOf(second)]).toEqual(['A', 'B']);
    await Promise.all([first.done(), second.done()]);
    expect(await pendingOf(stream)).toEqual([]);
  });

  it('goes on after everything in Redis was deleted', async () => {
    const server = await startRedis();
    onTestFinished(server.stop);
    const other = new Redis(server.url);
    onTestFinished(() => other.disconnect());
    const requests = await openRedisRequests({
      url: `${server.url}/2/scans`,
      maxDeliveries: 1,
      minIdleMs: 150,
    });
    onTestFinished(() => requests.close());
    await other.select(2);
    const first = requests.next();
    await other.xadd('scans', '*', 'request', json('A'));
    const inHand = (await first)!;
    await other.flushall();
    // Long enough that it gives a sign of life.
    await sleep(100);
    await inHand.failed('there is nothing left of it');
    expect(await other.exists('{scans}:dead')).toBe(0);
    // Before it looks, and while it waits.
    for (const symbol of ['B', 'C']) {
      const next = requests.next();
      if (symbol === 'C') {
        await sleep(20);
        await other.flushall();
      }
      await other.xadd('scans', '*', 'request', json(symbol));
      const taken = await next;
      expect(symbolOf(taken)).toBe(symbol);
      await taken!.done();
      expect(await pendingIds(other, 'scans')).toEqual([]);
    }
  });

  it('ends a wait at once when it is stopped, and can still acknowledge what is in hand', async () => {
    const stream = newStream();
    await add(stream, 'A');
    const requests = await open(stream, { batch: 2, blockMs: NEVER_MS });
    const taken = (await requests.next())!;
    const pending = requests.next();
    await sleep(20);
    requests.stop();
    expect(await pending).toBeUndefined();
    expect(await requests.next()).toBeUndefined();
    await taken.done();
    expect(await pendingOf(stream)).toEqual([]);
    // What comes now is another's.
    await sleep(20);
    await add(stream, 'B');
    const other = await open(stream);
    expect(await other.next()).toMatchObject({ request: { list: ['B'] }, attempts: 1 });
  });

  it('leaves nothing of itself behind when it is closed, but for what is not done', async () => {
    const stream = newStream();
    const consumers = async () =>
      ((await client.xinfo('CONSUMERS', stream, GROUP)) as readonly string[][]).map(([, name]) => name);
    const [one, two] = [await open(stream, { consumer: 'one' }), await open(stream, { consumer: 'two' })];
    const ids = [await add(stream, 'A'), await add(stream, 'B')];
    const taken = (await one.next())!;
    await (await two.next())!.done();
    const pending = two.next();
    expect((await consumers()).toSorted()).toEqual(['one', 'two']);
    await Promise.all([one.close(), two.close()]);
    expect(await pending).toBeUndefined();
    expect(await consumers()).toEqual(['one']);
    expect(await pendingOf(stream)).toEqual([ids[0]]);
    await expect(taken.done()).rejects.toThrow(LostGroundError);
    await one.close();
  });

  it('works for a user that may do no more than it takes', async () => {
    const server = await startRedis();
    onTestFinished(server.stop);
    const admin = new Redis(server.url);
    onTestFinished(() => admin.disconnect());
    const may = ['xgroup', 'xreadgroup', 'xack', 'xadd', 'xdel', 'xautoclaim', 'xclaim', 'xpending', 'eval'];
    await admin.call(
      'ACL',
      'SETUSER',
      'desk',
      'on',
      '>pass-word',
      '~scans',
      '~{scans}:dead',
      ...may.map((name) => `+${name}`),
    );
    await admin.xadd('scans', '*', 'request', json('A'));
    await admin.xadd('scans', '*', 'request', 'none');
    const address = server.url.replace('//', '//desk:pass-word@');
    const requests = await openRedisRequests({ url: `${address}/0/scans`, minIdleMs: 90, removeDone: true });
    onTestFinished(() => requests.close());
    const taken = (await requests.next())!;
    await sleep(200);
    await taken.done();
    void requests.next();
    while ((await admin.xlen('{scans}:dead')) === 0) await sleep(5);
    expect(await pendingIds(admin, 'scans')).toEqual([]);
    await admin.call('ACL', 'SETUSER', 'desk', '-xack');
    await expect(openRedisRequests({ url: `${address}/0/scans` })).rejects.toThrow(/the user may not/);
    await expect(openRedisRequests({ url: `${address}/0/scans` })).rejects.not.toThrow(/pass-word/);
  });

  it.each([
    ['is no stream', (stream: string) => client.set(stream, 'text'), /something else than a stream/],
    [
      'has dead letters that are none',
      (stream: string) => client.set(`{${stream}}:dead`, 'x'),
      /something else/,
    ],
  ])('refuses a key that %s', async (_, spoil, says) => {
    const stream = newStream();
    await spoil(stream);
    await expect(open(stream)).rejects.toThrow(says);
    await expect(open(stream)).rejects.toThrow(LostGroundError);
  });

  it('refuses to put dead letters among the requests', async () => {
    await expect(open('requests', { deadLetterStream: 'requests' })).rejects.toThrow(ConfigError);
  });

  it('says what helps where there is no server, and no password', async () => {
    const opened = openRedisRequests({ url: 'redis://user:pass-word@127.0.0.1:1/0/scans' });
    await expect(opened).rejects.toThrow('redis://127.0.0.1:1/0/scans: nothing answers there');
    await expect(opened).rejects.not.toThrow(/pass-word/);
  });

  test.prop([fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4 }), fc.array(fc.boolean())], {
    numRuns: 12,
  })('gives each request to one of two consumers, and each is acknowledged', async (count, batch, early) => {
    const stream = newStream();
    const ids: string[] = [];
    const addAt = async (isEarly: boolean) => {
      for (let index = 0; index < count; index++)
        if ((early[index] ?? false) === isEarly) ids.push(await add(stream, `S${index}`));
    };
    await addAt(true);
    const consumers = await Promise.all([1, 2].map(() => open(stream, { batch })));
    const taken: string[] = [];
    const work = async (requests: RedisRequests) => {
      for (let one = await requests.next(); one !== undefined; one = await requests.next()) {
        const { id } = one.request;
        expect(await pendingOf(stream)).toContain(id);
        taken.push(id);
        await one.done();
        expect(await pendingOf(stream)).not.toContain(id);
        if (taken.length === count) for (const each of consumers) each.stop();
      }
    };
    const working = consumers.flatMap((requests) => Array.from({ length: batch }, () => work(requests)));
    await addAt(false);
    await Promise.all(working);
    expect(taken.toSorted()).toEqual(ids.toSorted());
    expect(await pendingOf(stream)).toEqual([]);
  });

  type Fate = 'done' | 'failed' | 'dropped';
  const fates = fc.constantFrom<Fate>('done', 'done', 'done', 'failed', 'dropped');

  test.prop([fc.array(fc.array(fates, { maxLength: 4 }), { minLength: 1, maxLength: 8, size: 'max' })], {
    numRuns: 8,
  })('loses no request, whatever becomes of it: each is done or a dead letter in the end', async (plans) => {
    const stream = newStream();
    const ids: string[] = [];
    for (const [index] of plans.entries()) ids.push(await add(stream, `S${index}`));
    const done = new Set<string>();
    const plan = new Map(ids.map((id, index) => [id, [...plans[index]!]]));
    const options = { minIdleMs: 60, maxDeliveries: 3, blockMs: 20 };
    let requests = await open(stream, options);
    while (done.size + (await deadOf(stream)).length < ids.length) {
      const taken = await Promise.race([requests.next(), sleep(300)]);
      if (!taken) continue;
      const { id } = taken.request;
      const fate = plan.get(id)!.shift() ?? 'done';
      if (fate === 'failed') await taken.failed('as planned');
      else if (fate === 'done') await taken.done().then(() => done.add(id));
      else {
        // As if it had died with it in hand.
        await requests.close();
        requests = await open(stream, options);
      }
    }
    const dead = (await deadOf(stream)).map(({ id }) => id!);
    expect([...done, ...dead].toSorted()).toEqual(ids.toSorted());
    expect(await pendingOf(stream)).toEqual([]);
  });
});

describeWithRedis('requests from a Redis that goes away', () => {
  it('comes back to a server that was killed and restarted, and loses nothing', async () => {
    const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--dir', temporaryFolder()];
    let server = await startRedis(durable);
    onTestFinished(() => server.stop());
    const { port, url } = server;
    const said: string[] = [];
    const requests = await openRedisRequests({
      url: `${url}/0/scans`,
      batch: 2,
      onTrouble: (reason) => said.push(reason),
      onRecovered: () => said.push('recovered'),
    });
    onTestFinished(() => requests.close());
    const writer = new Redis(url);
    await writer.xadd('scans', '*', 'request', json('A'));
    const first = (await requests.next())!;
    const pending = requests.next();
    writer.disconnect();
    await server.stop();
    const done = first.done();
    while (said.length === 0) await sleep(5);

    server = await startRedis([...durable, '--port', String(port)]);
    await done;
    const again = new Redis(url);
    onTestFinished(() => again.disconnect());
    const id = await again.xadd('scans', '*', 'request', json('B'));
    const second = (await pending)!;
    expect([symbolOf(first), symbolOf(second)]).toEqual(['A', 'B']);
    expect(await pendingIds(again, 'scans')).toEqual([id]);
    await second.done();
    expect(await pendingIds(again, 'scans')).toEqual([]);
    expect(said).toEqual([expect.stringMatching(/^cannot read redis:.*\/0\/scans: /), 'recovered']);
  });

  it('is closed at once while the server does not answer', async () => {
    const server = await startRedis();
    onTestFinished(server.stop);
    const requests = await openRedisRequests({ url: `${server.url}/0/scans` });
    const pending = requests.next();
    await sleep(20);
    process.kill(server.pid, 'SIGSTOP');
    await requests.close();
    expect(await pending).toBeUndefined();
    process.kill(server.pid, 'SIGCONT');
  });
});
