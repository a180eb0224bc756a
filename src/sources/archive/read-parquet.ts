import { statSync } from 'node:fs';
import { basename } from 'node:path';
import * as zlib from 'node:zlib';
import type { Compressors } from 'hyparquet';
import { ScanError } from '../../errors.ts';
import { BarReader, type BarTaker } from './bar-reader.ts';
import { findColumns } from './columns.ts';

/** What the package does not unzip itself. */
const COMPRESSORS: Compressors = {
  GZIP: (input) => zlib.gunzipSync(input),
  BROTLI: (input) => zlib.brotliDecompressSync(input),
  // Not in every version of Node that this runs on.
  ...(typeof zlib.zstdDecompressSync === 'function' && { ZSTD: (input) => zlib.zstdDecompressSync(input) }),
};

/**
 * Reads the bars of a Parquet file: columns by name as in CSV, dates as DATE, TIMESTAMP or text, row group by row group.
 * Returns the bytes of the file.
 *
 * Order: the file's. Failure: a `ScanError`, `bad-bars`, for what is no table of bars. Aborting `signal` rejects after the
 * row group at hand. Holds: the needed columns of one row group.
 */
export async function readParquet(path: string, taker: BarTaker, signal: AbortSignal): Promise<number> {
  const { size } = statSync(path);
  if (size === 0) return 0;
  const refuse = (expected: string, cause?: unknown) =>
    new ScanError('bad-bars', `${basename(path)}: expected ${expected}`, { stage: 'decode', cause });
  try {
    const { asyncBufferFromFile, parquetMetadataAsync, parquetRead, parquetSchema } = await import(
      'hyparquet'
    );
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    const found = findColumns(names);
    if ('missing' in found) throw refuse(`columns ${found.missing.map((name) => `\`${name}\``).join(', ')}`);
    const columns = names.filter((_, index) => Object.values(found).includes(index));
    const reader = new BarReader(path, findColumns(columns) as typeof found, taker);
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      if (signal.aborted) throw new ScanError('timed-out', 'Reading was cut off', { stage: 'fetch' });
      const rowEnd = rowStart + Number(group.num_rows);
      await parquetRead({
        file,
        metadata,
        columns,
        rowStart,
        rowEnd,
        compressors: COMPRESSORS,
        onComplete: (rows) => {
          rows.forEach((row, index) => {
            reader.row(row as unknown[], rowStart + index + 1);
          });
        },
      });
      rowStart = rowEnd;
    }
  } catch (cause) {
    if (cause instanceof ScanError) throw cause;
    throw refuse('a Parquet file that can be read', cause);
  }
  return size;
}
