/**
 * Memory of a scan over time: `node bench/memory.ts [--symbols 1000000] [--junk 10000000] [--top N] [--cache]`.
 *
 * Pipes that many symbols of a simulated market (or lines of junk) through the whole scan, with a provider that answers
 * after 20 ms and a reader that takes 16 MB/s, and samples the scan's resident memory. Linux.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { startSimulatorProcess } from '../scripts/support/tapescan.ts';
import type { Summary } from '../src/types.ts';

const SAMPLE_MS = 1000;
const READER_BYTES_PER_SECOND = 16 * 2 ** 20;

const { values } = parseArgs({
  options: {
    symbols: { type: 'string', default: '1000000' },
    junk: { type: 'string' },
    top: { type: 'string' },
    cache: { type: 'boolean', default: false },
    lookback: { type: 'string', default: '260' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'tapescan-memory-'));
const simulator = await startSimulatorProcess(['--symbols', values.symbols, '--latency', '20']);
const children: ChildProcess[] = [];
try {
  const scan = spawn(
    join(import.meta.dirname, '../bin/tapescan'),
    [
      'scan',
      ...[
        '--polygon-url',
        simulator.url,
        '--lookback',
        values.lookback,
        '--concurrency',
        '128',
        '--deadline',
        '2h',
      ],
      ...['--summary', join(folder, 'summary.json'), '--receipts', join(folder, 'receipts.ndjson')],
      ...(values.top === undefined ? [] : ['--top', values.top]),
      ...(values.cache ? ['--cache-dir', folder, '--cache-size', '256MB'] : ['--no-cache']),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  children.push(scan);
  await feed(scan);
  const samples = sample(scan.pid!);
  const bytes = await readSlowly(scan.stdout);
  if (scan.exitCode === null) await once(scan, 'exit');
  report(samples.stop(), bytes);
} finally {
  for (const child of children) child.kill('SIGKILL');
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Starts the input flowing; the pipe holds it back. */
async function feed(scan: ChildProcess): Promise<void> {
  const input = scan.stdin!;
  input.on('error', () => {});
  if (values.junk !== undefined) {
    Readable.from(junkLines(Number(values.junk))).pipe(input);
    return;
  }
  const list = spawn(
    join(import.meta.dirname, '../bin/tapescan'),
    ['simulate', '--list', '--symbols', values.symbols],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  children.push(list);
  list.stdout!.pipe(input);
}

/** Lines that are no symbols: digits, signs, control characters, in pieces of a thousand lines. */
function* junkLines(count: number): Generator<string> {
  let state = 1;
  for (let line = 0; line < count; line += 1000) {
    let text = '';
    for (let index = 0; index < 1000; index++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      text += `${state}\u0007${state % 977}\n`;
    }
    yield text;
  }
}

/** Takes the output at a steady, low rate. Resolves with the number of bytes at its end. */
async function readSlowly(output: Readable): Promise<number> {
  let bytes = 0;
  for await (const chunk of output as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    await new Promise((resolve) => setTimeout(resolve, (chunk.byteLength / READER_BYTES_PER_SECOND) * 1000));
  }
  return bytes;
}

function sample(pid: number) {
  const megabytes: number[] = [];
  const timer = setInterval(() => {
    try {
      const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      if (kilobytes !== undefined) megabytes.push(Math.round(Number(kilobytes) / 1024));
    } catch {
      // It has ended.
    }
  }, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      return megabytes;
    },
  };
}

function report(megabytes: readonly number[], bytes: number): void {
  const summary = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary;
  const at = (part: number) => megabytes[Math.min(megabytes.length - 1, Math.floor(part * megabytes.length))];
  console.log(
    `in ${summary.in}, conserved ${summary.conserved}, outcomes ${JSON.stringify(summary.outcomes)}`,
  );
  console.log(
    `${megabytes.length} s, ${Math.round(summary.in / summary.seconds.total!)} symbols/s, ${bytes} bytes read, exit`,
  );
  const parts = [0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
  console.log(
    `RSS in MB along the run: ${parts.map((part) => `${Math.round(part * 100)} %: ${at(part)}`).join(', ')}`,
  );
  console.log(`peak RSS: ${summary.peak_rss_mb} MB by the program, ${Math.max(...megabytes)} MB sampled`);
}
