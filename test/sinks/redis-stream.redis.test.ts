import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { fc, test } from '@fast-check/vitest';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createChanges } from '../../src/daemon/changes.ts';
import { LostGroundError } from '../../src/errors.ts';
import { createRedisStream } from '../../src/sinks/redis-stream.ts';
import type { Ranking } from '../../src/types.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { createRanking, createUnfinishedRanking } from '../support/rankings.ts';
import { startRedis } from '../support/redis-server.ts';
import { describeSink } from '../support/sink-suite.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { asLatest, expectedEntries, readLatest, readStream } from './read-redis-stream.ts';

/** Deletes keys while nothing else goes on in this process: rows are made without a pause in which it could wait. */
function deleteNow(server: string, pattern: string): void {
  const script = `
    import { Redis } from 'ioredis';
    const [url, pattern] = process.argv.slice(1);
    const client = new Redis(url);
    await client.del(await client.keys(pattern));
    client.disconnect();`;
  execFileSync(process.execPath, ['--input-type=module', '-e', script, server, pattern]);
}

/** Where the rows of a ranking wait for its commitment, four elements each. */
function gatheredKey(stream: string, { summary }: Ranking): string {
  const digest = createHash('sha256').update(JSON.stringify(summary)).digest('hex');
  return `{${stream}}:gathered:${digest.slice(0, 32)}`;
}

/** The error of a sink that must not open, which took no longer than it may and left no connection. */
async function openingError(url: string, timeoutMs?: number): Promise<Error> {
  const sink = createRedisStream({ url, ...(timeoutMs !== undefined && { timeoutMs }) });
  const error = await sink.open().catch((reason: unknown) => reason);
  await sink.close();
  expect(error).toBeInstanceOf(LostGroundError);
  return error as Error;
}

