import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/**
 * Hears of changes of files by their folders, as far as the system tells: a file that is replaced is another one, and only
 * its folder knows.
 *
 * Failure: none; of a folder that is not there, or cannot be watched, nothing is heard. Holds: a watch for each file.
 */
export class FolderWatch {
  readonly #watches = new Map<string, FSWatcher>();
  #heard = 0;
  #change = new AbortController();

  /** Changes so far. */
  get heard(): number {
    return this.#heard;
  }

  /** Aborts with the next change. */
  get change(): AbortSignal {
    return this.#change.signal;
  }

  /** Once it resolves, what changes of these files is heard of, and of no others. */
  async follow(files: readonly string[]): Promise<void> {
    const wanted = new Map<string, string>();
    for (const file of files) {
      const folder = await stat(dirname(file)).catch(() => undefined);
      // A folder that was made anew is another one, whatever its name.
      if (folder !== undefined) wanted.set(`${folder.dev} ${folder.ino} ${file}`, file);
    }
    for (const key of this.#watches.keys()) if (!wanted.has(key)) this.#drop(key);
    for (const [key, file] of wanted) if (!this.#watches.has(key)) this.#start(key, file);
  }

  close(): void {
    for (const key of this.#watches.keys()) this.#drop(key);
  }

  #start(key: string, file: string): void {
    const name = basename(file);
    try {
      const watcher = watch(dirname(file), (_event, changed) => {
        if (changed === null || changed === name) this.#hear();
      });
      watcher.on('error', () => this.#drop(key));
      this.#watches.set(key, watcher);
    } catch {
      // The folder has just gone, or the system has no more watches to give.
    }
  }

  #hear(): void {
    this.#heard++;
    this.#change.abort();
    this.#change = new AbortController();
  }

  #drop(key: string): void {
    this.#watches.get(key)?.close();
    this.#watches.delete(key);
  }
}
