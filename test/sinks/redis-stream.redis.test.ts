import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { LostGroundError } from '../../src/errors.ts';
import { createRedisStream } from '../../src/sinks/redis-stream.ts';
import type { Ranking } from '../../src/types.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { createRanking } from '../support/rankings.ts';
import { startRedis } from '../support/redis-server.ts';
import { describeSink } from '../support/sink-suite.ts';

/** The entries of a stream as objects of their fields, `data` parsed; `undefined` where there is no stream. */
async function readStream(client: Redis, stream: string): Promise<unknown[] | undefined> {
  if ((await client.exists(stream)) === 0) return undefined;
  const entries = await client.xrange(stream, '-', '+');
  return entries.map(([, fields]) => {
    const entry: Record<string, string> = {};
    for (let index = 0; index < fields.length; index += 2) entry[fields[index]!] = fields[index + 1]!;
    return { ...entry, data: JSON.parse(entry.data!) };
  });
}

function expectedEntries({ rows, summary }: Ranking): unknown[] {
  const ranked = [...rows].map((row) => ({
    type: 'ranked',
    scan: row.scan,
    rank: `${row.rank}`,
    symbol: row.symbol,
    data: row,
  }));
  return [...ranked, { type: 'summary', scan: summary.scan, data: summary }];
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
    const ahead: Promise<number>[] = [];
    const rows = {
      *[Symbol.iterator]() {
        for (const row of ranking.rows) {
          // Asked on another connection while the sink waits: what Redis has by then.
          if (row.rank % 5000 === 1) ahead.push(client.xlen(name).then((length) => row.rank - 1 - length));
          yield row;
        }
      },
    };
    await sink.publish({ ...ranking, rows });
    await sink.close();
    expect(await client.xlen(name)).toBe(20_001);
    // At most what came in between: had all been sent at once, it would be behind by thousands.
    for (const rowsAhead of await Promise.all(ahead)) expect(rowsAhead).toBeLessThanOrEqual(0);
  });

  it('says how many rows were acknowledged when Redis runs out of memory', async () => {
    const small = await startRedis(['--maxmemory', '8mb', '--maxmemory-policy', 'noeviction']);
    onTestFinished(small.stop);
    const sink = createRedisStream({ url: `${small.url}/0/s` });
    onTestFinished(sink.close);
    await sink.open();
    const error = await sink.publish(createRanking(50_000)).catch((reason: unknown) => reason);
    const observer = new Redis(small.url);
    const length = await observer.xlen('s');
    await observer.quit();
    expect(error).toStrictEqual(
      new LostGroundError(
        `cannot write ${small.url}/0/s: its memory is used up; free some or raise maxmemory (${length} of 50000 rows were acknowledged)`,
      ),
    );
    expect(length).toBeGreaterThan(0);
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
    let url: string;
    let stop: () => Promise<void>;
    beforeAll(async () => {
      const guarded = await startRedis(['--requirepass', secret]);
      ({ stop } = guarded);
      url = guarded.url;
      const admin = new Redis(url, { password: secret });
      await admin.acl('SETUSER', 'writer', 'on', `>${secret}`, '~s', '+xadd', '+select');
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
    ])('refuses to open %s, and repeats no secret', async (_, address, says) => {
      const error = await openingError(address());
      expect(error.message).toMatch(says);
      expect(error.message).toContain(`${url}/0/s`);
      // All of it, as a logger would write it: causes and properties included.
      const { inspect } = await import('node:util');
      expect(inspect(error, { depth: 10 })).not.toContain(secret);
    });

    it('needs no more permission than to append', async () => {
      const sink = createRedisStream({ url: as(`writer:${secret}`) });
      await sink.open();
      await sink.publish(createRanking(3));
      await sink.close();
      const admin = new Redis(url, { password: secret });
      expect(await admin.xlen('s')).toBe(4);
      await admin.quit();
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
