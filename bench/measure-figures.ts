import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Samples of what a script measured, by name, round by round. */
export type Figures = Readonly<Record<string, readonly number[]>>;

/** Hands figures to whoever started this script to have them; a person reads the table that it prints. */
export function tellFigures(figures: Figures): void {
  process.send?.(figures);
}

/**
 * Runs a script of this folder in a process of its own, and resolves with the figures that it tells.
 *
 * Failure: an `Error` where it ends without having told any.
 */
export async function measureFigures(
  script: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Figures> {
  const child = fork(join(import.meta.dirname, script), args, { silent: true, execArgv: [] });
  let complaint = '';
  child.stderr!.on('data', (piece: Buffer) => {
    complaint += piece.toString();
  });
  child.stdout!.resume();
  let figures: Figures | undefined;
  child.on('message', (message) => {
    figures = message as Figures;
  });
  const kill = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  if (code !== 0 || figures === undefined)
    throw new Error(`bench/${script} ended with ${code}: ${complaint.trim() || 'it told no figures'}`);
  return figures;
}
