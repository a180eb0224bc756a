import { createReadStream } from 'node:fs';
import { ConfigError, LostGroundError } from '../../errors.ts';
import { type Line, readLines } from '../../universe/lines.ts';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the path and the working directory',
  ENOTDIR: 'a part of the path is not a directory; check the path',
  EACCES: 'permission denied; make it readable',
  EISDIR: 'it is a directory; name a file in it',
};

/**
 * The lines of a file (`-`: standard input) that are not blank.
 *
 * Failure: `ConfigError` with file and remedy where it cannot be opened, `LostGroundError` where reading it fails.
 * Holds: the lines of 64 KiB.
 */
export async function* fileLines(path: string): AsyncGenerator<Line, void, undefined> {
  const stream = path === '-' ? process.stdin : createReadStream(path);
  try {
    for await (const lines of readLines(stream)) {
      for (const line of lines) if (line.text.trim() !== '') yield line;
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    const remedy = REMEDIES[code];
    if (remedy === undefined) throw new LostGroundError(`Cannot read ${path}: ${code}`, { cause });
    throw new ConfigError([`Cannot read ${path}: ${remedy}`]);
  }
}
