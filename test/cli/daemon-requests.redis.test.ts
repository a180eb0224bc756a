import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import type { RankedRow } from '../../src/types.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { startRedis } from '../support/redis-server.ts';
import { jsonLines, runCli, startCli } from '../support/run-cli.ts';

const { stdout } = await runCli(['simulate', '--list', '--symbols', '40']);
const LIST = stdout.trim().split('\n');

describeWithRedis('requests on a Redis stream', () => {
  async function open(args: readonly string[] = []) {
    const server = await startRedis();
    const client = new Redis(server.url);
    const daemon = () =>
      startCli([
        ...['daemon', '--source', 'simulator', '--symbols', '40', '--no-cache', '--lookback', '60'],
        ...['--requests', `${server.url}/0/requests`, ...args],
      ]);
    onTestFinished(async () => {
      client.disconnect();
      await server.stop();
    });
    const ask = (request: object) => client.xadd('requests', '*', 'request', JSON.stringify(request));
    const pending = async () => ((await client.xpending('requests', 'tapescan')) as [number])[0];
    return { client, daemon, ask, pending };
  }
  const scans = (text: string) => [...new Set(jsonLines<RankedRow>(text).map(({ scan }) => scan))];

  it('are scanned, and acknowledged once their ranking is published', async () => {
    const { daemon, ask, pending, client } = await open();
    await ask({ id: 'one', symbols: LIST.slice(0, 10) });
    const running = daemon();
    await running.until(() => scans(running.stdout).includes('one'));
    await ask({ id: 'two', symbols: LIST.slice(10, 20), top: 1 });
    await running.until(() => scans(running.stdout).includes('two'));
    await running.until(async () => (await pending()) === 0);
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
    expect(await client.xlen('requests')).toBe(2);
  });

  it('that name a file of this machine, or a column that is not there, end as dead letters with the reason', async () => {
    const { daemon, ask, client } = await open();
    const running = daemon();
    await running.until(async () => (await client.exists('requests')) === 1);
    await client.xadd('requests', '*', 'request', 'no JSON');
    await ask({ id: 'fine', symbols: LIST.slice(0, 5) });
    await running.until(() => scans(running.stdout).includes('fine'));
    const letters = await client.xrange('{requests}:dead', '-', '+');
    expect(letters.map(([, fields]) => fields.join(' '))).toEqual([expect.stringContaining('no JSON')]);
    await ask({ id: 'file', universe: '/etc/passwd' });
    await running.until(() => running.stderr.includes('expected us-stocks in a request from a stream'));
    running.kill('SIGTERM');
    await running.ended;
  });

  it('of a daemon that was killed stay unacknowledged, for another one to take over', async () => {
    const { daemon, ask, pending } = await open(['--latency', '400', '--concurrency', '1', '--no-batch']);
    await ask({ id: 'again', symbols: LIST.slice(0, 4) });
    const killed = daemon();
    await killed.until(async () => (await pending().catch(() => 0)) === 1);
    killed.kill('SIGKILL');
    await killed.ended;
    expect(await pending()).toBe(1);
  });

  it('that lose their ground are not published in part, and stay to be asked for again', async () => {
    const { daemon, ask, client } = await open([
      '--polygon-url',
      'http://127.0.0.1:9',
      '--source',
      'polygon',
    ]);
    await ask({ id: 'again', symbols: LIST.slice(0, 10) });
    const without = daemon();
    await without.until(() => without.stderr.includes('A request failed'));
    without.kill('SIGKILL');
    await without.ended;
    expect(without.stdout).toBe('');
    expect(((await client.xpending('requests', 'tapescan')) as [number])[0]).toBe(1);
  });
});
