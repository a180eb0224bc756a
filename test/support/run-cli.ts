/** The command as a process, for tests: started as a person starts it, and never longer than its limit. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CallCounts } from '../../src/simulator/call-counter.ts';

export const BIN = fileURLToPath(new URL('../../bin/tapescan', import.meta.url));
const POLL_MS = 10;

/** How a run ended. Exactly one of `code` and `signal` is there. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface StartOptions {
  /** Variables; of this process's, only PATH is handed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
  /** What is run. @default bin/tapescan of the checkout */
  readonly command?: string | undefined;
  /** A file descriptor in place of the pipe that is read. */
  readonly stdout?: number | undefined;
  /** Whether standard output is read; otherwise its pipe fills up. @default true */
  readonly readsStdout?: boolean | undefined;
  /** Milliseconds after which it is killed, and the run rejects. @default 20_000 */
  readonly limitMs?: number | undefined;
}

export interface RunOptions extends StartOptions {
  /** Standard input; it is closed behind it. @default '' */
  readonly input?: string | Uint8Array | undefined;
}

/** A run under way. */
export interface Running {
  readonly pid: number;
  /** Standard input; open until it is ended. */
  readonly stdin: NonNullable<ChildProcess['stdin']>;
  readonly child: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
  /** When it has ended and its outputs are read. */
  readonly ended: Promise<Ended>;
  /** When it has ended, whatever of its output is still in a pipe. */
  readonly exited: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>;
  /** Resolves when the condition holds; rejects where the run ends before. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the command, with an empty home of its own. It is killed at its limit, and with this process. */
export function startCli(
  args: readonly string[],
  { env = {}, cwd, command = BIN, stdout: target, readsStdout = true, limitMs = 20_000 }: StartOptions = {},
): Running {
  const home = mkdtempSync(join(tmpdir(), 'tapescan-home-'));
  const options: SpawnOptions = {
    stdio: ['pipe', target ?? 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: home, ...env },
    ...(cwd !== undefined && { cwd }),
  };
  const started = performance.now();
  const child = spawn(command, args, options);
  const killHard = () => void child.kill('SIGKILL');
  process.once('exit', killHard);
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    killHard();
  }, limitMs);
  let stdout = '';
  let stderr = '';
  if (readsStdout) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
  } else {
    // So that a first piece is taken, and shows that there is something.
    child.stdout?.pause().once('readable', () => {});
  }
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // It may end, or stop reading, before all of its input is written.
  child.stdin!.on('error', () => {});

  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const waitForEnd = async (): Promise<Ended> => {
    try {
      const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
      const ms = performance.now() - started;
      if (late)
        throw new Error(`tapescan ${args.join(' ')} took longer than ${limitMs} ms:\n${stdout}${stderr}`);
      return { code, signal, stdout, stderr, ms };
    } finally {
      clearTimeout(limit);
      process.off('exit', killHard);
      rmSync(home, { recursive: true, force: true });
    }
  };
  const ended = waitForEnd();
  // Whoever awaits it is told.
  ended.catch(() => {});

  return {
    pid: child.pid!,
    stdin: child.stdin!,
    child,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    ended,
    exited,
    async until(condition) {
      while (!(await condition())) {
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`tapescan ${args.join(' ')} ended too early:\n${stdout}${stderr}`);
        }
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    kill: (signal) => void child.kill(signal),
  };
}

/** Runs the command to its end. */
export function runCli(args: readonly string[], { input = '', ...options }: RunOptions = {}): Promise<Ended> {
  const running = startCli(args, options);
  running.stdin.end(input);
  return running.ended;
}

/** A provider in a process of its own. */
export interface SimulatorProcess {
  readonly url: string;
  readonly pid: number;
  calls(): Promise<CallCounts>;
  stop(): Promise<Ended>;
}

/** Starts `tapescan simulate` on a free port, and waits until it serves. */
export async function startSimulatorCli(
  args: readonly string[],
  options: StartOptions = {},
): Promise<SimulatorProcess> {
  const running = startCli(['simulate', '--port', '0', ...args], { limitMs: 120_000, ...options });
  const [url] = (await Promise.race([
    once(createInterface({ input: running.child.stdout! }), 'line'),
    running.ended.then(({ stderr }) => Promise.reject(new Error(`The simulator did not start: ${stderr}`))),
  ])) as [string];
  return {
    url,
    pid: running.pid,
    calls: async () => (await (await fetch(`${url}/_simulator/calls`)).json()) as CallCounts,
    async stop() {
      running.kill('SIGTERM');
      return running.ended;
    },
  };
}

/** The objects of a text of JSON lines. */
export function jsonLines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
