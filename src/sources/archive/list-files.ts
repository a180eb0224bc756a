import { readdirSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigError } from '../../errors.ts';
import type { SymbolId } from '../../types.ts';
import { canonicalSymbol } from '../../universe/spelling.ts';
import { SPELLINGS } from '../spelling.ts';

const ENDING = /\.(?:csv|csv\.gz|txt|txt\.gz|parquet)$/i;

/** The files of an archive, as they are when it is opened. */
export interface ArchiveFiles {
  /** A single file may hold many symbols. */
  readonly single: string | undefined;
  /** Of a folder: the file of each symbol, at any depth. */
  readonly bySymbol: ReadonlyMap<SymbolId, string>;
  /** Changes with any file: how many, their bytes, the newest change (epoch ms). */
  readonly fingerprint: string;
}

/**
 * Looks at what is in an archive, without reading it. A file belongs to the symbol that it is named after, in any
 * spelling (`brk-b.us.txt`, `BRK.B.csv.gz`); of two for one symbol, to the one with the canonical name.
 *
 * Failure: `ConfigError` where there is no such file, or no file of a symbol. Holds: a name for each file.
 */
export function listFiles(path: string): ArchiveFiles {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ConfigError([
      `Cannot read the archive ${path}: ${code === 'ENOENT' ? 'no such file or folder' : code}`,
    ]);
  }
  if (!stats.isDirectory()) {
    return { single: path, bySymbol: new Map(), fingerprint: print([stats]) };
  }
  const bySymbol = new Map<SymbolId, string>();
  const found: Stats[] = [];
  // In the order of names: which of two files counts does not depend on the file system.
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()) {
    const symbol = ENDING.test(name) ? symbolOf(basename(name)) : undefined;
    if (symbol === undefined) continue;
    const file = join(path, name);
    const own = statSync(file);
    if (!own.isFile()) continue;
    found.push(own);
    if (!bySymbol.has(symbol) || basename(name).startsWith(`${symbol}.`)) bySymbol.set(symbol, file);
  }
  if (bySymbol.size === 0) {
    throw new ConfigError([
      `Expected ${path} to have files named after symbols (AAPL.csv, brk-b.us.txt, MSFT.parquet), found none`,
    ]);
  }
  return { single: undefined, bySymbol, fingerprint: print(found) };
}

/** The symbol that a file is named after. */
export function symbolOf(file: string): SymbolId | undefined {
  const name = file.replace(ENDING, '');
  return SPELLINGS.stooq.fromProvider(name) ?? canonicalSymbol(name);
}

function print(files: readonly Stats[]): string {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const newest = files.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0);
  return `${files.length} files ${bytes} bytes ${newest}`;
}
