import { existsSync } from 'node:fs';
import { openDiskStore } from '../../cache/disk.ts';
import { readSeriesHeader, type Series, viewSeries } from '../../series.ts';
import { parseSession } from '../../session.ts';
import { decodeSplits, tableOf } from '../../split-table.ts';
import { splitsKey } from '../../store-keys.ts';
import { adjustForSplits } from '../../workers/adjust-for-splits.ts';
import type { WrittenRow } from './written-row.ts';

/** Closes are read back from text: as many digits as a double has. */
const ROUNDING = 1e-9;

/**
 * The bars that a row was computed from, where the cache of this machine still has them: a series of its symbol that closes
 * as the row does at its session, whatever source it came from. Splits are applied as of that session.
 *
 * `undefined` where there are none, or where the cache cannot be read: a chart is not worth a failure.
 */
export async function findBars(
  cacheDir: string,
  { symbol, session, close }: Pick<WrittenRow, 'symbol' | 'session' | 'close'>,
): Promise<Pick<Series, 'session' | 'close'> | undefined> {
  if (!existsSync(cacheDir)) return undefined;
  const last = parseSession(session);
  try {
    const store = openDiskStore({ dir: cacheDir });
    try {
      for (const key of await store.keysEndingIn(`|${symbol}`)) {
        const dataset = key.slice(0, -symbol.length - 1);
        const [bytes, splits] = await store.read([key, splitsKey(dataset)]);
        if (bytes === undefined || readSeriesHeader(bytes) === undefined) continue;
        const pairs = splits && tableOf(decodeSplits(splits)?.splits ?? []).get(symbol);
        const series = adjustForSplits(viewSeries(bytes), pairs ?? [], last);
        const at = series.session.indexOf(last);
        if (at < 0 || !(Math.abs(series.close[at]! - close) <= ROUNDING * close)) continue;
        return { session: series.session.subarray(0, at + 1), close: series.close.subarray(0, at + 1) };
      }
    } finally {
      await store.close();
    }
  } catch {}
  return undefined;
}
