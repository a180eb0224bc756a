import { expect, it, onTestFinished } from 'vitest';
import { parseRedisAddress } from '../../src/redis/address.ts';
import { createRedisClient, isRefusal } from '../../src/redis/client.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describeWithRedis('a Redis client', (url) => {
  const create = (address: string) => {
    const connection = createRedisClient(parseRedisAddress(address), 1000);
    onTestFinished(() => connection.client.disconnect());
    return connection;
  };

  it('connects when it is told to', async () => {
    const { client } = create(url);
    expect(client.status).toBe('wait');
    await client.connect();
    expect(await client.ping()).toBe('PONG');
  });

  it('tells a server that says no from one that is not there', async () => {
    const sound = create(url);
    await sound.client.connect();
    expect(isRefusal(await failureOf(sound.client.call('NONSENSE')))).toBe(true);
    expect(sound.lastError).toBeUndefined();

    const lost = create('redis://127.0.0.1:1');
    expect(isRefusal(await failureOf(lost.client.connect()))).toBe(false);
    expect(lost.lastError).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
