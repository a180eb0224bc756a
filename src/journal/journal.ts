import { access, constants, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, LostGroundError } from '../errors.ts';
import { nearest } from '../settings/nearest.ts';
import { cannotWrite } from '../sinks/cannot-write.ts';
import { makeDirectory, syncDirectory } from '../sinks/directories.ts';
import { safeFileName } from '../sinks/safe-file-name.ts';
import { decodeManifest, encodeManifest, type Manifest } from './manifest.ts';
import { ScanRecorder } from './scan-recorder.ts';

export interface JournalOptions {
  /** What a program remembers; the journal is a folder in it. */
  readonly stateDir: string;
  /** Bytes of all manifests. @default 256 MiB */
  readonly maxBytes?: number;
  /** Manifests at most. @default 10_000 */
  readonly maxScans?: number;
}

const EXTENSION = '.ndjson.gz';
/** What a killed process leaves: it goes with the old ones. */
const TEMPORARY = '.tmp';
/** Part of the bound that is left once it was exceeded: the folder is not gone through with every scan from then on. */
const KEPT_PART = 0.9;
const SHOWN = 5;

/**
 * The journal: a manifest of each scan, a file each. Several processes may write to it.
 *
 * A manifest is there whole or not at all, also after a power cut, and replaces that of an earlier scan of the same name.
 * When there are too many, those written longest ago go. Failure: `LostGroundError` where the folder cannot be written, with
 * the remedy. Holds: two numbers, and while it goes through its folder, the names there.
 */
export class Journal {
  readonly #dir: string;
  readonly #maxBytes: number;
  readonly #maxScans: number;
  /** What is in the folder, as far as this process knows. */
  #bytes: number | undefined;
  #scans = 0;

  constructor({ stateDir, maxBytes = 256 * 2 ** 20, maxScans = 10_000 }: JournalOptions) {
    this.#dir = join(stateDir, 'journal');
    this.#maxBytes = maxBytes;
    this.#maxScans = maxScans;
  }

  /** Makes the folder, and finds out whether it can be written. */
  async open(): Promise<void> {
    try {
      await makeDirectory(this.#dir);
      await access(this.#dir, constants.W_OK | constants.X_OK);
    } catch (cause) {
      throw cannotWrite(this.#dir, cause);
    }
  }

  /** What takes notes of one scan: `record` keeps its manifest. */
  startScan(): ScanRecorder {
    return new ScanRecorder();
  }

  /** Keeps a manifest; durable once it resolves. */
  async record(manifest: Manifest): Promise<void> {
    const path = this.#pathOf(manifest.head.scan);
    const bytes = await encodeManifest(manifest);
    try {
      await makeDirectory(this.#dir);
      await replaceFile(path, bytes);
      await syncDirectory(this.#dir);
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
    if (this.#bytes !== undefined) this.#bytes += bytes.length;
    this.#scans++;
    if (this.#bytes === undefined || this.#bytes > this.#maxBytes || this.#scans > this.#maxScans) {
      await this.#removeOld(path);
    }
  }

  /**
   * The manifest of a scan. Failure: `ConfigError` where there is none, with the names of some that there are;
   * `LostGroundError` where it is damaged.
   */
  async read(scan: string): Promise<Manifest> {
    const path = this.#pathOf(scan);
    let bytes: Buffer;
    try {
      bytes = await readFile(path);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
        throw new LostGroundError(`cannot read ${path}: ${(cause as Error).message}`, { cause });
      throw new ConfigError([await this.#unknown(scan)]);
    }
    try {
      return await decodeManifest(bytes);
    } catch (cause) {
      throw new LostGroundError(
        `${path} cannot be used: ${(cause as Error).message}; the scan cannot be replayed`,
        { cause },
      );
    }
  }

  /** The names of the scans that it has, newest first; a name that was too long for a file is cut. */
  async scans(): Promise<readonly string[]> {
    const files = await this.#files();
    return files.flatMap(({ name }) => (name.endsWith(EXTENSION) ? [scanOf(name)] : [])).reverse();
  }

  async #unknown(scan: string): Promise<string> {
    const scans = await this.scans();
    const none = `The journal in ${this.#dir} has no scan \`${scan}\``;
    if (scans.length === 0) return `${none}, nor any other: \`tapescan scan --state-dir\` writes one`;
    const near = nearest(scan, scans) ?? scans.find((one) => one.startsWith(scan));
    const newest = `the newest: ${scans.slice(0, SHOWN).join(', ')}`;
    return near === undefined
      ? `${none}; it has ${scans.length}, ${newest}`
      : `${none}; did you mean \`${near}\`?`;
  }

  #pathOf(scan: string): string {
    return join(this.#dir, safeFileName(scan) + EXTENSION);
  }

  /** Its files, oldest first. What goes away meanwhile is not there. */
  async #files(): Promise<readonly { name: string; bytes: number; writtenMs: number }[]> {
    const names = await readdir(this.#dir).catch(() => []);
    const files = await Promise.all(
      names.map(async (name) => {
        if (!name.endsWith(EXTENSION) && !name.endsWith(TEMPORARY)) return [];
        const found = await stat(join(this.#dir, name)).catch(() => undefined);
        return found === undefined ? [] : [{ name, bytes: found.size, writtenMs: found.mtimeMs }];
      }),
    );
    return files.flat().sort((a, b) => a.writtenMs - b.writtenMs || (a.name < b.name ? -1 : 1));
  }

  /** Counts what is there, and removes the oldest where that is too much; never what was just written. */
  async #removeOld(written: string): Promise<void> {
    const files = await this.#files();
    this.#bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#scans = files.length;
    if (this.#bytes <= this.#maxBytes && this.#scans <= this.#maxScans) return;
    for (const { name, bytes } of files) {
      if (this.#bytes <= this.#maxBytes * KEPT_PART && this.#scans <= this.#maxScans * KEPT_PART) return;
      const path = join(this.#dir, name);
      if (path === written) continue;
      await rm(path, { force: true });
      this.#bytes -= bytes;
      this.#scans--;
    }
  }
}

/** Writes a file that is there whole or not at all. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}${TEMPORARY}`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

function scanOf(file: string): string {
  const name = file.slice(0, -EXTENSION.length);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
