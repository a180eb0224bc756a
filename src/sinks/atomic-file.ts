/** A file that appears whole or not at all. */
import { writeFile } from 'node:fs';
import {
  access,
  constants,
  type FileHandle,
  open,
  readdir,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cannotWrite } from './cannot-write.ts';
import { syncDirectory } from './directories.ts';

/** Text is gathered in blocks, which go out when they are half full: then there is room for what comes in one piece. */
const BLOCK_BYTES = 512 * 1024;
const FLUSH_BYTES = BLOCK_BYTES / 2;
/** Bytes that a UTF-16 code unit takes in UTF-8, at most. */
const BYTES_PER_CHAR = 3;

export interface AtomicFile {
  /**
   * Takes text. `undefined`: buffered, go on; a promise: wait for it before writing more.
   *
   * Text goes out in the order of the calls, awaited or not.
   */
  write(text: string): Promise<void> | undefined;
  /** Makes what was written durable, and visible under the file's name in one step. */
  commit(): Promise<void>;
  /** Forgets what was written; the file stays as it was. Does nothing after `commit`. */
  abort(): Promise<void>;
}

/** Names of what this process has open already: replacing the file behind it would lose what others write there. */
const OPEN_DESCRIPTORS: readonly (readonly [RegExp, number?])[] = [
  [/^\/dev\/stdout$/, 1],
  [/^\/dev\/stderr$/, 2],
  [/^\/(?:dev|proc\/self)\/fd\/(\d+)$/],
];

/** Where text goes until it is known whether it stays. */
interface Draft {
  /** Writes at the end of what was written. */
  append(bytes: Uint8Array): Promise<void>;
  keep(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Opens `path` for writing as a whole: text goes to `.<name>.<pid>.tmp` beside it, which replaces it on `commit`.
 *
 * A link is followed, and the permissions of a file that is replaced stay. What is not a regular file (a device, a
 * pipe) is written directly. Removes the temporary files that dead processes of this machine left for the same name.
 *
 * Failure: `LostGroundError`, here where the place is not writable, later where a write fails; it names the file
 * and the remedy. Holds: two blocks of 512 KB, used in turn, and more only for a caller that does not wait.
 */
export async function openAtomicFile(path: string): Promise<AtomicFile> {
  const failing = (cause: unknown): never => {
    throw cannotWrite(path, cause);
  };
  const draft = await openDraft(path).catch(failing);
  // A block that was written is filled again: fresh memory costs more than the text does.
  const spare: Buffer[] = [];
  let block: Buffer | undefined;
  let filled = 0;
  let closed = false;
  let flushed: Promise<void> = Promise.resolve();

  const flush = () => {
    const full = block;
    const bytes = full?.subarray(0, filled);
    block = undefined;
    filled = 0;
    flushed = flushed.then(async () => {
      if (full === undefined || bytes === undefined) return;
      await draft.append(bytes).catch(failing);
      if (full.length === BLOCK_BYTES) spare.push(full);
    });
    // The failure is reported to whoever awaits; a caller that does not is told by `commit`.
    flushed.catch(() => {});
    return flushed;
  };
  const abort = async () => {
    if (closed) return;
    closed = true;
    await flushed.catch(() => {});
    await draft.discard();
  };

  return {
    write(text) {
      const most = text.length * BYTES_PER_CHAR;
      if (block !== undefined && filled + most > block.length) flush();
      block ??= most > BLOCK_BYTES ? Buffer.allocUnsafeSlow(most) : (spare.pop() ?? newBlock());
      filled += block.write(text, filled, 'utf8');
      return filled < FLUSH_BYTES ? undefined : flush();
    },
    async commit() {
      try {
        await flush();
        await draft.keep().catch(failing);
        closed = true;
      } catch (error) {
        await abort();
        throw error;
      }
    },
    abort,
  };
}

function newBlock(): Buffer {
  return Buffer.allocUnsafeSlow(BLOCK_BYTES);
}

async function openDraft(path: string): Promise<Draft> {
  if (path === '' || path.endsWith('/')) throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
  const descriptor = openDescriptor(path);
  if (descriptor !== undefined) {
    const leave = async () => {};
    return { append: (bytes) => appendTo(descriptor, bytes), keep: leave, discard: leave };
  }
  const target = (await unlessAbsent(realpath(path))) ?? path;
  const existing = await unlessAbsent(stat(target));
  if (existing === undefined) return openReplacement(target, 0o666);
  if (existing.isFile()) {
    // A rename asks the directory only: a file that is protected against writing would be replaced all the same.
    await access(target, constants.W_OK);
    return openReplacement(target, existing.mode & 0o777);
  }
  const handle = await open(target, constants.O_WRONLY);
  const close = () => handle.close();
  return { append: appenderOf(handle), keep: close, discard: close };
}

/** The descriptor that a path names, where it names one of this process. */
function openDescriptor(path: string): number | undefined {
  for (const [pattern, descriptor] of OPEN_DESCRIPTORS) {
    const match = pattern.exec(path);
    if (match !== null) return descriptor ?? Number(match[1]);
  }
  return undefined;
}

// Both append at the position of what is open, and go on after a short write.
const appendTo = promisify<number, Uint8Array>(writeFile);

function appenderOf(handle: FileHandle): Draft['append'] {
  return (bytes) => handle.writeFile(bytes);
}

/** Temporary files that this process is writing: all others with its pid are of an earlier process. */
const underWay = new Set<string>();

async function openReplacement(target: string, mode: number): Promise<Draft> {
  const directory = dirname(target);
  const temporary = join(directory, `.${basename(target)}.${process.pid}.tmp`);
  await sweep(directory, basename(target));
  const handle = await open(temporary, 'wx', mode);
  underWay.add(temporary);
  const discard = async () => {
    underWay.delete(temporary);
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
  };
  try {
    // Again, because creation is subject to the umask.
    if (mode !== 0o666) await handle.chmod(mode);
  } catch (cause) {
    await discard();
    throw cause;
  }
  return {
    append: appenderOf(handle),
    async keep() {
      await handle.sync();
      await handle.close();
      await rename(temporary, target);
      underWay.delete(temporary);
      await syncDirectory(directory);
    },
    discard,
  };
}

/** Removes what killed processes left. What cannot be read or removed stays: it is not ours. */
async function sweep(directory: string, name: string): Promise<void> {
  const prefix = `.${name}.`;
  for (const file of await readdir(directory).catch(() => [])) {
    if (!file.startsWith(prefix) || !file.endsWith('.tmp')) continue;
    const pid = file.slice(prefix.length, -'.tmp'.length);
    if (!/^[1-9]\d{0,9}$/.test(pid)) continue;
    const path = join(directory, file);
    // In a container every run may have the same pid, so our own pid alone does not make a file ours.
    const alive = Number(pid) === process.pid ? underWay.has(path) : isAlive(Number(pid));
    if (!alive) await rm(path, { force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function unlessAbsent<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
