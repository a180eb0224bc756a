/** Starts one Redis server for all tests of a run, and says why where there is none. */
import type { TestProject } from 'vitest/node';
import { startRedis } from './redis-server.ts';

/** `url` is without database: `redis://127.0.0.1:<port>`. */
export type SharedRedis = { readonly url: string } | { readonly missing: string };

declare module 'vitest' {
  export interface ProvidedContext {
    redis: SharedRedis;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  try {
    const redis = await startRedis();
    project.provide('redis', { url: redis.url });
    return redis.stop;
  } catch (error) {
    // Elsewhere a skip is seen; there it would pass for a success.
    if (process.env.CI) throw error;
    const missing = (error as Error).message;
    process.stderr.write(`Redis tests are skipped. ${missing}\n`);
    project.provide('redis', { missing });
    return async () => {};
  }
}
