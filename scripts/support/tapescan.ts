/** Runs the command as a person would, for the scripts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/tapescan', import.meta.url));

export interface Run {
  readonly code: number;
  readonly seconds: number;
}

/** Runs `tapescan` with input on its standard input; its outputs are this process's. */
export async function tapescan(args: readonly string[], input = ''): Promise<Run> {
  const started = performance.now();
  const child = spawn(BIN, args, { stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number];
  return { code, seconds: (performance.now() - started) / 1000 };
}

/** The text that `tapescan` prints. */
export async function printed(args: readonly string[]): Promise<string> {
  const child = spawn(BIN, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`tapescan ${args[0]} ended with ${code}`);
  return text;
}

export interface SimulatorProcess {
  readonly url: string;
  /** Calls that it has served. */
  calls(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts `tapescan simulate` on a free port, and waits until it serves. */
export async function startSimulatorProcess(args: readonly string[]): Promise<SimulatorProcess> {
  const child: ChildProcess = spawn(BIN, ['simulate', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout! });
  const [url] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('The simulator did not start'))),
  ])) as [string];
  return {
    url,
    async calls() {
      const counts = (await (await fetch(`${url}/_simulator/calls`)).json()) as { total: number };
      return counts.total;
    },
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
