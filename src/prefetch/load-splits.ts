import type { BlockStore } from '../cache/block-store.ts';
import { decodeSplits, encodeSplits, type SplitTable, tableOf } from '../split-table.ts';
import { splitsKey } from '../store-keys.ts';
import type { BarSource, History, Split } from '../types.ts';

/** Days before the end of what is kept that are asked for again: a split may be entered late. */
const OVERLAP_DAYS = 10;

export interface LoadSplitsOptions {
  readonly source: Pick<BarSource, 'dataset' | 'splits'>;
  readonly store: BlockStore;
  readonly history: Pick<History, 'from' | 'to'>;
  /** Calls the provider, and again where that is worth it. */
  readonly call: <T>(request: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

/**
 * The splits that bars of a history have to be adjusted for: what is kept, and what has come since.
 *
 * None of the provider's calls where they were asked for up to the last session, else the new ones. Failure: that of
 * `call`: without the splits, no price before today can be trusted. A store that fails is an empty one.
 * Holds: the splits of the range (some 1,500 a year).
 */
export async function loadSplits({
  source: { dataset, splits: source },
  store,
  history,
  call,
}: LoadSplitsOptions): Promise<SplitTable> {
  // Bars come adjusted then.
  if (source === undefined) return new Map();
  const key = splitsKey(dataset);
  const kept = await keptSplits(store, key);
  const { to } = history;
  if (kept !== undefined && kept.from <= history.from && kept.to >= to) return tableOf(kept.splits);

  const base = kept !== undefined && kept.from <= history.from ? kept : undefined;
  const from = base === undefined ? history.from : Math.max(base.from, base.to - OVERLAP_DAYS);
  const fresh = await call((signal) => source.fetchSplits(from, to, signal));
  const splits: readonly Split[] = [
    ...(base?.splits.filter(({ session }) => session < from) ?? []),
    ...fresh,
  ];
  const bytes = encodeSplits(splits, base?.from ?? history.from, to);
  await store.write([{ key, series: bytes }]).catch(() => {});
  return tableOf(splits);
}

async function keptSplits(store: BlockStore, key: string): Promise<ReturnType<typeof decodeSplits>> {
  try {
    const [bytes] = await store.read([key]);
    return bytes === undefined ? undefined : decodeSplits(bytes);
  } catch {
    return undefined;
  }
}
