import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Descriptors of the files that nobody can reach any more. */
const unreachable = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/**
 * A temporary file without a name: nobody else can open it, and nothing is left of it once the process has ended, however
 * that comes about.
 *
 * Failure: the system's, at creation and at every call. Holds: a file descriptor, until it is closed or nobody can reach
 * the file any more.
 */
export class ScratchFile {
  readonly #descriptor: number;
  #isClosed = false;

  constructor(folder: string) {
    const path = join(folder, `tapescan-${randomUUID()}.tmp`);
    this.#descriptor = openSync(path, 'wx+', 0o600);
    unreachable.register(this, this.#descriptor, this);
    try {
      unlinkSync(path);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Writes all of `bytes`, at so many bytes from the start. */
  write(bytes: Uint8Array, position: number): void {
    this.#checkOpen();
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, position + done);
    }
  }

  /** Fills all of `bytes` with what was written there. */
  read(bytes: Uint8Array, position: number): void {
    this.#checkOpen();
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(this.#descriptor, bytes, done, bytes.length - done, position + done);
      if (read === 0) throw new Error('it ends early');
      done += read;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    unreachable.unregister(this);
    closeSync(this.#descriptor);
  }

  /** The number of a closed descriptor may be another file's by now. */
  #checkOpen(): void {
    if (this.#isClosed) throw new Error('it is closed');
  }
}
