import { setTimeout as sleep } from 'node:timers/promises';
import { fc, test } from '@fast-check/vitest';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { LostGroundError } from '../../src/errors.ts';
import { createRedisStream } from '../../src/sinks/redis-stream.ts';
import type { Ranking } from '../../src/types.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { createRanking } from '../support/rankings.ts';
import { type RunningRedis, startRedis } from '../support/redis-server.ts';
import { type Direction, startPartitionedProxy } from './partitioned-proxy.ts';
import { asLatest, expectedEntries, readLatest, readStream } from './read-redis-stream.ts';

/** Short against what a fault lasts, long against what an answer takes. */
const TIMEOUT_MS = 300;

/** Full calls of rows: behind the last row is the closing entry alone. */
const ROWS = 1500;

/** The ranking, and `then` before the row of a rank is made, or behind the last: what goes before it is answered by then. */
const withFault = (ranking: Ranking, rank: number, then: () => void): Ranking => ({
  ...ranking,
  rows: {
    *[Symbol.iterator]() {
      for (const row of ranking.rows) {
        if (row.rank === rank) then();
        yield row;
      }
      if (rank > ranking.length) then();
    },
  },
});

describeWithRedis('a publication whose outcome is not known', () => {
  let server: RunningRedis;
  let client: Redis;
  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url);
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  const failure =
    /no answer in time; check the server and the network \(\d+ of 1500 rows were acknowledged\)$/;

  it.each([
    [1, '?latest=latest'],
    [700, ''],
    [ROWS + 1, '?latest=latest'],
    [ROWS + 1, ''],
  ])(
    'is whole and once where the server stood still from row %i on, with options `%s`',
    async (rank, options) => {
      await client.flushall();
      const sink = createRedisStream({ url: `${server.url}/0/s${options}`, timeoutMs: TIMEOUT_MS });
      onTestFinished(sink.close);
      const [first, second] = ['a', 'b'].map((scan) => createRanking(ROWS, { scan })) as [Ranking, Ranking];
      await sink.open();
      const pause = () => void process.kill(server.pid, 'SIGSTOP');
      try {
        await expect(sink.publish(withFault(first, rank, pause))).rejects.toThrow(failure);
        // Nor does it answer who comes anew.
        await expect(sink.publish(first)).rejects.toThrow(LostGroundError);
      } finally {
        process.kill(server.pid, 'SIGCONT');
      }
      await sink.publish(first);
      await sink.publish(second);
      expect(await readStream(client, 's')).toStrictEqual([first, second].flatMap(expectedEntries));
      if (options !== '') expect(await readLatest(client, 's')).toStrictEqual(asLatest(second));
    },
  );

  const parting = fc.record({
    direction: fc.constantFrom<Direction>('requests', 'replies'),
    rank: fc.oneof(fc.integer({ min: 1, max: ROWS }), fc.constant(ROWS + 1)),
    // Whether it heals before it is published again, or while the ranking after it is.
    heals: fc.constantFrom('before', 'later'),
  });
  test.prop(
    [fc.array(parting, { minLength: 1, maxLength: 2, size: 'max' }), fc.constantFrom('', '?latest=latest')],
    { numRuns: 8 },
  )(
    'is whole and once where the network was parted, whenever what was held back arrives',
    async (partings, options) => {
      await client.flushall();
      const rankings = partings.map((_, index) => createRanking(ROWS, { scan: `scan-${index}` }));
      for (const [index, { direction, rank, heals }] of partings.entries()) {
        const proxy = await startPartitionedProxy(server.port);
        const url = `redis://127.0.0.1:${proxy.port}/0/s${options}`;
        const sink = createRedisStream({ url, timeoutMs: TIMEOUT_MS });
        const other = createRedisStream({ url: `${server.url}/0/s${options}` });
        const ranking = rankings[index]!;
        try {
          await sink.open();
          const part = () => proxy.part(direction);
          await expect(sink.publish(withFault(ranking, rank, part))).rejects.toThrow(failure);
          if (heals === 'before') {
            await proxy.heal();
            await sink.publish(ranking);
          } else {
            await other.publish(withFault(ranking, 600, () => void proxy.heal()));
          }
          // What was held back is done, too.
          await sleep(20);
        } finally {
          await sink.close();
          await other.close();
          await proxy.close();
        }
      }
      expect(await readStream(client, 's')).toStrictEqual(rankings.flatMap(expectedEntries));
      if (options === '') return;
      expect(await readLatest(client, 's')).toStrictEqual(asLatest(rankings.at(-1)!));
    },
  );
});
