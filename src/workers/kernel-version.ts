import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What the folder of the kernel takes from beside it. */
const BESIDE = /^(features|series|session)\.[jt]s$/;

/**
 * Tells apart the code that computes feature rows: a digest of it. Rows that were kept by another one are scored anew. A
 * bundle has the one that it was made from.
 */
export const KERNEL_VERSION = kernelVersionOf(join(import.meta.dirname, '..'));

/** The version of the kernel in a folder of sources, or of compiled files. */
export function kernelVersionOf(folder: string): string {
  const hash = createHash('sha256');
  const kernel = readdirSync(join(folder, 'workers'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const beside = readdirSync(folder).filter((name) => BESIDE.test(name));
  for (const file of [...kernel, ...beside.map((name) => join(folder, name))].sort()) {
    hash.update(`${relative(folder, file)}\n`).update(readFileSync(file));
  }
  return hash.digest('base64url').slice(0, 22);
}
