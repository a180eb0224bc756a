/** A real Redis server for tests: found, or fetched from the system's own package sources, and started on loopback. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/tapescan');
const FETCHED = join(CACHE, 'redis');
const FETCH_STEP_MS = 60_000;
const START_MS = 10_000;

const REMEDY =
  'install one (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis) or set REDIS_SERVER to its path';

/** A program, and where its libraries are if not in the system. */
export interface RedisServerProgram {
  readonly path: string;
  readonly libraries?: string;
}

export interface RunningRedis {
  readonly port: number;
  readonly pid: number;
  /** `redis://127.0.0.1:<port>`, without database. */
  readonly url: string;
  /** Ends it at once, as a crash would. Can be repeated. */
  stop(): Promise<void>;
}

/**
 * Finds a Redis server: `$REDIS_SERVER`, PATH, an earlier fetch, else fetches one without root where apt is.
 *
 * Failure: an error that says how to install one. Takes milliseconds, a fetch at most some minutes.
 */
export async function findRedisServer(): Promise<RedisServerProgram> {
  const { REDIS_SERVER, PATH = '' } = process.env;
  if (REDIS_SERVER) {
    if (!existsSync(REDIS_SERVER)) throw new Error(`REDIS_SERVER names ${REDIS_SERVER}, which is not there`);
    return { path: REDIS_SERVER };
  }
  for (const directory of PATH.split(delimiter)) {
    const path = join(directory, 'redis-server');
    if (directory !== '' && existsSync(path)) return { path };
  }
  if (!existsSync(FETCHED)) {
    try {
      await fetchFromApt();
    } catch (cause) {
      throw new Error(`No redis-server on this machine, and none could be fetched: ${REMEDY}`, { cause });
    }
  }
  return fetchedProgram(FETCHED);
}

/** Starts a server with a directory of its own, on a free port, without persistence. `args` are further settings. */
export async function startRedis(args: readonly string[] = []): Promise<RunningRedis> {
  const program = await findRedisServer();
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(await freePort(), program, args);
    } catch (error) {
      // Between the look and the start somebody else may have taken the port; a cluster takes none above 55535.
      const isThePort = /Address already in use|port number too high/.test((error as Error).message);
      if (attempt === 20 || !isThePort) throw error;
    }
  }
}

async function startOn(
  port: number,
  { path, libraries }: RedisServerProgram,
  args: readonly string[],
): Promise<RunningRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'tapescan-redis-'));
  const settings = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', directory];
  const child = spawn(path, [...settings, '--save', '', '--appendonly', 'no', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(libraries !== undefined && { LD_LIBRARY_PATH: libraries }) },
  });
  const kill = () => child.kill('SIGKILL');
  // For a test process that ends without having stopped it.
  process.once('exit', kill);
  const ended = once(child, 'close').catch(() => {});
  const stop = async () => {
    kill();
    await ended;
    process.off('exit', kill);
    await rm(directory, { recursive: true, force: true });
  };

  const late = setTimeout(kill, START_MS);
  try {
    await once(child, 'spawn');
    let output = '';
    for await (const line of createInterface({ input: child.stdout })) {
      output += `${line}\n`;
      if (!line.includes('Ready to accept connections')) continue;
      child.stdout.resume();
      return { port, pid: child.pid!, url: `redis://127.0.0.1:${port}`, stop };
    }
    throw new Error(`redis-server ended before it was ready:\n${output}`);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(late);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Downloads the packages that apt would install for a server, and unpacks them beside each other. */
async function fetchFromApt(): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(join(CACHE, 'fetch-'));
  try {
    await downloadPackages(work);
    const root = join(work, 'root');
    for (const file of await readdir(work)) {
      if (file.endsWith('.deb'))
        await run('dpkg', ['-x', join(work, file), root], { timeout: FETCH_STEP_MS });
    }
    const { path, libraries } = fetchedProgram(root);
    await run(path, ['--version'], {
      timeout: START_MS,
      env: { ...process.env, LD_LIBRARY_PATH: libraries },
    });
    await rename(root, FETCHED).catch((error: NodeJS.ErrnoException) => {
      // Another test run was faster: its server is as good.
      if (!existsSync(FETCHED)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function downloadPackages(directory: string): Promise<void> {
  // Root would otherwise download as a user that may not write here.
  const options = ['APT::Sandbox::User=root', 'Acquire::http::Timeout=10', 'Acquire::Retries=1'];
  try {
    await downloadWith(options, directory);
  } catch {
    // The package lists are missing or old, as in a fresh container: fresh ones, beside those of the system.
    const lists = join(directory, 'lists');
    await mkdir(join(lists, 'state/lists/partial'), { recursive: true });
    await mkdir(join(lists, 'cache/archives/partial'), { recursive: true });
    options.push(
      `Dir::State=${lists}/state`,
      `Dir::Cache=${lists}/cache`,
      'Dir::State::status=/var/lib/dpkg/status',
    );
    await apt(options, ['update'], directory);
    await downloadWith(options, directory);
  }
}

async function downloadWith(options: readonly string[], directory: string): Promise<void> {
  const plan = await apt(
    options,
    ['install', '--simulate', '--no-install-recommends', 'redis-server'],
    directory,
  );
  // What the system has already is not in the plan: the program finds it where it is.
  const packages = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name!);
  await apt(options, ['download', ...packages], directory);
}

async function apt(options: readonly string[], command: readonly string[], cwd: string): Promise<string> {
  const flags = options.flatMap((option) => ['-o', option]);
  const env = { ...process.env, LC_ALL: 'C' };
  const { stdout } = await run('apt-get', [...flags, ...command], { cwd, env, timeout: FETCH_STEP_MS });
  return stdout;
}

function fetchedProgram(root: string): { path: string; libraries: string } {
  const directory = join(root, 'usr/lib');
  const platforms = readdirSync(directory).filter((name) => name.includes('-linux-'));
  const libraries = [directory, ...platforms.map((name) => join(directory, name))].join(delimiter);
  return { path: join(root, 'usr/bin/redis-server'), libraries };
}
