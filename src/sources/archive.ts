import { basename } from 'node:path';
import { ScanError } from '../errors.ts';
import { FLAG_SPLIT_ADJUSTED } from '../series.ts';
import type { BarSource, History, Payload, SymbolId } from '../types.ts';
import { listFiles, symbolOf } from './archive/list-files.ts';
import { readCsv } from './archive/read-csv.ts';
import { readParquet } from './archive/read-parquet.ts';
import { WholeFile } from './archive/whole-file.ts';
import { BarColumns } from './bar-columns.ts';

export interface ArchiveOptions {
  /** A file (CSV, CSV.gz, Stooq's text, Parquet) with the bars of one or many symbols, or a folder with one a symbol. */
  readonly path: string;
  /** Whether prices are adjusted for splits, as those of most archives are. @default true */
  readonly adjusted?: boolean;
  /** Bytes of bars kept of a file with many symbols; a larger one is refused. @default 2 GiB */
  readonly maxBytes?: number;
}

export interface ArchiveSource extends BarSource {
  /** Bars that gave way to a later row of the same symbol and session, so far. */
  readonly duplicates: number;
  /** Reads a file of many symbols, which the first fetch would do otherwise. Nothing to do for a folder. */
  prepare(history: History, signal: AbortSignal): Promise<void>;
}

/**
 * Daily bars from files: one for each symbol in a folder (at any depth), or one with a column `symbol` or `ticker`.
 * The columns are found by their names; `Adj Close` is ignored. Rows may come in any order, and of two for one session the
 * last one counts. A symbol without file or row has no bars, and so has an empty file.
 *
 * A file of many symbols is read once, in one pass, for all fetches of a history: the first fetches wait for it. Traffic is
 * files opened and bytes read from disk.
 *
 * Failure: `ConfigError` where there is nothing to read; a `ScanError`, `bad-bars` with file and row, for a symbol whose rows
 * are wrong. Holds: of a folder, the file names; of a file of many symbols, 48 bytes a bar, at most twice the bars that are
 * asked for a symbol, and `maxBytes` in all.
 */
export function createArchiveSource({
  path,
  adjusted = true,
  maxBytes = 2 * 2 ** 30,
}: ArchiveOptions): ArchiveSource {
  const { single, bySymbol, fingerprint } = listFiles(path);
  const flags = adjusted ? FLAG_SPLIT_ADJUSTED : 0;
  const traffic = { calls: 0, bytes: 0 };
  const closing = new AbortController();
  let loading: { readonly file: WholeFile; readonly done: Promise<unknown> } | undefined;
  let duplicates = 0;

  const read = async (file: string, into: WholeFile, signal: AbortSignal) => {
    traffic.calls++;
    const readFile = file.toLowerCase().endsWith('.parquet') ? readParquet : readCsv;
    const bytes = await readFile(file, into, signal);
    traffic.bytes += bytes;
    for (const gathered of into.bySymbol.values()) {
      if (gathered instanceof BarColumns) duplicates += gathered.tidy();
    }
  };

  /** The one file with the bars of all symbols; whoever asks first has it read. */
  const whole = async (file: string, history: History, signal: AbortSignal): Promise<WholeFile> => {
    if (loading === undefined || !loading.file.covers(history)) {
      const fresh = new WholeFile(history, symbolOf(basename(file)) ?? basename(file), maxBytes);
      // Read to its end although the one who asked for it may give up: others wait for it.
      loading = { file: fresh, done: read(file, fresh, closing.signal) };
    }
    const current = loading;
    await unlessAborted(current.done, signal);
    return current.file;
  };

  const own = async (file: string, symbol: SymbolId, history: History, signal: AbortSignal) => {
    const gathered = new WholeFile(history, symbol, maxBytes);
    await read(file, gathered, signal);
    const stranger = gathered.bySymbol.keys().find((other) => other !== symbol);
    if (stranger === undefined) return gathered;
    const message = `${basename(file)}: expected bars of ${symbol} only, got ${stranger.slice(0, 40)}`;
    throw new ScanError('wrong-symbol', message, { stage: 'decode' });
  };

  return {
    name: 'archive',
    dataset: `archive ${path} ${fingerprint} ${adjusted ? 'split-adjusted' : 'as traded'}`,
    traffic,
    get duplicates() {
      return duplicates;
    },
    async prepare(history, signal) {
      if (single !== undefined) await whole(single, history, signal);
    },
    async fetchBars(symbol: SymbolId, history: History, signal: AbortSignal): Promise<Payload> {
      if (signal.aborted) throw cutOff();
      const file = single ?? bySymbol.get(symbol);
      if (file === undefined) return { format: 'series', pages: [] };
      const gathered = await (single === undefined
        ? own(file, symbol, history, signal)
        : whole(file, history, signal));
      const bars = gathered.bySymbol.get(symbol);
      if (bars instanceof ScanError) throw bars;
      return { format: 'series', pages: bars === undefined ? [] : [bars.encode(flags, history)] };
    },
    async close() {
      closing.abort();
      await loading?.done.catch(() => {});
      loading = undefined;
    },
  };
}

/** What a promise brings, or a failure as soon as the signal is aborted; the promise goes on. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(cutOff());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function cutOff(): ScanError {
  return new ScanError('timed-out', 'Reading was cut off', { stage: 'fetch' });
}
