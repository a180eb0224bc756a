import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { LostGroundError } from '../../src/errors.ts';
import { createRedisStream } from '../../src/sinks/redis-stream.ts';
import { TRIM } from '../../src/sinks/redis-stream-scripts.ts';
import type { Ranking } from '../../src/types.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { createRanking } from '../support/rankings.ts';
import { type RunningRedis, startRedis } from '../support/redis-server.ts';
import { type Cut, type Halt, startCuttingProxy } from './cutting-proxy.ts';
import { asLatest, expectedEntries, readLatest, readStream } from './read-redis-stream.ts';

const PROCESS = join(import.meta.dirname, 'redis-stream-process.ts');
/** Three calls of gathering, and three steps of moving. */
const ROWS = 1100;
const OPTIONS = ['', '?latest=latest', '?maxlen=10&latest=latest'] as const;

/** Replies of a publication on a new connection, from the end: those of three steps, and before them that of the commitment. */
const COMMITMENT = -3;
const FIRST_STEP = -2;

const asked = (rows: number, scan: string, request: string): Ranking => {
  const ranking = createRanking(rows, { scan });
  return { ...ranking, summary: { ...ranking.summary, request } };
};

describeWithRedis('a ranking on its way into a Redis stream', (_) => {
  let server: RunningRedis;
  let client: Redis;
  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url);
  });
  beforeEach(async () => {
    await client.flushall();
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  /** A sink on the stream `s`, what it gave up, and how often it was asked. */
  const openSink = async (options = '', cuts: readonly (Cut | Halt)[] = []) => {
    const proxy = await startCuttingProxy(server.port, cuts);
    const givenUp: (string | undefined)[] = [];
    const sink = createRedisStream({
      url: `redis://127.0.0.1:${proxy.port}/0/s${options}`,
      onGivenUp: (scan) => givenUp.push(scan),
    });
    onTestFinished(async () => {
      await sink.close();
      await proxy.close();
    });
    return { sink, givenUp, proxy };
  };
  /** How many replies a publication takes, scripts being known. */
  const repliesOf = async (options: string) => {
    let replies = 0;
    for (const _time of [1, 2]) {
      await client.flushall();
      const { sink, proxy } = await openSink(options);
      await sink.publish(createRanking(ROWS));
      ({ replies } = proxy);
    }
    await client.flushall();
    return replies;
  };
  /** Publishes, and does something when it is at a point; on a connection that is cut there without it. */
  const publishTo = async (
    point: number,
    ranking: Ranking,
    { options = '', meanwhile }: { options?: string; meanwhile?: () => Promise<unknown> } = {},
  ) => {
    const replies = (await repliesOf(options)) + point;
    const halt: Halt = { what: 'halt', replies, ...(meanwhile !== undefined && { meanwhile }) };
    const { sink } = await openSink(options, [halt]);
    return { sink, error: await sink.publish(ranking).catch((reason: unknown) => reason) };
  };
  const others = async (pattern: string) => (await client.keys(pattern)).length;

  describe.each(OPTIONS)('with the options `%s`', (options) => {
    it('is whole or not there, wherever its publisher ends, and whoever comes next finishes it', async () => {
      const total = await repliesOf(options);
      const first = createRanking(ROWS, { scan: 'first' });
      for (let replies = 1; replies <= total; replies++) {
        await client.flushall();
        const { sink } = await openSink(options, [{ what: 'halt', replies }]);
        await expect(sink.publish(first)).rejects.toThrow(LostGroundError);
        const { sink: next, givenUp } = await openSink(options);
        await next.open();
        const isCommitted = replies >= total + COMMITMENT;
        expect(await readStream(client, 's')).toStrictEqual(isCommitted ? expectedEntries(first) : undefined);
        if (isCommitted && options !== '')
          expect(await readLatest(client, 's')).toStrictEqual(asLatest(first));
        expect(givenUp).toEqual([]);
        expect(await others('*:unfinished')).toBe(0);
        expect(await others('*:gathered:*')).toBeLessThanOrEqual(isCommitted ? 0 : 1);
      }
    });

    it('answers a request once, from the first scan that is committed, wherever that one ended', async () => {
      const total = await repliesOf(options);
      const first = asked(ROWS, 'first', 'requests/1-0');
      const again = asked(700, 'again', 'requests/1-0');
      for (let replies = 5; replies <= total; replies++) {
        await client.flushall();
        const { sink } = await openSink(options, [{ what: 'halt', replies }]);
        await expect(sink.publish(first)).rejects.toThrow(LostGroundError);
        const { sink: next } = await openSink(options);
        await next.publish(again);
        await next.publish(again);
        const published = replies >= total + COMMITMENT ? first : again;
        expect(await readStream(client, 's')).toStrictEqual(expectedEntries(published));
        if (options !== '') expect(await readLatest(client, 's')).toStrictEqual(asLatest(published));
      }
    });
  });

  it.each([
    ['before the commitment', COMMITMENT - 1, 0],
    ['behind the commitment', COMMITMENT, 0],
    ['while it is moved', FIRST_STEP, 500],
  ])('stays as it is where its process is killed %s, until another publishes', async (_, point, moved) => {
    const replies = (await repliesOf('?latest=latest')) + point;
    const processes: ReturnType<typeof spawn>[] = [];
    const proxy = await startCuttingProxy(server.port, [
      {
        ...{ what: 'halt', replies },
        async meanwhile() {
          processes[0]!.kill('SIGKILL');
        },
      },
    ]);
    onTestFinished(proxy.close);
    const url = `redis://127.0.0.1:${proxy.port}/0/s?latest=latest`;
    const child = spawn(process.execPath, [PROCESS, url, `${ROWS}`, 'first'], { stdio: 'ignore' });
    processes.push(child);
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    expect(await client.xlen('s')).toBe(moved);
    expect(await others('*:latest')).toBe(0);
    const { sink } = await openSink('?latest=latest');
    const second = createRanking(20, { scan: 'second' });
    await sink.publish(second);
    const rankings = point < COMMITMENT ? [second] : [createRanking(ROWS, { scan: 'first' }), second];
    expect(await readStream(client, 's')).toStrictEqual(rankings.flatMap(expectedEntries));
    expect(await readLatest(client, 's')).toStrictEqual(asLatest(second));
  });

  it.each([COMMITMENT, FIRST_STEP])(
    'is there once where others move it at the same time, from reply %i on',
    async (point) => {
      const ranking = createRanking(ROWS);
      const next = createRanking(3, { scan: 'next' });
      const { error } = await publishTo(point, ranking, {
        options: '?latest=latest',
        meanwhile: async () => {
          const sinks = await Promise.all([1, 2, 3].map(() => openSink('?latest=latest')));
          await Promise.all(sinks.map(({ sink }) => sink.open()));
          await sinks[0]!.sink.publish(next);
        },
      });
      expect(error).toBeUndefined();
      expect(await readStream(client, 's')).toStrictEqual([ranking, next].flatMap(expectedEntries));
    },
  );

  it('does not wait for a scan of the same request that was faster', async () => {
    const request = 'requests/1-0';
    const [slow, fast] = [asked(ROWS, 'slow', request), asked(800, 'fast', request)];
    const { error } = await publishTo(COMMITMENT - 1, slow, {
      meanwhile: async () => {
        await (await openSink()).sink.publish(fast);
      },
    });
    expect(error).toBeUndefined();
    expect(await readStream(client, 's')).toStrictEqual(expectedEntries(fast));
    expect(await others('*:gathered:*')).toBe(0);
  });

  it('goes on where it was when its list got lost, is given up by others, and does not block them', async () => {
    const first = createRanking(ROWS, { scan: 'first' });
    const { sink } = await publishTo(FIRST_STEP, first);
    await client.del(await client.keys('*:gathered:*'));
    const second = createRanking(30, { scan: 'second' });
    const other = await openSink();
    await other.sink.publish(second);
    await other.sink.open();
    const later = await openSink();
    await later.sink.open();
    expect([other.givenUp, later.givenUp]).toEqual([['first'], []]);
    const [rows, rest] = [expectedEntries(first).slice(0, 500), expectedEntries(first).slice(500)];
    expect(await readStream(client, 's')).toStrictEqual([...rows, ...expectedEntries(second)]);
    await sink.publish(first);
    expect(await readStream(client, 's')).toStrictEqual([...rows, ...expectedEntries(second), ...rest]);
  });

  it('is another scan of its request, whole, where the list of the first got lost', async () => {
    const request = 'requests/1-0';
    const first = asked(ROWS, 'first', request);
    await publishTo(FIRST_STEP, first, { options: '?latest=latest' });
    await client.del(await client.keys('*:gathered:*'));
    // Fewer than what was collected of the first.
    const again = asked(300, 'again', request);
    const { sink, givenUp } = await openSink('?latest=latest');
    await sink.publish(again);
    expect(givenUp).toEqual(['first']);
    const rows = expectedEntries(first).slice(0, 500);
    expect(await readStream(client, 's')).toStrictEqual([...rows, ...expectedEntries(again)]);
    expect(await readLatest(client, 's')).toStrictEqual(asLatest(again));
  });

  it('is given up without its name where nothing is known of it any more', async () => {
    await publishTo(FIRST_STEP, createRanking(ROWS));
    await client.del(await client.keys('*:publication:*'));
    const { sink, givenUp } = await openSink();
    await sink.open();
    await sink.open();
    expect(givenUp).toEqual([undefined]);
    expect(await others('*:unfinished')).toBe(0);
  });

  const gone = /: what was written of it is gone; .* \(1100 of 1100 rows were acknowledged\)$/;
  it.each<readonly [string, () => Promise<unknown>, RegExp | undefined]>([
    ['its list is gone', async () => client.del(await client.keys('*:gathered:*')), gone],
    ['the server is flushed', () => client.flushall(), gone],
    ['the stream is gone', () => client.del('s'), undefined],
    ['what was collected is gone', async () => client.del(await client.keys('*:next:*')), undefined],
    ['its rows are gone from what was collected', async () => client.del(await nextRows()), undefined],
    ['another one moves some, and keeps no latest', () => moveStep(), undefined],
  ])('is whole and once where %s on the way, published again where that fails', async (_, fault, says) => {
    const ranking = createRanking(ROWS);
    const { sink, error } = await publishTo(FIRST_STEP, ranking, {
      options: '?latest=latest',
      meanwhile: fault,
    });
    if (says === undefined) expect(error).toBeUndefined();
    else {
      expect(error).toMatchObject({ message: expect.stringMatching(says) });
      await sink.publish(ranking);
    }
    expect(await readStream(client, 's')).toStrictEqual(expectedEntries(ranking));
    expect(await readLatest(client, 's')).toStrictEqual(asLatest(ranking));
  });
  const nextRows = async () => (await client.keys('*:next:*')).filter((key) => !key.includes(':ranks:'));
  /** Another publisher, which ends behind the second step. */
  const moveStep = async () => {
    const { sink } = await openSink('', [{ what: 'halt', replies: 8 }]);
    await expect(sink.open()).rejects.toThrow(LostGroundError);
    expect(await client.xlen('s')).toBe(1000);
  };

  it('says that Redis ran out of memory on the way, and is finished once there is some', async () => {
    const ranking = createRanking(ROWS);
    const { error } = await publishTo(FIRST_STEP, ranking, {
      options: '?latest=latest',
      meanwhile: () => client.config('SET', 'maxmemory', '1'),
    });
    const { sink } = await openSink('?latest=latest');
    try {
      expect(error).toMatchObject({
        message: expect.stringMatching(/raise maxmemory \(1100 of 1100 rows were acknowledged\)$/),
      });
      expect(await client.xlen('s')).toBe(500);
      await expect(sink.open()).rejects.toThrow(/raise maxmemory$/);
    } finally {
      await client.config('SET', 'maxmemory', '0');
    }
    await sink.open();
    expect(await readStream(client, 's')).toStrictEqual(expectedEntries(ranking));
    expect(await readLatest(client, 's')).toStrictEqual(asLatest(ranking));
  });

  it('is not trimmed by others, however long it is', async () => {
    const lengths: number[] = [];
    const trim = async () => {
      await TRIM.run(client, ['s', '{s}:unfinished'], [1, 1]);
      lengths.push(await client.xlen('s'));
    };
    await publishTo(FIRST_STEP, createRanking(ROWS), { meanwhile: trim });
    await trim();
    expect(lengths[0]).toBe(500);
    expect(lengths[1]).toBeLessThan(500);
  });

  it('is remembered for a week from when it was finished, and leaves nothing else', async () => {
    await publishTo(FIRST_STEP, createRanking(ROWS), { options: '?latest=latest' });
    const [publication] = await client.keys('*:publication:*');
    await client.expire(publication!, 1000);
    const { sink } = await openSink('?latest=latest');
    await sink.open();
    expect(await client.ttl(publication!)).toBeGreaterThan(604_000);
    expect((await client.keys('*')).sort()).toEqual(
      ['s', publication!, '{s}:latest', '{s}:latest:ranks'].sort(),
    );
  });
});
