/** Directories whose entries outlive a power cut. */
import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Makes what happened to a directory's entries durable, where the system can do that for a directory. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => undefined);
  if (handle === undefined) return;
  try {
    await handle.sync();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EINVAL', 'EPERM', 'ENOTSUP', 'EISDIR'].includes(code)) throw error;
  } finally {
    await handle.close();
  }
}

/** Makes a directory and those above it, durably. Does nothing where it is there. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  const top = resolve(first);
  for (let made = resolve(path); ; made = dirname(made)) {
    await syncDirectory(dirname(made));
    if (made === top) return;
  }
}
