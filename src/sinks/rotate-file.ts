import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { syncDirectory } from './directories.ts';

/**
 * Renames a file to `path.1`, that to `path.2`, and so on; `keep` of them stay. Makes room under the first number that is free, or
 * that of the oldest: a rotation that was cut off costs no file. Failure: the system's.
 */
export async function rotateFile(path: string, keep: number): Promise<void> {
  const directory = dirname(path);
  const prefix = `${basename(path)}.`;
  const numbers = (await readdir(directory))
    .filter((name) => name.startsWith(prefix) && /^[1-9]\d*$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)));
  const taken = new Set(numbers);
  let free = 1;
  while (free < keep && taken.has(free)) free++;
  for (let number = free; number > 1; number--) await rename(`${path}.${number - 1}`, `${path}.${number}`);
  if (keep > 0) await rename(path, `${path}.1`);
  else await rm(path);
  // Left by a larger `keep`.
  for (const number of numbers) if (number > keep) await rm(`${path}.${number}`, { force: true });
  await syncDirectory(directory);
}
