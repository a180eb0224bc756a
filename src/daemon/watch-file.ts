import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FolderWatch } from './watch-file/folder-watch.ts';

export interface WatchFileOptions {
  /** Called with what the file holds first, and again after each change; not called again before it has resolved. */
  readonly onChange: () => Promise<unknown>;
  /** Told once that the file is gone or cannot be read, and why. It is waited for. */
  readonly onTrouble?: (reason: string) => void;
  /** Told when it is there again, whether it has changed or not. */
  readonly onRecovered?: () => void;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Milliseconds without a change after which a file is at rest. @default 200 */
  readonly settleMs?: number;
  /** Milliseconds between two looks at a file of which no change is heard. @default 2000 */
  readonly pollMs?: number;
}

/** A file at rest, or why there is none. */
type AtRest = Seen & ({ readonly digest: string } | { readonly trouble: string });

interface Seen {
  /** Which file it is, and when it was written last, as far as the file system says. */
  readonly mark: string;
  /** Changes that were heard of by then. */
  readonly heard: number;
}

/**
 * Tells when a file has another content than before, once it is at rest: whether it was written in place, replaced,
 * deleted and made again, or a link on the way to it was turned. It need not be there, nor its folder.
 *
 * What the system tells of the folders only makes it faster: a look every `pollMs` finds the same, on file systems that
 * tell nothing too. The content decides, not the time of writing; but a file that is written during `onChange`, or
 * only touched, is told again, since nobody knows what `onChange` has read. A file that is never at rest is never told.
 *
 * Order: one `onChange` at a time; however much changes during one, one more follows, and the last one starts after the
 * last change. Failure: that of `onChange`, which ends the watch; no file is trouble. Resolves when `signal` is aborted and
 * `onChange` is over. Holds: a digest, and a watch on at most two folders.
 */
export async function watchFile(
  path: string,
  {
    onChange,
    onTrouble = () => {},
    onRecovered = () => {},
    signal,
    settleMs = 200,
    pollMs = 2000,
  }: WatchFileOptions,
): Promise<void> {
  const folders = new FolderWatch();
  const pause = (ms: number, until: AbortSignal = signal) =>
    sleep(ms, undefined, { signal: until }).catch(() => {});
  const look = async (): Promise<Seen> => {
    // Before the look: what changes after it is heard of.
    await folders.follow(await placesOf(path));
    const { heard } = folders;
    return { mark: await markOf(path), heard };
  };
  const isAsSeen = async ({ mark, heard }: Seen) =>
    folders.heard === heard && (await markOf(path)) === mark && folders.heard === heard;

  const untilAtRest = async (): Promise<AtRest | undefined> => {
    for (;;) {
      const seen = await look();
      await pause(settleMs);
      if (signal.aborted) return undefined;
      // Not read while it grows.
      if (!(await isAsSeen(seen))) continue;
      const content = await contentOf(path, signal);
      if (signal.aborted) return undefined;
      if (await isAsSeen(seen)) return { ...seen, ...content };
    }
  };
  /** `isSure`: whether the content is known to be that of the mark. */
  const untilChange = async (seen: Seen, isSure: boolean): Promise<void> => {
    do {
      if (folders.heard !== seen.heard) return;
      await pause(pollMs, AbortSignal.any([signal, folders.change]));
    } while (isSure && !signal.aborted && (await look()).mark === seen.mark);
  };

  let told: string | undefined;
  let isInTrouble = false;
  let before: AtRest | undefined;
  try {
    for (;;) {
      const now = await untilAtRest();
      if (now === undefined) return;
      if ('trouble' in now) {
        if (!isInTrouble) onTrouble(now.trouble);
        isInTrouble = true;
      } else {
        if (isInTrouble) onRecovered();
        isInTrouble = false;
        if (now.digest !== told) {
          told = now.digest;
          await onChange();
          if (signal.aborted) return;
          if (!(await isAsSeen(now))) {
            told = undefined;
            continue;
          }
        }
      }
      // Where the file system's clock has long ticks, two writes within one leave the same mark: one more look, later.
      await untilChange(now, before?.mark === now.mark);
      before = now;
    }
  } finally {
    folders.close();
  }
}

/** Where changes of the file are heard of: where its name is, and where the file is that its links lead to. */
async function placesOf(path: string): Promise<readonly string[]> {
  const name = resolve(path);
  const file = await realpath(name).catch(() => name);
  return file === name ? [name] : [name, file];
}

async function markOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return codeOf(error);
  }
}

async function contentOf(
  path: string,
  signal: AbortSignal,
): Promise<{ readonly digest: string } | { readonly trouble: string }> {
  try {
    // Before it is opened: a pipe would wait for somebody who writes.
    if (!(await stat(path)).isFile()) return { trouble: 'it is not a file' };
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
    return { digest: hash.digest('hex') };
  } catch (error) {
    const code = codeOf(error);
    return { trouble: code === 'ENOENT' ? 'it is not there' : `it cannot be read (${code})` };
  }
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
