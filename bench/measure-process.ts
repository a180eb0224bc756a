import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';

/** What a process took, from its start to its exit. */
export interface ProcessRun {
  readonly wallMs: number;
  /** User and system time of all its threads and its children. */
  readonly cpuMs: number;
  /** Peak of its resident memory. */
  readonly rssMb: number;
}

export interface MeasureProcessOptions {
  /** Variables; of this process's, only PATH is handed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** A file that is piped into it. @default nothing */
  readonly input?: string | undefined;
  /** Milliseconds after which it is killed. @default 120_000 */
  readonly limitMs?: number | undefined;
  /** Exit codes that count as an end. @default [0] */
  readonly codes?: readonly number[];
  /** Given all its complaints, once it has ended. @default they go to this process's standard error */
  readonly onComplaints?: (text: string) => void;
  /** Kills it, and everything that is started after. */
  readonly signal?: AbortSignal | undefined;
}

const REPORT = join(import.meta.dirname, 'report-at-exit.cjs');

/**
 * Runs a Node.js program, or a script that becomes one, and measures it. Its output goes nowhere. Linux.
 *
 * Failure: an `Error` where it ends with another code, or is killed.
 */
export async function measureProcess(
  command: string,
  args: readonly string[],
  { env = {}, input, limitMs = 120_000, codes = [0], onComplaints, signal }: MeasureProcessOptions = {},
): Promise<ProcessRun> {
  signal?.throwIfAborted();
  const started = performance.now();
  const child: ChildProcess = spawn(command, args, {
    stdio: [
      input === undefined ? 'ignore' : 'pipe',
      'ignore',
      onComplaints === undefined ? 'inherit' : 'pipe',
      'pipe',
    ],
    env: { PATH: process.env.PATH, ...env, NODE_OPTIONS: `--require=${REPORT}` },
  });
  const kill = () => void child.kill('SIGKILL');
  const limit = setTimeout(kill, limitMs);
  signal?.addEventListener('abort', kill, { once: true });
  try {
    if (input !== undefined) {
      // It may end before it has read everything.
      child.stdin!.on('error', () => {});
      createReadStream(input).pipe(child.stdin!);
    }
    let complaints = '';
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      complaints += piece;
    });
    let report = '';
    child.stdio[3]!.on('data', (piece: Buffer) => {
      report += piece.toString();
    });
    const [code] = (await once(child, 'close')) as [number | null];
    const wallMs = performance.now() - started;
    signal?.throwIfAborted();
    if (code === null) throw new Error(`${nameOf(command, args)} was killed after ${Math.round(wallMs)} ms`);
    if (!codes.includes(code)) throw new Error(`${nameOf(command, args)} ended with ${code}`);
    onComplaints?.(complaints);
    return { wallMs, ...(JSON.parse(report) as Omit<ProcessRun, 'wallMs'>) };
  } finally {
    clearTimeout(limit);
    signal?.removeEventListener('abort', kill);
  }
}

function nameOf(command: string, [first = '']: readonly string[]): string {
  return `${basename(command)} ${first}`;
}
