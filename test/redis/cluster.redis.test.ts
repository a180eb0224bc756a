import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openRedisStore } from '../../src/cache/redis.ts';
import { createRedisStream } from '../../src/sinks/redis-stream.ts';
import { openRedisRequests } from '../../src/sources/redis-requests.ts';
import { createSharedRateLimiter } from '../../src/state/rate-limit-redis.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { createRanking } from '../support/rankings.ts';
import { type RunningRedis, startRedis } from '../support/redis-server.ts';
import { seriesOf } from '../support/series.ts';

const LAST_SLOT = 16_383;
const HALF = 8191;
const NODE = ['--cluster-enabled', 'yes'];

const isUp = async (node: Redis) => /cluster_state:ok/.test((await node.cluster('INFO')) as string);

describeWithRedis('a cluster of one node', () => {
  let node: RunningRedis;
  let admin: Redis;
  beforeAll(async () => {
    node = await startRedis(NODE);
    admin = new Redis(node.url);
    await admin.cluster('ADDSLOTSRANGE', 0, LAST_SLOT);
    while (!(await isUp(admin))) await sleep(20);
  });
  afterAll(async () => {
    admin.disconnect();
    await node.stop();
  });

  it('has what goes with a stream in the slot of the stream', async () => {
    await admin.flushall();
    const sink = createRedisStream({ url: `${node.url}/0/ranked?latest=now&maxlen=10` });
    onTestFinished(sink.close);
    for (const scan of ['a', 'b', 'c']) await sink.publish(createRanking(120, { scan }));
    const keys = await admin.keys('*');
    expect(keys).toContain('{ranked}:now:ranks');
    const slots = await Promise.all(keys.map((key) => admin.cluster('KEYSLOT', key)));
    expect(new Set(slots).size).toBe(1);
  });

  it('gives requests, and takes dead letters', async () => {
    await admin.xadd('requests', '*', 'request', 'none');
    await admin.xadd('requests', '*', 'request', '{"symbols":["A"]}');
    const requests = await openRedisRequests({ url: `${node.url}/0/requests` });
    onTestFinished(() => requests.close());
    await (await requests.next())!.done();
    expect(await admin.xlen('{requests}:dead')).toBe(1);
    expect(await admin.xpending('requests', 'tapescan')).toEqual([0, null, null, null]);
  });

  it('refuses dead letters on another slot before the first request is taken', async () => {
    const opened = openRedisRequests({ url: `${node.url}/0/requests`, deadLetterStream: 'elsewhere' });
    await expect(opened).rejects.toThrow(
      /: the keys are on different nodes of its cluster; give their names the same part in braces/,
    );
  });

  it('keeps bars, and shares a limit', async () => {
    const troubles: unknown[] = [];
    const onTrouble = (trouble: unknown) => void troubles.push(trouble);
    const store = openRedisStore({ url: node.url, timeoutMs: 10_000, onTrouble });
    onTestFinished(() => store.close());
    await store.write(['a', 'b', 'c{d}'].map((key) => ({ key, series: seriesOf({ bars: 3 }) })));
    expect(await store.read(['a', 'b', 'c{d}'])).not.toContain(undefined);
    const limit = { calls: 2, perMs: 60_000 };
    const limiter = await createSharedRateLimiter({
      ...{ url: node.url, limit, account: 'a', timeoutMs: 10_000, onTrouble },
    });
    onTestFinished(() => limiter.close());
    limiter.pauseFor(5);
    await limiter.take(new AbortController().signal);
    expect(troubles).toEqual([]);
  });
});

describeWithRedis('a cluster of two nodes', () => {
  let nodes: readonly RunningRedis[];
  let admins: readonly Redis[];
  beforeAll(async () => {
    nodes = [await startRedis(NODE), await startRedis(NODE)];
    admins = nodes.map(({ url }) => new Redis(url));
    const [one, two] = admins as [Redis, Redis];
    await one.cluster('ADDSLOTSRANGE', 0, HALF);
    await two.cluster('ADDSLOTSRANGE', HALF + 1, LAST_SLOT);
    await one.call('CLUSTER', 'SET-CONFIG-EPOCH', '1');
    await two.call('CLUSTER', 'SET-CONFIG-EPOCH', '2');
    await one.call('CLUSTER', 'MEET', '127.0.0.1', `${nodes[1]!.port}`);
    while (!(await isUp(one)) || !(await isUp(two))) await sleep(20);
  });
  afterAll(async () => {
    for (const admin of admins) admin.disconnect();
    for (const node of nodes) await node.stop();
  });

  it('says which address has what is asked for, where it is the other one', async () => {
    for (const [asked, other] of [
      [0, 1],
      [1, 0],
    ] as const) {
      let index = 0;
      const isThere = async (key: string) =>
        (((await admins[asked]!.cluster('KEYSLOT', key)) as number) <= HALF ? 0 : 1) === other;
      while (!(await isThere(`s${index}`))) index++;
      const path = `/0/s${index}`;
      const says = `the keys are on another node of its cluster; give the address of that one: 127.0.0.1:${nodes[other]!.port}`;
      const sink = createRedisStream({ url: nodes[asked]!.url + path });
      onTestFinished(sink.close);
      await expect(sink.open()).rejects.toThrow(`cannot write ${nodes[asked]!.url}${path}: ${says}`);
      await expect(openRedisRequests({ url: nodes[asked]!.url + path })).rejects.toThrow(says);
      const right = createRedisStream({ url: nodes[other]!.url + path });
      onTestFinished(right.close);
      await expect(right.open()).resolves.toBeUndefined();
    }
    const slot = (await admins[0]!.cluster('KEYSLOT', 'tapescan:v1:{cache}:a')) as number;
    const [wrong, right] = slot <= HALF ? [nodes[1]!, nodes[0]!] : [nodes[0]!, nodes[1]!];
    const troubles: string[] = [];
    const store = openRedisStore({ url: wrong.url, onTrouble: ({ message }) => troubles.push(message) });
    onTestFinished(() => store.close());
    expect(await store.read(['a'])).toEqual([undefined]);
    expect(troubles).toEqual([
      expect.stringContaining(`give the address of that one: 127.0.0.1:${right.port}`),
    ]);
  });
});
