import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DaemonStatus } from '../../src/daemon/status.ts';
import type { RankedRow, Summary } from '../../src/types.ts';
import { describeWithRedis } from '../support/describe-with-redis.ts';
import { startRedis } from '../support/redis-server.ts';
import { jsonLines, type Running, runCli, startCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { stdout } = await runCli(['simulate', '--list', '--symbols', '400']);
const LIST = stdout.trim().split('\n');
const DAEMON = [
  ...['daemon', '--source', 'simulator', '--symbols', '400', '--no-cache', '--lookback', '60'],
  ...['--rule', 'warrant-right-unit=off', '--min-close', '0', '--min-dollar-volume', '0'],
  ...['--max-close-cv', '9', '--log-level', 'info'],
];
/** Calls of 100 ms, four at once: a scan that is under way for a while. */
const SLOW = ['--latency', '100', '--concurrency', '4', '--no-batch'];
const LISTENING = ['--http', '0'];

/** A daemon that listens: its signals are its own from then on. */
async function start(args: readonly string[], options: Parameters<typeof startCli>[1] = {}) {
  const running = startCli([...DAEMON, ...LISTENING, ...args], options);
  await running.until(() => running.stderr.includes('Listening'));
  return running;
}

/** Waits until a scan is under way of which something is finished already. */
async function untilScanning(running: Running): Promise<void> {
  const { address } = jsonLines<{ address?: string }>(running.stderr).find((line) => line.address)!;
  await running.until(async () => {
    const status = (await (await fetch(`http://${address}/api/status`)).json()) as DaemonStatus;
    return (status.scan?.outcomes.ranked ?? 0) > 0;
  });
}

const request = (id: string, symbols = LIST.slice(0, 60)) => `${JSON.stringify({ id, symbols })}\n`;
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const summaryIn = (path: string) => (JSON.parse(readFileSync(path, 'utf8')) as { summary: Summary }).summary;

describe('a daemon that is asked to end', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('while nothing is to be done and its input is open: %s', async (signal, code) => {
    const running = await start([]);
    running.kill(signal);
    expect(await running.ended).toMatchObject({ code, stdout: '' });
  });

  it('while it scans a list publishes what was finished, and says what was not', async () => {
    const cwd = temporaryFolder();
    const running = await start([...SLOW, '--out', 'ranked.json'], { cwd });
    running.stdin.write(request('list'));
    running.stdin.write(request('waiting'));
    await untilScanning(running);
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
    const summary = summaryIn(join(cwd, 'ranked.json'));
    expect(summary).toMatchObject({ scan: 'list', in: 60, stopped: 'interrupted', conserved: true });
    expect(summary.outcomes.ranked).toBeGreaterThan(0);
    expect(summary.outcomes.skipped).toBeGreaterThan(0);
  });

  it('while it scans on a schedule leaves the last whole ranking where it is', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'list.txt'), LIST.slice(0, 60).join('\n'));
    writeFileSync(join(cwd, 'ranked.json'), '{"of":"yesterday"}');
    const running = await start(
      [...SLOW, '--universe', 'list.txt', '--every', '1s', '--out', 'ranked.json'],
      {
        cwd,
      },
    );
    await untilScanning(running);
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
    expect(readFileSync(join(cwd, 'ranked.json'), 'utf8')).toBe('{"of":"yesterday"}');
  });

  it('while nobody reads its output ends when the stop has taken long enough, and says so', async () => {
    const running = await start(['--shutdown-timeout', '500ms'], { readsStdout: false });
    running.stdin.write(request('large', LIST));
    // A first piece of the ranking fills the pipe.
    await running.until(() => running.child.stdout!.readableLength > 0);
    running.kill('SIGTERM');
    expect(await running.exited).toEqual([143, null]);
    expect(running.stderr).toContain('the stop took longer than --shutdown-timeout (500 ms)');
  });

  it('a second time ends at once', async () => {
    const running = await start(['--shutdown-timeout', '10m'], { readsStdout: false });
    running.stdin.write(request('large', LIST));
    await running.until(() => running.child.stdout!.readableLength > 0);
    running.kill('SIGTERM');
    await later(200);
    running.kill('SIGINT');
    expect(await running.exited).toEqual([130, null]);
  });

  it('by the end of its input does all that was asked for', async () => {
    const cwd = temporaryFolder();
    const running = await start([...SLOW, '--out-dir', 'rankings'], { cwd });
    running.stdin.end(request('one', LIST.slice(0, 8)) + request('two', LIST.slice(8, 16)));
    expect((await running.ended).code).toBe(0);
    const latest = readFileSync(join(cwd, 'rankings', 'latest.ndjson'), 'utf8');
    expect(jsonLines<RankedRow>(latest)[0]).toMatchObject({ scan: 'two' });
  });
});

describeWithRedis('a daemon with requests from a stream that is asked to end', () => {
  it('hands back what it has not finished, and publishes none of it', async () => {
    const server = await startRedis();
    const client = new Redis(server.url);
    onTestFinished(async () => {
      client.disconnect();
      await server.stop();
    });
    const streams = ['--requests', `${server.url}/0/requests`, '--out', `${server.url}/0/ranked`];
    const pending = async () =>
      ((await client.xpending('requests', 'tapescan').catch(() => [0])) as [number])[0];
    await client.xadd('requests', '*', 'request', request('again').trim());
    const first = await start([...SLOW, ...streams]);
    await untilScanning(first);
    first.kill('SIGTERM');
    expect((await first.ended).code).toBe(143);
    expect(await pending()).toBe(1);
    expect(await client.exists('ranked')).toBe(0);
  });

  it('does not wait for a server that does not answer any more', async () => {
    const server = await startRedis();
    const client = new Redis(server.url);
    onTestFinished(async () => {
      process.kill(server.pid, 'SIGCONT');
      client.disconnect();
      await server.stop();
    });
    const cwd = temporaryFolder();
    const running = await start(['--out', `${server.url}/0/ranked`, '--shutdown-timeout', '1s'], { cwd });
    process.kill(server.pid, 'SIGSTOP');
    running.stdin.write(request('list'));
    await later(500);
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
    expect(existsSync(join(cwd, 'ranked'))).toBe(false);
  });
});
