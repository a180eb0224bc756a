/** A Redis server that keeps what it acknowledged, and is killed, paused and started again on the same port. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findRedisServer, freePort } from '../redis-server.ts';

export interface DurableRedis {
  readonly port: number;
  /** As a crash does. Resolves once it is gone. */
  kill(): Promise<void>;
  /** Resolves once it takes connections. */
  start(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Ends it, and removes what it kept. */
  remove(): Promise<void>;
}

/** Starts it: every answer waits for the disk. */
export async function startDurableRedis(): Promise<DurableRedis> {
  const { path, libraries } = await findRedisServer();
  const directory = await mkdtemp(join(tmpdir(), 'tapescan-redis-'));
  const port = await freePort();
  let child: ReturnType<typeof launch> | undefined;
  const killHard = () => void child?.kill('SIGKILL');
  process.once('exit', killHard);

  function launch() {
    const settings = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', directory, '--save', ''];
    return spawn(path, [...settings, '--appendonly', 'yes', '--appendfsync', 'always'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...(libraries !== undefined && { LD_LIBRARY_PATH: libraries }) },
    });
  }
  const kill = async () => {
    if (child === undefined) return;
    const gone = once(child, 'close');
    child.kill('SIGKILL');
    await gone;
    child = undefined;
  };
  const start = async () => {
    child = launch();
    for await (const line of createInterface({ input: child.stdout! })) {
      if (!line.includes('Ready to accept connections')) continue;
      child.stdout!.resume();
      return;
    }
    throw new Error('redis-server ended before it was ready');
  };
  await start();
  return {
    port,
    kill,
    start,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async remove() {
      await kill();
      process.off('exit', killHard);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
