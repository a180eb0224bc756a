import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { parseRedisAddress } from '../../src/redis/address.ts';
import { createRedisClient } from '../../src/redis/client.ts';
import { createRedisStream } from '../../src/sinks/redis-stream.ts';
import { openRedisRequests } from '../../src/sources/redis-requests.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { freePort, startRedis } from '../support/redis-server.ts';

/** Signed by itself, for localhost and 127.0.0.1; of no use but here. */
const FIXTURES = join(import.meta.dirname, '../fixtures/redis-tls');
const CERTIFICATE = join(FIXTURES, 'test-only-certificate.pem');
const KEY = join(FIXTURES, 'test-only-key.pem');

const urlOf = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

/** Does with the server of `$SERVER` what the scanner does; trouble ends it. */
const USER = `
  const { createRedisStream } = await import(${urlOf('src/sinks/redis-stream.ts')});
  const { openRedisRequests } = await import(${urlOf('src/sources/redis-requests.ts')});
  const { openRedisStore } = await import(${urlOf('src/cache/redis.ts')});
  const { createSharedRateLimiter } = await import(${urlOf('src/state/rate-limit-redis.ts')});
  const { createRanking } = await import(${urlOf('test/support/rankings.ts')});
  const { seriesOf } = await import(${urlOf('test/support/series.ts')});
  const url = process.env.SERVER;
  const onTrouble = (reason) => { throw new Error(reason.message ?? reason); };
  try {
    const sink = createRedisStream({ url: url + '/0/ranked?latest=now' });
    await sink.open();
    await sink.publish(createRanking(3));
    await sink.close();
    const requests = await openRedisRequests({ url: url + '/0/requests', onTrouble });
    await (await requests.next()).done();
    await requests.close();
    const store = openRedisStore({ url, timeoutMs: 10_000, onTrouble });
    await store.write([{ key: 'a', series: seriesOf({ bars: 3 }) }]);
    await store.close();
    const limit = { calls: 5, perMs: 60_000 };
    const limiter = await createSharedRateLimiter({ url, limit, account: 'a', timeoutMs: 10_000, onTrouble });
    await limiter.take(new AbortController().signal);
    limiter.close();
  } catch (error) {
    console.log(error.message);
  }`;

/** What it says, in a process that trusts the authority of the certificate. */
async function useTrusting(server: string): Promise<string> {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: CERTIFICATE, SERVER: server };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', USER], {
    env,
  });
  return stdout;
}

const openingError = async (url: string, timeoutMs = 10_000): Promise<string> => {
  const sink = createRedisStream({ url, timeoutMs });
  onTestFinished(sink.close);
  return sink.open().then(
    () => 'it opened',
    (error: Error) => error.message,
  );
};

describeWithRedis('a server with TLS', (plainServer) => {
  let tlsPort: number;
  let plainPort: number;
  /** Whether the server at hand was built with TLS. */
  let hasTls = true;
  beforeAll(async () => {
    tlsPort = await freePort();
    const files = ['--tls-cert-file', CERTIFICATE, '--tls-key-file', KEY, '--tls-ca-cert-file', CERTIFICATE];
    try {
      const args = ['--tls-port', `${tlsPort}`, ...files, '--tls-auth-clients', 'no'];
      const server = await startRedis(args);
      plainPort = server.port;
      return server.stop;
    } catch (error) {
      // It says so on standard error only, and has written nothing.
      if (!/ended before it was ready:\n$/.test((error as Error).message)) throw error;
      hasTls = false;
      return undefined;
    }
  });

  it('takes rankings, gives requests, keeps bars and shares a limit where its authority is trusted', async ({
    skip,
  }) => {
    skip(!hasTls, 'the server at hand is built without TLS');
    const admin = new Redis(plainPort);
    onTestFinished(() => admin.disconnect());
    for (const host of ['localhost', '127.0.0.1']) {
      await admin.flushall();
      await admin.xadd('requests', '*', 'request', '{"symbols":["A"]}');
      expect(await useTrusting(`rediss://${host}:${tlsPort}`)).toBe('');
      const keys = (await admin.keys('*')).filter((key) => !key.endsWith(':check'));
      expect(keys.toSorted()).toEqual([
        'ranked',
        'requests',
        'tapescan:limit:{ca978112ca1bbdcafac231b39a23dc4d}',
        'tapescan:v1:{cache}:a',
        '{ranked}:now',
        '{ranked}:now:ranks',
        expect.stringMatching(/^\{ranked\}:publication:/),
      ]);
      expect(await admin.xpending('requests', 'tapescan')).toEqual([0, null, null, null]);
    }
  });

  it('is refused where its authority is not trusted, with what helps', async ({ skip }) => {
    skip(!hasTls, 'the server at hand is built without TLS');
    const says =
      /certificate is of no authority that is trusted here; start with NODE_EXTRA_CA_CERTS naming a file/;
    const server = `rediss://user:Zq-secret@localhost:${tlsPort}`;
    expect(await openingError(`${server}/0/s`)).toMatch(says);
    expect(await openingError(`${server}/0/s`)).not.toContain('Zq');
    await expect(openRedisRequests({ url: `${server}/0/s` })).rejects.toThrow(says);
  });

  it('is told from one without, both ways', async ({ skip }) => {
    skip(!hasTls, 'the server at hand is built without TLS');
    // It waits for the end of a line, which a greeting of TLS does not have.
    expect(await openingError(`${plainServer.replace('redis:', 'rediss:')}/0/s`, 300)).toMatch(
      /: no connection in time; .* whether rediss:\/\/ is right$/,
    );
    expect(await openingError(`redis://127.0.0.1:${tlsPort}/0/s`)).toMatch(
      /: (it closed the connection; check the server, and whether it wants TLS|the connection was cut)/,
    );
  });

  it('is told which host is asked for by its name, though not by an address', async () => {
    const asked: string[] = [];
    const server = createServer({
      cert: readFileSync(CERTIFICATE),
      key: readFileSync(KEY),
      SNICallback(name, done) {
        asked.push(name);
        done(null);
      },
    });
    server.on('tlsClientError', () => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    for (const host of ['localhost', '127.0.0.1']) {
      const { client } = createRedisClient(parseRedisAddress(`rediss://${host}:${port}`), 5000);
      await client.connect().catch(() => {});
      client.disconnect();
    }
    expect(asked).toEqual(['localhost']);
  });
});
