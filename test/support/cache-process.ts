/**
 * A process that writes and reads one cache folder, for tests of several at once:
 *
 *     node test/support/cache-process.ts FOLDER KEYS ROUNDS
 *
 * Writes a line a round, and ends with 1 where it reads what nobody wrote.
 */
import { openDiskStore } from '../../src/cache/disk.ts';
import { readSeriesHeader, viewSeries } from '../../src/series.ts';
import { seriesOf } from './series.ts';

const BARS = 60;

/** An entry that tells which key it is of, and in all its columns which version. */
export function versionOf(key: number, version: number): Uint8Array {
  const bytes = seriesOf({ bars: BARS, from: key, to: 20_000 });
  const { open, high, low, close, volume } = viewSeries(bytes);
  for (const column of [open, high, low, close, volume]) column.fill(version);
  return bytes;
}

/** Whether a series is one that `versionOf` made for this key, whole. */
export function isWhole(bytes: Uint8Array, key: number): boolean {
  const header = readSeriesHeader(bytes);
  if (header?.bars !== BARS || header.from !== key) return false;
  const { open, high, low, close, volume } = viewSeries(bytes);
  return [open, high, low, close, volume].every((column) => column.every((value) => value === open[0]));
}

if (import.meta.main) {
  const [dir = '', keyCount, rounds] = process.argv.slice(2);
  const indexes = Array.from({ length: Number(keyCount) }, (_, index) => index);
  const keys = indexes.map((index) => `S${index}`);
  const store = openDiskStore({ dir });
  for (let round = 0; round < Number(rounds); round++) {
    const version = process.pid * 1000 + round;
    await store.write(indexes.map((index) => ({ key: keys[index]!, series: versionOf(index, version) })));
    const found = await store.read(keys);
    if (!found.every((bytes, index) => bytes !== undefined && isWhole(bytes, index))) process.exitCode = 1;
    process.stdout.write(`${round}\n`);
  }
  await store.close();
}
