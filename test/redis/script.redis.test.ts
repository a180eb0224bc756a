import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { script } from '../../src/redis/script.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { startRedis } from '../support/redis-server.ts';

describeWithRedis('a script', () => {
  it('runs by its text where the server does not know it, by its digest after that, and tells its errors', async () => {
    const server = await startRedis();
    onTestFinished(server.stop);
    const client = new Redis(server.url);
    onTestFinished(() => client.disconnect());
    const { run } = script("return redis.call('INCRBY', KEYS[1], ARGV[1])");
    const calls = async () => {
      const stats = await client.info('commandstats');
      const of = (name: string) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
      return { eval: of('eval'), evalsha: of('evalsha') };
    };
    expect(await run(client, ['count'], [2])).toBe(2);
    expect(await run(client, ['count'], [3])).toBe(5);
    expect(await calls()).toEqual({ eval: 1, evalsha: 2 });
    await client.script('FLUSH');
    expect(await run(client, ['count'], ['4'])).toBe(9);
    expect(await calls()).toEqual({ eval: 2, evalsha: 3 });
    await client.set('text', 'x');
    await expect(run(client, ['text'], [1])).rejects.toThrow(/not an integer/);
    expect(await calls()).toEqual({ eval: 2, evalsha: 4 });
  });
});