describeWithRedis('a Redis stream', (server) => {
  let client: Redis;
  beforeAll(() => {
    client = new Redis(`${server}/0`);
  });
  afterAll(async () => {
    await client.quit();
  });

  const streamName = () => {
    const name = `sink:${randomUUID()}`;
    onTestFinished(async () => {
      await client.del(name);
    });
    return name;
  };

  describeSink('as a sink', async () => {
    const name = `sink:${randomUUID()}`;
    await client.set(`${name}:string`, 'x');
    return {
      sink: createRedisStream({ url: `${server}/0/${name}` }),
      read: () => readStream(client, name),
      expected: expectedEntries,
      replaces: false,
      broken: {
        sink: createRedisStream({ url: `${server}/0/${name}:string` }),
        says: /^cannot write redis:\/\/127\.0\.0\.1:\d+\/0\/sink:.*:string: the key holds something else than a stream; choose another name$/,
      },
      cleanUp: async () => {
        await client.del(name, `${name}:string`);
      },
    };
  });

  it('has what left, and receipts, behind the rows, and not in the latest ranking', async () => {
    const name = streamName();
    const sink = createRedisStream({ url: `${server}/0/${name}?latest=latest` });
    onTestFinished(async () => {
      await sink.close();
      await client.del(...(await client.keys(`{${name}}:*`)));
    });
    const changes = createChanges();
    await (await changes.compare(createRanking(600, { scan: 'before' }), 'k')).remember();
    const { published: compared } = await changes.compare(createRanking(520), 'k');
    const receipt = { type: 'receipt', scan: 'scan-1', symbol: 'GONE', line: 7, outcome: 'failed' } as const;
    const published: Ranking = { ...compared, receipts: [receipt] };
    await sink.publish(published);
    const left = published.left!.map((row) => ({
      ...{ type: 'left', scan: 'scan-1', symbol: row.symbol, data: row },
    }));
    expect(left).toHaveLength(80);
    const ranked = expectedEntries(published);
    expect(await readStream(client, name)).toStrictEqual([
      ...[...ranked.slice(0, -1), ...left],
      ...[{ type: 'receipt', scan: 'scan-1', symbol: 'GONE', data: receipt }, ranked.at(-1)],
    ]);
    expect(await readLatest(client, name)).toStrictEqual(asLatest(published));
    // Again, as where nobody knows what became of it.
    await sink.publish(published);
    expect(await client.xlen(name)).toBe(602);
  });

  it('leaves no entry by checking that it can write', async () => {
    const name = streamName();
    await client.xadd(name, '*', 'type', 'earlier');
    const sink = createRedisStream({ url: `${server}/0/${name}` });
    await sink.open();
    await sink.close();
    expect(await client.xlen(name)).toBe(1);
  });

  it('writes to the database of the address', async () => {
    const name = streamName();
    const sink = createRedisStream({ url: `${server}/3/${name}` });
    await sink.publish(createRanking(1));
    await sink.close();
    const other = client.duplicate({ db: 3 });
    expect(await other.xlen(name)).toBe(2);
    await other.del(name);
    await other.quit();
    expect(await client.exists(name)).toBe(0);
  });

  it('refuses a database that does not exist', async () => {
    const { message } = await openingError(`${server}/99/s`);
    expect(message).toMatch(/\/99\/s: the server has no database of this number; choose another$/);
  });

  it('makes rows no faster than Redis acknowledges them', async () => {
    const name = streamName();
    const ranking = createRanking(20_000);
    const sink = createRedisStream({ url: `${server}/0/${name}` });
    const gathered = gatheredKey(name, ranking);
    const ahead: Promise<number>[] = [];
    const rows = {
      *[Symbol.iterator]() {
        for (const row of ranking.rows) {
          // Asked on another connection while the sink waits: what Redis has by then.
          if (row.rank % 5000 === 1)
            ahead.push(client.llen(gathered).then((elements) => row.rank - 1 - elements / 4));
          yield row;
        }
      },
    };
    await sink.publish({ ...ranking, rows });
    await sink.close();
    expect(await client.xlen(name)).toBe(20_001);
    // At most what came in between: had all been sent at once, it would be behind by thousands.
    expect(ahead).toHaveLength(4);
    for (const rowsAhead of await Promise.all(ahead)) expect(rowsAhead).toBeLessThanOrEqual(0);
  });

  it('says how many rows were acknowledged when Redis runs out of memory', async () => {
    const small = await startRedis(['--maxmemory', '8mb', '--maxmemory-policy', 'noeviction']);
    onTestFinished(small.stop);
    const sink = createRedisStream({ url: `${small.url}/0/s` });
    onTestFinished(sink.close);
    await sink.open();
    const ranking = createRanking(50_000);
    const error = await sink.publish(ranking).catch((reason: unknown) => reason);
    const observer = new Redis(small.url);
    onTestFinished(() => void observer.disconnect());
    const length = (await observer.llen(gatheredKey('s', ranking))) / 4;
    expect(await observer.exists('s')).toBe(0);
    expect(error).toStrictEqual(
      new LostGroundError(
        `cannot write ${small.url}/0/s: its memory is used up; free some or raise maxmemory (${length} of 50000 rows were acknowledged)`,
      ),
    );
    expect(length).toBeGreaterThan(0);
    // What the failed call itself took is free again.
    for (let bytes = 1 << 18; bytes > 0; bytes >>= 1) {
      await observer.append(`filler:${bytes}`, 'x'.repeat(bytes)).catch(() => {});
      await observer.append(`filler:${bytes}:2`, 'x'.repeat(bytes)).catch(() => {});
    }
    const { message } = await openingError(`${small.url}/0/s`);
    expect(message).toMatch(/: its memory is used up; free some or raise maxmemory$/);
  });

  it('says how many rows were acknowledged when the server dies, and closes', async () => {
    const mortal = await startRedis();
    onTestFinished(mortal.stop);
    const ranking = createRanking(20_000);
    const rows = {
      *[Symbol.iterator]() {
        for (const row of ranking.rows) {
          if (row.rank === 5001) process.kill(mortal.pid, 'SIGKILL');
          yield row;
        }
      },
    };
    const sink = createRedisStream({ url: `${mortal.url}/0/s` });
    await sink.open();
    const error = await sink.publish({ ...ranking, rows }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LostGroundError);
    expect((error as Error).message).toMatch(
      /^cannot write redis:.*\(5000 of 20000 rows were acknowledged\)$/,
    );
    await expect(sink.publish(ranking)).rejects.toThrow(
      `cannot write ${mortal.url}/0/s: nothing answers there; start Redis or correct the address`,
    );
    await expect(sink.close()).resolves.toBeUndefined();
  });

  describe('on a server with users', () => {
    const secret = 'Zq-secret-Zq';
    const RIGHTS = [
      ...['select', 'xadd', 'eval', 'evalsha', 'del', 'exists', 'expire', 'hdel', 'hmget', 'hset'],
      ...['llen', 'lrange', 'rpush', 'sadd', 'smembers', 'srem'],
    ];
    const TRIM_RIGHTS = ['scard', 'xinfo', 'xlen', 'xpending', 'xtrim'];
    const LATEST_RIGHTS = ['hget', 'hlen', 'persist', 'rename', 'zadd', 'zcard'];
    const granted = (user: string, commands: readonly string[]) =>
      [
        'SETUSER',
        user,
        'reset',
        'on',
        `>${secret}`,
        '~s',
        '~{s}:*',
        ...commands.map((one) => `+${one}`),
      ] as unknown as ['SETUSER', string];
    let url: string;
    let stop: () => Promise<void>;
    beforeAll(async () => {
      const guarded = await startRedis(['--requirepass', secret]);
      ({ stop } = guarded);
      url = guarded.url;
      const admin = new Redis(url, { password: secret });
      await admin.acl(...granted('writer', RIGHTS));
      await admin.acl(...granted('appender', ['xadd', 'select']));
      await admin.acl(...granted('trimmer', [...RIGHTS, ...TRIM_RIGHTS]));
      await admin.acl('SETUSER', 'reader', 'on', `>${secret}`, '~*', '+@read', '+@connection');
      await admin.quit();
    });
    afterAll(() => stop());

    const as = (credentials: string) => `${url.replace('//', `//${credentials}@`)}/0/s`;

    it.each([
      [
        'without a password',
        () => `${url}/0/s`,
        /: it asks for a password; put user and password into the address$/,
      ],
      ['with a wrong password', () => as(`:${secret}x`), /: user or password are refused; correct them/],
      ['with an unknown user', () => as(`nobody:${secret}`), /: user or password are refused; correct them/],
      [
        'as a user that only reads',
        () => as(`reader:${secret}`),
        /: the user may not write this stream; grant XADD/,
      ],
      [
        'as a user that may append and not count',
        () => as(`appender:${secret}`),
        /: the user may not write this stream; grant XADD, EVAL/,
      ],
      [
        'as a user that may not trim, where it is to be trimmed',
        () => `${as(`writer:${secret}`)}?maxlen=10`,
        /: the user may not write this stream; .* what its options need/,
      ],
      [
        'as a user that may not keep the latest, where it is to be kept',
        () => `${as(`trimmer:${secret}`)}?maxlen=10&latest=latest`,
        /: the user may not write this stream; .* what its options need/,
      ],
    ])('refuses to open %s, and repeats no secret', async (_, address, says) => {
      const error = await openingError(address());
      expect(error.message).toMatch(says);
      expect(error.message).toContain(`${url}/0/s`);
      // All of it, as a logger would write it: causes and properties included.
      const { inspect } = await import('node:util');
      expect(inspect(error, { depth: 10 })).not.toContain(secret);
    });

    it.each([
      ['append', '', RIGHTS],
      ['trim', '?maxlen=10', [...RIGHTS, ...TRIM_RIGHTS]],
      ['keep the latest', '?latest=latest', [...RIGHTS, ...LATEST_RIGHTS]],
    ])('needs no more permission than to %s, and without any does not open', async (_, options, rights) => {
      const admin = new Redis(url, { password: secret });
      onTestFinished(() => void admin.disconnect());
      await admin.flushall();
      const address = `${as(`keeper:${secret}`)}${options}`;
      for (const missing of rights) {
        // A script that is known needs no EVAL.
        await admin.script('FLUSH');
        await admin.acl(
          ...granted(
            'keeper',
            rights.filter((one) => one !== missing),
          ),
        );
        const { message } = await openingError(address);
        expect(message, missing).toMatch(/: the user may not write this stream; grant /);
      }
      // What a check had to leave without the right to delete it goes by itself.
      for (const key of await admin.keys('*')) expect(await admin.ttl(key)).toBeGreaterThan(0);
      await admin.acl(...granted('keeper', rights));
      const sink = createRedisStream({ url: address });
      onTestFinished(sink.close);
      await sink.open();
      await sink.publish(createRanking(3));
      await sink.publish(createRanking(30, { scan: 'b' }));
      expect(await admin.xlen('s')).toBe(35);
    });
  });

  describe('published again', () => {
    it('adds nothing to what is there, by another process either', async () => {
      const name = streamName();
      const ranking = createRanking(700);
      for (let time = 0; time < 2; time++) {
        const sink = createRedisStream({ url: `${server}/0/${name}` });
        await sink.publish(ranking);
        await sink.publish(ranking);
        await sink.close();
      }
      expect(await readStream(client, name)).toStrictEqual(expectedEntries(ranking));
    });

    it('is there once where two processes publish it at the same time', async () => {
      const name = streamName();
      const ranking = createRanking(1200);
      const sinks = [0, 1].map(() => createRedisStream({ url: `${server}/0/${name}?latest=latest` }));
      for (const sink of sinks) onTestFinished(sink.close);
      await Promise.all(sinks.map((sink) => sink.open()));
      await Promise.all(sinks.map((sink) => sink.publish(ranking)));
      expect(await readStream(client, name)).toStrictEqual(expectedEntries(ranking));
      expect(await readLatest(client, name)).toStrictEqual(asLatest(ranking));
    });

    it('goes on behind the last row that arrived', async () => {
      const name = streamName();
      const ranking = createRanking(1700);
      const rows = {
        *[Symbol.iterator]() {
          for (const row of ranking.rows) {
            if (row.rank > 1200) throw new Error('no more rows');
            yield row;
          }
        },
      };
      const sink = createRedisStream({ url: `${server}/0/${name}` });
      onTestFinished(sink.close);
      await expect(sink.publish({ ...ranking, rows })).rejects.toThrow('no more rows');
      expect(await client.exists(name)).toBe(0);
      expect(await client.llen(gatheredKey(name, ranking))).toBe(4 * 1000);
      await sink.publish(ranking);
      expect(await readStream(client, name)).toStrictEqual(expectedEntries(ranking));
    });

    it('is another ranking where its summary is another, whatever its name', async () => {
      const name = streamName();
      const sink = createRedisStream({ url: `${server}/0/${name}` });
      onTestFinished(sink.close);
      const first = createRanking(2);
      const second = { ...first, summary: { ...first.summary, ended: '2024-05-05T01:00:00.000Z' } };
      await sink.publish(first);
      await sink.publish(second);
      expect(await client.xlen(name)).toBe(6);
    });

    it('says where what was gathered got lost on the way, and is whole when published again', async () => {
      const name = streamName();
      const ranking = createRanking(1200);
      const rows = {
        *[Symbol.iterator]() {
          for (const row of ranking.rows) {
            if (row.rank === 600) deleteNow(server, `{${name}}:gathered:*`);
            yield row;
          }
        },
      };
      const sink = createRedisStream({ url: `${server}/0/${name}` });
      onTestFinished(sink.close);
      await expect(sink.publish({ ...ranking, rows })).rejects.toThrow(
        /what was written of it is gone; .* \(500 of 1200 rows were acknowledged\)$/,
      );
      await sink.publish(ranking);
      expect(await readStream(client, name)).toStrictEqual(expectedEntries(ranking));
    });

    it('starts on a new connection where the server hung up between two rankings', async () => {
      const name = streamName();
      const proxy = await startCuttingProxy(Number(new URL(server).port), []);
      onTestFinished(proxy.close);
      const sink = createRedisStream({ url: `redis://127.0.0.1:${proxy.port}/0/${name}` });
      onTestFinished(sink.close);
      await sink.publish(createRanking(1, { scan: 'a' }));
      await proxy.hangUp();
      await sink.publish(createRanking(1, { scan: 'b' }));
      expect(await client.xlen(name)).toBe(4);
    });

    const cut = fc.record({
      what: fc.constantFrom('request' as const, 'reply' as const, 'late' as const),
      // The scripts are sent whole to a server that does not know them; replies are short.
      bytes: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 400, max: 4_000_000 })),
    });
    test.prop(
      [
        fc.array(cut, { maxLength: 6, size: 'max' }),
        fc.array(fc.integer({ min: 0, max: 1300 }), { minLength: 1, maxLength: 3, size: 'max' }),
        fc.constantFrom('', '?latest=latest'),
      ],
      { numRuns: 30 },
    )('loses and doubles no row, wherever the connection is cut', async (cuts, sizes, options) => {
      const name = `sink:${randomUUID()}`;
      const proxy = await startCuttingProxy(Number(new URL(server).port), cuts);
      const sink = createRedisStream({ url: `redis://127.0.0.1:${proxy.port}/0/${name}${options}` });
      const rankings = sizes.map((size, index) => createRanking(size, { scan: `scan-${index}` }));
      try {
        for (const ranking of rankings) {
          for (let attempt = 0; ; attempt++) {
            const error = await sink.publish(ranking).catch((reason: unknown) => reason);
            if (error === undefined) break;
            expect(error).toBeInstanceOf(LostGroundError);
            expect(attempt).toBeLessThanOrEqual(cuts.length);
          }
        }
        await sink.close();
        await proxy.settled();
        expect(await readStream(client, name)).toStrictEqual(rankings.flatMap(expectedEntries));
        if (options !== '') expect(await readLatest(client, name)).toStrictEqual(asLatest(rankings.at(-1)!));
      } finally {
        await sink.close();
        await proxy.close();
        const keys = await client.keys(`*${name}*`);
        if (keys.length > 0) await client.del(keys);
      }
    });
  });

  describe('with a length', () => {
    const open = (name: string, maxlen: number) => {
      const lost: number[] = [];
      const sink = createRedisStream({
        url: `${server}/0/${name}?maxlen=${maxlen}`,
        onLost: (entries) => lost.push(entries),
      });
      onTestFinished(sink.close);
      const publish = (rows: number) => sink.publish(createRanking(rows, { scan: randomUUID() }));
      return { publish, lost };
    };

    it('keeps about so many entries, and the last ranking', async () => {
      const name = streamName();
      const { publish, lost } = open(name, 400);
      for (let scan = 0; scan < 8; scan++) await publish(199);
      const length = await client.xlen(name);
      expect(length).toBeGreaterThanOrEqual(600);
      // A node of a stream, which goes as a whole, has a hundred entries at most.
      expect(length).toBeLessThanOrEqual(700);
      expect(lost).toEqual([]);
    });

    it('keeps the last ranking whole where it is published again, and opened anew', async () => {
      const name = streamName();
      const ranking = createRanking(900);
      for (let time = 0; time < 2; time++) {
        const sink = createRedisStream({ url: `${server}/0/${name}?maxlen=100` });
        onTestFinished(sink.close);
        await sink.open();
        await sink.publish(ranking);
      }
      expect(await readStream(client, name)).toStrictEqual(expectedEntries(ranking));
    });

    it('trims where all groups have acknowledged', async () => {
      const name = streamName();
      const { publish } = open(name, 100);
      for (let scan = 0; scan < 6; scan++) {
        await publish(199);
        if (scan === 0) await client.xgroup('CREATE', name, 'g', '0');
        const read = (await client.xreadgroup('GROUP', 'g', 'c', 'STREAMS', name, '>')) as [
          string,
          [string, string[]][],
        ][];
        await client.xack(name, 'g', ...read[0]![1].map(([id]) => id));
      }
      expect(await client.xlen(name)).toBeLessThanOrEqual(400);
    });

    it('says how many entries a group loses that is too far behind', async () => {
      const name = streamName();
      const { publish, lost } = open(name, 30);
      await publish(9);
      await client.xgroup('CREATE', name, 'asleep', '0');
      for (let scan = 0; scan < 8; scan++) {
        await publish(99);
        expect(await client.xlen(name)).toBeLessThanOrEqual(300 + 100 + 100);
      }
      expect(lost.length).toBeGreaterThan(0);
      const total = lost.reduce((sum, entries) => sum + entries, 0);
      expect(total + (await client.xlen(name))).toBe(810);
    });

    const step = fc.oneof(
      fc.record({ kind: fc.constant('publish' as const), rows: fc.integer({ min: 0, max: 60 }) }),
      fc.record({
        kind: fc.constantFrom('read' as const, 'acknowledge' as const),
        group: fc.integer({ min: 0, max: 1 }),
        entries: fc.integer({ min: 1, max: 80 }),
      }),
    );
    test.prop([fc.array(step, { minLength: 10, maxLength: 40, size: 'max' })], { numRuns: 30 })(
      'takes no entry from a group that has not acknowledged it',
      async (steps) => {
        const name = `sink:${randomUUID()}`;
        const lost: number[] = [];
        // The hard bound is out of reach.
        const sink = createRedisStream({
          url: `${server}/0/${name}?maxlen=300`,
          onLost: (entries) => lost.push(entries),
        });
        const groups = ['g0', 'g1'];
        const waiting: string[][] = [[], []];
        const acknowledged: string[][] = [[], []];
        let published = 0;
        const read = async (group: number, entries: number) => {
          const reply = (await client.xreadgroup(
            'GROUP',
            groups[group]!,
            'c',
            'COUNT',
            entries,
            'STREAMS',
            name,
            '>',
          )) as [string, [string, string[] | null][]][] | null;
          for (const [id] of reply?.[0]?.[1] ?? []) waiting[group]!.push(id);
        };
        const acknowledge = async (group: number, entries: number) => {
          // Not the oldest first: what is pending has holes.
          const ids = waiting[group]!.splice(Math.floor(waiting[group]!.length / 2), entries);
          if (ids.length === 0) return;
          for (const id of ids) expect(await client.xrange(name, id, id)).toHaveLength(1);
          await client.xack(name, groups[group]!, ...ids);
          acknowledged[group]!.push(...ids);
        };
        try {
          for (const group of groups) await client.xgroup('CREATE', name, group, '0', 'MKSTREAM');
          for (const what of steps) {
            if (what.kind === 'publish') {
              await sink.publish(createRanking(what.rows, { scan: randomUUID() }));
              published += what.rows + 1;
            } else if (what.kind === 'read') await read(what.group, what.entries);
            else await acknowledge(what.group, what.entries);
          }
          for (const group of [0, 1]) {
            await read(group, 10_000);
            while (waiting[group]!.length > 0) await acknowledge(group, 10_000);
            expect(new Set(acknowledged[group]).size).toBe(published);
          }
          expect(lost).toEqual([]);
        } finally {
          await sink.close();
          const keys = await client.keys(`*${name}*`);
          if (keys.length > 0) await client.del(keys);
        }
      },
    );
  });

  describe('with the latest ranking', () => {
    const open = (name: string) => {
      const sink = createRedisStream({ url: `${server}/0/${name}?latest=latest` });
      onTestFinished(async () => {
        await sink.close();
        const keys = await client.keys(`*${name}*`);
        if (keys.length > 0) await client.del(keys);
      });
      return sink;
    };
    const endedAt = (count: number, scan: string, ended: string): Ranking => {
      const ranking = createRanking(count, { scan });
      return { ...ranking, summary: { ...ranking.summary, ended } };
    };

    it('is not replaced where nothing of a scan was finished', async () => {
      const name = streamName();
      const sink = open(name);
      const ranking = createRanking(3);
      await sink.publish(ranking);
      await sink.publish(createUnfinishedRanking());
      expect(await readLatest(client, name)).toStrictEqual(asLatest(ranking));
    });

    it('has its rows and ranks, and nothing of the one before', async () => {
      const name = streamName();
      const sink = open(name);
      for (const ranking of [createRanking(900, { scan: 'a' }), createRanking(20, { scan: 'b' })]) {
        await sink.publish(ranking);
        expect(await readLatest(client, name)).toStrictEqual(asLatest(ranking));
      }
      expect(await client.zrange(`{${name}}:latest:ranks`, '0', '2')).toEqual(['AAPL', 'BRK.B', 'ABRpD']);
      await sink.publish(createRanking(0, { scan: 'c' }));
      expect(await readLatest(client, name)).toStrictEqual(asLatest(createRanking(0, { scan: 'c' })));
      const keys = (await client.keys(`*${name}*`)).filter((key) => !key.includes(':publication:'));
      expect(keys.sort()).toEqual([name, `{${name}}:latest`].sort());
      expect(await client.ttl(`{${name}}:latest`)).toBe(-1);
    });

    it('is not replaced by one that ended before', async () => {
      const name = streamName();
      const sink = open(name);
      const newer = endedAt(5, 'newer', '2024-05-04T02:00:00.000Z');
      await sink.publish(newer);
      await sink.publish(endedAt(3, 'older', '2024-05-04T01:00:00.000Z'));
      expect(await readLatest(client, name)).toStrictEqual(asLatest(newer));
      expect(await client.xlen(name)).toBe(10);
      expect(await client.keys(`*${name}*:next:*`)).toEqual([]);
    });

    it('changes in one step', async () => {
      const name = streamName();
      const sink = open(name);
      await sink.publish(createRanking(400, { scan: '400' }));
      const reader = client.duplicate();
      onTestFinished(() => void reader.disconnect());
      let isOver = false;
      const seen = (async () => {
        const scans = new Set<string>();
        while (!isOver) {
          const replies = await reader
            .multi()
            .hget(`{${name}}:latest`, 'summary')
            .hlen(`{${name}}:latest`)
            .zcard(`{${name}}:latest:ranks`)
            .exec();
          const [summary, fields, ranks] = replies!.map(([, value]) => value) as [string, number, number];
          const { scan, ranked_written } = JSON.parse(summary);
          expect([fields, ranks]).toEqual([ranked_written + 1, ranked_written]);
          scans.add(scan);
        }
        return scans;
      })();
      for (let round = 0; round < 6; round++) {
        for (const rows of [1500, 400])
          await sink.publish(endedAt(rows, `${rows}`, `2024-05-05T01:00:0${round}.000Z`));
      }
      isOver = true;
      expect((await seen).size).toBeGreaterThan(0);
    });

    it('keeps all its keys on one node of a cluster', async () => {
      const node = await startRedis(['--cluster-enabled', 'yes']);
      onTestFinished(node.stop);
      const admin = new Redis(node.url);
      onTestFinished(() => void admin.disconnect());
      await admin.cluster('ADDSLOTSRANGE', 0, 16383);
      while (!/cluster_state:ok/.test((await admin.cluster('INFO')) as string));
      const ranking = createRanking(3);
      for (const name of ['s', 'a{b}c', '{x}', 'a/{b}:{c}', 'a{b']) {
        const url = `${node.url}/0/${encodeURIComponent(name)}?maxlen=100&latest=now`;
        const sink = createRedisStream({ url });
        onTestFinished(sink.close);
        await sink.open();
        await sink.publish(ranking);
        expect(await readStream(admin, name)).toStrictEqual(expectedEntries(ranking));
      }
    });
  });

  it('refuses a replica, which cannot be written', async () => {
    const replica = await startRedis(['--replicaof', '127.0.0.1', new URL(server).port]);
    onTestFinished(replica.stop);
    expect((await openingError(`${replica.url}/0/s`)).message).toMatch(
      /: it is a read-only replica; give the address of the primary$/,
    );
  });
});

describe('a server that accepts and never answers', () => {
  it('is given up after the time limit', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const { port } = silent.address() as { port: number };
    const { message } = await openingError(`redis://127.0.0.1:${port}/0/s`, 100);
    expect(message).toBe(
      `cannot write redis://127.0.0.1:${port}/0/s: no answer in time; check the server and the network`,
    );
  });
});
