import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FILES = ['workers/**/*.{ts,js}', '{features,series,session}.{ts,js}'];

/**
 * Tells apart the code that computes feature rows: a digest of it. Rows that were kept by another one are scored anew. A
 * bundle has the one that it was made from.
 */
export const KERNEL_VERSION = digestOf(join(import.meta.dirname, '..'));

function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const file of globSync(FILES, { cwd: folder }).sort()) {
    hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
  }
  return hash.digest('base64url').slice(0, 22);
}
