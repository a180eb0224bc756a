import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { ConfigError } from '../errors.ts';
import { inputOf, type SymbolInput } from './symbol-input.ts';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the path and the working directory',
  ENOTDIR: 'a part of the path is not a directory; check the path',
  EACCES: 'permission denied; make it readable for the user that runs the scan',
  EISDIR: 'it is a directory; name a file in it',
};

/**
 * A file with a list of symbols, or a named pipe: opened at once, so that what is wrong with it is known before
 * anything starts.
 *
 * Failure: `ConfigError` that names the file and the remedy. Otherwise, and for what it holds: see `inputOf`.
 */
export function openSymbolFile(path: string): SymbolInput {
  const fd = openOrExplain(path);
  if (fstatSync(fd).isDirectory()) {
    closeSync(fd);
    throw unreadable(path, 'EISDIR');
  }
  return inputOf(fd, path);
}

function openOrExplain(path: string): number {
  try {
    // Without waiting: a named pipe would otherwise be open only when somebody writes to it.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw unreadable(path, (cause as NodeJS.ErrnoException).code ?? String(cause));
  }
}

function unreadable(path: string, code: string): ConfigError {
  return new ConfigError([`Cannot read the symbol list ${path}: ${REMEDIES[code] ?? code}`]);
}
