import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { createSinks } from '../../src/commands/create-sinks.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { createRanking } from '../support/rankings.ts';

describeWithRedis('createSinks', (url) => {
  it('says which stream a group lost entries of, and how many', async () => {
    const client = new Redis(url);
    const stream = `sink:${randomUUID()}`;
    onTestFinished(async () => {
      await client.del(stream);
      client.disconnect();
    });
    const troubles: string[] = [];
    const settings = { out: [`${url}/0/${stream}?maxlen=10`], format: undefined, noColor: true };
    const [sink] = createSinks(settings, (reason) => troubles.push(reason));
    onTestFinished(() => sink!.close());
    await sink!.publish(createRanking(0, { scan: 'first' }));
    await client.xgroup('CREATE', stream, 'asleep', '0');
    await sink!.publish(createRanking(300, { scan: 'second' }));
    expect(troubles).toEqual([]);
    await sink!.publish(createRanking(0, { scan: 'third' }));
    const left = await client.xlen(stream);
    expect(left).toBeLessThan(303);
    expect(troubles).toEqual([
      `${url}/0/${stream}: ${303 - left} entries were trimmed that a group had not acknowledged: it was ten times \`maxlen\` behind`,
    ]);
  });
});
