import { createHash } from 'node:crypto';
import type { RedisClient } from './client.ts';

/** What is done on the server as a whole, or not at all. */
export interface RedisScript {
  /** By its digest, and by its text where the server does not know it (any more). Failure: that of the client. */
  run(
    client: RedisClient['client'],
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown>;
}

/** A script in Lua, from its text. A user needs EVALSHA and EVAL for it, and what it calls. */
export function script(text: string): RedisScript {
  const sha = createHash('sha1').update(text).digest('hex');
  return {
    run: (client, keys, args) =>
      client.evalsha(sha, keys.length, ...keys, ...args).catch((error: Error) => {
        if (!error.message.startsWith('NOSCRIPT')) throw error;
        return client.eval(text, keys.length, ...keys, ...args);
      }),
  };
}
