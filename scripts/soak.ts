/**
 * A daemon that ranks a whole market every second for as long as it is told to, while a Redis behind a slow line takes its
 * rankings: memory, event loop and handles, sampled from outside, and how they move. Linux.
 *
 *     npm run build && node scripts/soak.ts [--minutes 60] [--symbols 6000] [--line 20] [--live]
 *
 * `--line`: megabytes a second that get through to Redis; a ranking of 6,000 symbols has some 14.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startRedis } from '../test/support/redis-server.ts';
import { printed, startSimulatorProcess } from './support/tapescan.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    symbols: { type: 'string', default: '6000' },
    line: { type: 'string', default: '20' },
    every: { type: 'string', default: '1s' },
    live: { type: 'boolean', default: false },
  },
});
const SAMPLE_MS = 10_000;
/** Until the heap has its size: left out of what is fitted. */
const WARM_UP_MINUTES = 5;
const MARKET = ['--symbols', values.symbols, '--sessions', '300'];

interface Sample {
  readonly minutes: number;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly loopP99Ms: number;
  readonly descriptors: number;
  readonly threads: number;
  readonly scans: number;
  readonly waiting: number;
}

const folder = mkdtempSync(join(tmpdir(), 'tapescan-soak-'));
const simulator = await startSimulatorProcess(MARKET);
const redis = await startRedis(['--maxmemory', '1gb']);
const line = await startSlowLine(redis.port, Number(values.line) * 2 ** 20);
let daemon: ChildProcess | undefined;
const samples: Sample[] = [];
try {
  const list = join(folder, 'symbols.txt');
  writeFileSync(list, await printed(['simulate', '--list', ...MARKET]));
  daemon = spawn(
    process.execPath,
    [
      ...[
        'dist/command/cli.js',
        'daemon',
        '--polygon-url',
        simulator.url,
        '--cache-dir',
        join(folder, 'cache'),
      ],
      ...['--universe', list, '--every', values.every, '--http', '0', '--log-level', 'info'],
      ...['--out', `redis://127.0.0.1:${line.port}/0/ranked?maxlen=20000&latest=latest`],
      ...['--out-dir', join(folder, 'rankings'), '--keep-files', '5', '--spill-dir', join(folder, 'spill')],
      ...['--state-dir', join(folder, 'state'), '--alert', 'strong=rating > 90'],
      ...['--alerts', join(folder, 'alerts.ndjson')],
      ...(values.live ? ['--live'] : []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  daemon.stderr!.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-100_000);
  });
  let address: string | undefined;
  while (address === undefined) {
    if (daemon.exitCode !== null) throw new Error(`The daemon ended:\n${log}`);
    address = /"address":"([^"]+)"/.exec(log)?.[1];
    await sleep(50);
  }
  const started = performance.now();
  const minutesNow = () => (performance.now() - started) / 60_000;
  while (minutesNow() < Number(values.minutes)) {
    await sleep(SAMPLE_MS);
    if (daemon.exitCode !== null) throw new Error(`The daemon ended:\n${log}`);
    const sample = await take(address, daemon.pid!, minutesNow());
    samples.push(sample);
    if (samples.length % 30 === 1) console.log(JSON.stringify(sample));
  }
  report(samples);
  console.log('The last lines of its log:');
  console.log(log.trimEnd().split('\n').slice(-3).join('\n'));
} finally {
  daemon?.kill('SIGTERM');
  if (daemon?.exitCode === null) await once(daemon, 'exit');
  await line.close();
  await redis.stop();
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function take(address: string, pid: number, minutes: number): Promise<Sample> {
  const [metrics, status] = await Promise.all([
    fetch(`http://${address}/metrics`).then((response) => response.text()),
    fetch(`http://${address}/api/status`).then((response) => response.json()) as Promise<{
      readonly memory: { readonly heap_bytes: number };
    }>,
  ]);
  const metric = (pattern: string) =>
    Number(new RegExp(`^${pattern} (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN);
  const ofProcess = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    minutes,
    rssMb: Number(/VmRSS:\s+(\d+)/.exec(ofProcess)![1]) / 1024,
    heapMb: status.memory.heap_bytes / 2 ** 20,
    loopP99Ms: 1000 * metric('tapescan_event_loop_delay_seconds\\{quantile="0.99"\\}'),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: Number(/Threads:\s+(\d+)/.exec(ofProcess)![1]),
    scans: metric('tapescan_scans_total\\{result="complete"\\}'),
    waiting: metric('tapescan_queue_depth'),
  };
}

/** What was sampled, in lines: how it moves an hour (least squares), and its least, middle and greatest. */
function report(all: readonly Sample[]): void {
  const taken = all.filter(({ minutes }) => minutes >= Math.min(WARM_UP_MINUTES, Number(values.minutes) / 4));
  const last = all.at(-1)!;
  console.log(
    `${last.scans} scans of ${values.symbols} symbols in ${last.minutes.toFixed(1)} minutes, ${taken.length} samples`,
  );
  console.log('| | least | median | greatest | slope an hour |');
  console.log('|---|---|---|---|---|');
  for (const name of ['rssMb', 'heapMb', 'loopP99Ms', 'descriptors', 'threads', 'waiting'] as const) {
    const sorted = taken.map((sample) => sample[name]).sort((a, b) => a - b);
    const cells = [
      sorted[0]!,
      sorted[Math.floor(sorted.length / 2)]!,
      sorted.at(-1)!,
      60 * slopeOf(taken, name),
    ];
    console.log(`| ${name} | ${cells.map((cell) => cell.toFixed(1)).join(' | ')} |`);
  }
}

/** Of a straight line through the samples, by the minute. */
function slopeOf(taken: readonly Sample[], name: keyof Sample): number {
  const mean = (of: (sample: Sample) => number) =>
    taken.reduce((sum, sample) => sum + of(sample), 0) / taken.length;
  const x = mean(({ minutes }) => minutes);
  const y = mean((sample) => sample[name]);
  return (
    mean((sample) => (sample.minutes - x) * (sample[name] - y)) / mean((sample) => (sample.minutes - x) ** 2)
  );
}

/** A line to a server through which only so many bytes a second get. */
async function startSlowLine(
  target: number,
  bytesPerSecond: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    far.pipe(near);
    void (async () => {
      for await (const bytes of near) {
        far.write(bytes as Buffer);
        await sleep((1000 * (bytes as Buffer).length) / bytesPerSecond);
      }
    })().catch(() => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
