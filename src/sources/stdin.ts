import { fstatSync } from 'node:fs';
import { ConfigError } from '../errors.ts';
import { inputOf, type SymbolInput } from './symbol-input.ts';

const STDIN_FD = 0;

/**
 * Standard input, whatever it is connected to. Can be opened once a process.
 *
 * Failure: `ConfigError` where it is a directory. Otherwise, and for what it holds: see `inputOf`.
 */
export function openStdin(): SymbolInput {
  if (fstatSync(STDIN_FD).isDirectory()) {
    throw new ConfigError([
      'Standard input is a directory; redirect a file or pipe a list of symbols into it',
    ]);
  }
  return inputOf(STDIN_FD, 'standard input');
}
