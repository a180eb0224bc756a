import { describe, inject } from 'vitest';

/** A suite that needs a real server; where the machine has none, it is skipped and its title says what to do. */
export function describeWithRedis(title: string, suite: (url: string) => void): void {
  const redis = inject('redis');
  if (redis === undefined)
    throw new Error('Expected test/support/global-setup.ts among the `globalSetup` of vitest');
  if ('url' in redis) describe(title, () => suite(redis.url));
  else describe.skip(`${title} (${redis.missing})`, () => suite('redis://127.0.0.1:1'));
}
