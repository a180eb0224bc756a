import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { LostGroundError } from '../../src/errors.ts';
import { createAlertStream } from '../../src/sinks/alert-stream.ts';
import type { AlertSink } from '../../src/types.ts';
import { createAlertsOf } from '../support/alerts.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { startRedis } from '../support/redis-server.ts';
import { startCuttingProxy } from './cutting-proxy.ts';

describeWithRedis('a Redis stream of alerts', (server) => {
  let client: Redis;
  beforeAll(() => {
    client = new Redis(`${server}/0`);
  });
  afterAll(async () => {
    await client.quit();
  });

  function start(options = '', url = server): { readonly name: string; readonly sink: AlertSink } {
    const name = `alerts:${randomUUID()}`;
    const sink = createAlertStream({ url: `${url}/0/${name}${options}` });
    onTestFinished(async () => {
      await sink.close();
      await client.del(name, ...(await client.keys(`{${name}}:*`)));
    });
    return { name, sink };
  }

  it('has an entry for each of them, in order', async () => {
    const { name, sink } = start();
    await sink.open();
    expect(await client.exists(name)).toBe(0);
    const alerts = createAlertsOf('a', 250);
    await sink.publish(alerts);
    const entries = await client.xrange(name, '-', '+');
    expect(entries.map(([, fields]) => fields)).toStrictEqual(
      alerts.map((alert) => [
        ...['type', 'alert', 'rule', 'a', 'symbol', alert.symbol, 'data', JSON.stringify(alert)],
      ]),
    );
  });

  it('has an alert once, whoever publishes it again and whatever else comes with it', async () => {
    const { name, sink } = start();
    await sink.publish(createAlertsOf('a', 3));
    const other = createAlertStream({ url: `${server}/0/${name}` });
    onTestFinished(() => other.close());
    // By another scan, at another rank: rule, symbol, setup and session are what counts.
    await other.publish(createAlertsOf('a', 5).map((alert) => ({ ...alert, scan: 'later', rank: 9 })));
    expect(await client.xlen(name)).toBe(5);
    const [alert] = createAlertsOf('a', 1);
    await other.publish([
      { ...alert!, rule: 'b' },
      { ...alert!, setup: 'trend' },
      { ...alert!, session: '2024-05-06' },
    ]);
    expect(await client.xlen(name)).toBe(8);
    const [key] = await client.keys(`{${name}}:alert:*`);
    const days = (await client.ttl(key!)) / 86_400;
    expect(days).toBeGreaterThan(39);
    expect(days).toBeLessThanOrEqual(40);
  });

  it.each(['request', 'reply', 'late'] as const)('has each once, wherever a %s is cut off', async (what) => {
    const alerts = createAlertsOf('a', 240);
    const all = what === 'reply' ? 120 : JSON.stringify(alerts).length;
    for (let part = 1; part < 8; part++) {
      const proxy = await startCuttingProxy(Number(new URL(server).port), [
        { what, bytes: Math.round((all * part) / 8) },
      ]);
      const { name, sink } = start('', `redis://127.0.0.1:${proxy.port}`);
      await expect(sink.publish(alerts)).rejects.toThrow(LostGroundError);
      expect(proxy.made).toBe(1);
      await sink.publish(alerts);
      await proxy.settled();
      expect(await client.xlen(name)).toBe(240);
      await sink.close();
      await proxy.close();
    }
  });

  it('trims old entries where it is told to', async () => {
    const { name, sink } = start('?maxlen=100');
    await sink.publish(createAlertsOf('a', 1000));
    await sink.publish(createAlertsOf('b', 1));
    expect(await client.xlen(name)).toBeLessThan(300);
  });

  it('goes on where the server hung up in the meantime', async () => {
    const proxy = await startCuttingProxy(Number(new URL(server).port), []);
    onTestFinished(() => proxy.close());
    const { name, sink } = start('', `redis://127.0.0.1:${proxy.port}`);
    await sink.publish(createAlertsOf('a', 1));
    await proxy.hangUp();
    await sink.publish(createAlertsOf('a', 2));
    expect(await client.xlen(name)).toBe(2);
    await sink.close();
  });

  it('says that the server is gone', async () => {
    const mortal = await startRedis();
    onTestFinished(mortal.stop);
    const sink = createAlertStream({ url: `${mortal.url}/0/s` });
    onTestFinished(() => sink.close());
    await sink.open();
    await mortal.stop();
    await expect(sink.publish(createAlertsOf('a', 2))).rejects.toThrow(LostGroundError);
    await expect(sink.publish(createAlertsOf('a', 2))).rejects.toThrow(
      `cannot write ${mortal.url}/0/s: nothing answers there; start Redis or correct the address`,
    );
  });

  it('says what is wrong, without the password', async () => {
    const { name, sink } = start();
    await client.set(name, 'x');
    await expect(sink.open()).rejects.toThrow(
      /: the key holds something else than a stream; choose another name$/,
    );
    const secret = createAlertStream({ url: `${server.replace('//', '//user:Zq-secret@')}/0/s` });
    const error = (await secret.open().catch((reason: unknown) => reason)) as Error;
    expect(error).toBeInstanceOf(LostGroundError);
    expect(error.message).toMatch(/user or password are refused/);
    expect(error.message).not.toContain('Zq-secret');
    const other = createAlertStream({ url: `${server}/99/s` });
    await expect(other.open()).rejects.toThrow(/no database of this number/);
  });
});
