import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { DaemonStatus } from '../../src/daemon/status.ts';
import { type Running, runCli, startCli } from '../support/run-cli.ts';

const TOKEN = 'a-token-of-this-test';
const SLOW = ['--latency', '150', '--concurrency', '2', '--no-batch'];
const DAEMON = [
  ...['daemon', '--source', 'simulator', '--symbols', '60', '--no-cache', '--lookback', '60'],
  ...['--http', '0', '--log-level', 'info', '--keep-alive'],
];
const { stdout } = await runCli(['simulate', '--list', '--symbols', '60']);
const LIST = stdout.trim().split('\n');
/** Where `script` has another way of being told (BSD), its terminal is not to be had. */
const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;

/** A daemon, its address, and its status as a script would have it. */
async function startDaemon(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const running = startCli([...DAEMON, ...args], { env });
  await running.until(() => running.stderr.includes('Listening'));
  const [, address] = /"address":"([^"]+)"/.exec(running.stderr)!;
  const status = async () => (await (await fetch(`http://${address}/api/status`)).json()) as DaemonStatus;
  return { running, address: address!, status };
}

async function stop({ running }: { readonly running: Running }): Promise<void> {
  running.kill('SIGTERM');
  await running.ended;
}

describe('tapescan top', () => {
  it('prints once what a daemon does', async () => {
    const daemon = await startDaemon(SLOW);
    const idle = await runCli(['top', '--connect', daemon.address]);
    expect(idle).toMatchObject({ code: 0, stderr: '' });
    expect(idle.stdout).toMatch(/^tapescan {2}idle · .*\n\nscan {6}none\n/);

    daemon.running.stdin.write(`{"id":"watched","symbols":${JSON.stringify(LIST)}}\n`);
    await daemon.running.until(async () => ((await daemon.status()).scan?.calls ?? 0) > 4);
    const busy = await runCli(['top', '--connect', daemon.address]);
    expect(busy).toMatchObject({ code: 0, stderr: '' });
    expect(busy.stdout).toMatch(/^tapescan {2}scanning · /);
    expect(busy.stdout).toMatch(/^scan {6}watched · /m);
    expect(busy.stdout).toMatch(/^provider {2}[12] of 2 calls under way/m);
    expect(busy.stdout).toMatch(/^fetch +\d+ +\d+ /m);
    expect(busy.stdout).toMatch(/^output {4}standard output$/m);
    await stop(daemon);
  });

  it('has the last scan once it is over, and its figures among the metrics', async () => {
    const daemon = await startDaemon();
    daemon.running.stdin.write(`{"id":"over","symbols":${JSON.stringify(LIST)}}\n`);
    await daemon.running.until(async () => (await daemon.status()).last_scan !== null);
    const { scan, state, last_scan: last } = await daemon.status();
    expect([scan, state, last]).toMatchObject([null, 'idle', { scan: 'over', in: LIST.length }]);
    const metrics = await (await fetch(`http://${daemon.address}/metrics`)).text();
    expect(metrics).toContain(`tapescan_stage_symbols_total{stage="score"} `);
    expect(metrics).toContain('tapescan_breaker_state{state="closed"} 1\n');
    expect(metrics).toContain('tapescan_credits_in_flight 0\n');
    await stop(daemon);
  });

  it('has its progress as events while it scans', async () => {
    const daemon = await startDaemon(SLOW);
    const events = await fetch(`http://${daemon.address}/api/events`);
    daemon.running.stdin.write(`{"id":"watched","symbols":${JSON.stringify(LIST.slice(0, 20))}}\n`);
    let read = '';
    for await (const chunk of events.body!.pipeThrough(new TextDecoderStream())) {
      read += chunk;
      if (/"state":"idle".*\n\n/.test(read)) break;
    }
    const told = Array.from(read.matchAll(/event: (\w+)\ndata: (.*)\n\n/g), ([, kind, data]) => ({
      kind,
      data: JSON.parse(data!) as DaemonStatus,
    }));
    expect(told.map(({ kind }) => kind).slice(-2)).toEqual(['ranking', 'progress']);
    expect(told[0]!.data.scan).toMatchObject({ scan: 'watched', in: 20 });
    expect(told.at(-1)!.data).toMatchObject({ scan: null, last_scan: { scan: 'watched', in: 20 } });
    await stop(daemon);
  });

  it('sends the token of the variable, and says which one it is', async () => {
    const daemon = await startDaemon([], { TAPESCAN_HTTP_TOKEN: TOKEN });
    const args = ['top', '--connect', daemon.address];
    expect(await runCli(args, { env: { TAPESCAN_HTTP_TOKEN: TOKEN } })).toMatchObject({
      code: 0,
      stderr: '',
    });
    const refused = await runCli(args);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^tapescan: The daemon at .* set TAPESCAN_HTTP_TOKEN to .*\n$/);
    await stop(daemon);
  });

  it('says what to do where nothing answers', async () => {
    const { code, stderr } = await runCli(['top', '--connect', '127.0.0.1:1']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^tapescan: Nothing answers at 127\.0\.0\.1:1 .* --http 1, .*\n$/);
  });

  it('refuses what is no address', async () => {
    expect(await runCli(['top', '--connect', 'nowhere'])).toMatchObject({
      code: 78,
      stderr: 'tapescan: --connect: expected HOST:PORT, an IPv6 address in brackets, got `nowhere`\n',
    });
  });
});

describe.skipIf(!hasScript)('tapescan top on a terminal of its own', () => {
  const onTerminal = (address: string) =>
    startCli(['-qec', `${process.execPath} src/cli.ts top --connect ${address}`, '/dev/null'], {
      command: 'script',
    });

  it('redraws it until q, and leaves it as it was', async () => {
    const daemon = await startDaemon();
    const top = onTerminal(daemon.address);
    await top.until(() => top.stdout.split('\x1b[H').length > 2);
    top.stdin.write('q');
    const { code, stdout } = await top.ended;
    expect(code).toBe(0);
    expect(stdout.startsWith('\x1b[?1049h')).toBe(true);
    expect(stdout.endsWith('\x1b[?1049l')).toBe(true);
    expect(stdout).toContain('idle');
    await stop(daemon);
  });

  it('ends with Ctrl-C as an interrupted command does', async () => {
    const top = onTerminal('127.0.0.1:1');
    await top.until(() => top.stdout.includes('Asking again'));
    top.stdin.write('\x03');
    const { code, stdout } = await top.ended;
    expect(code).toBe(130);
    expect(stdout.endsWith('\x1b[?1049l')).toBe(true);
  });
});
