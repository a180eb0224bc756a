import { UnknownSymbolsError } from '../errors.ts';
import type { History, ManySymbols, SeriesBytes, SymbolId } from '../types.ts';
import type { RetryCall } from './retry-call.ts';

export interface FetchSymbolsOptions {
  readonly manySymbols: ManySymbols;
  readonly history: History;
  readonly call: RetryCall;
  /** Calls under way at once. */
  readonly concurrency: number;
  /** Told of what each call brought. */
  readonly onSeries: (series: ReadonlyMap<SymbolId, SeriesBytes>) => Promise<void> | void;
}

/**
 * Fetches many symbols a call. A symbol that spoils a call for its neighbours is left out of the next attempt where the
 * provider names it, and found by halving where it does not.
 *
 * Failure: that of `call`, once what was under way has ended; symbols that no call would take are left out.
 * Holds: the answers under way.
 */
export async function fetchSymbols(
  symbols: readonly SymbolId[],
  { manySymbols, history, call, concurrency, onSeries }: FetchSymbolsOptions,
): Promise<void> {
  const size = manySymbols.symbolsPerCall(history.bars);
  const waiting: (readonly SymbolId[])[] = [];
  for (let start = 0; start < symbols.length; start += size) waiting.push(symbols.slice(start, start + size));
  let failure: { readonly error: unknown } | undefined;

  const fetch = async (group: readonly SymbolId[]): Promise<void> => {
    try {
      await onSeries(await call((signal) => manySymbols.fetchMany(group, history, signal)));
    } catch (error) {
      if (!(error instanceof UnknownSymbolsError)) throw error;
      waiting.push(...withoutUnknown(group, error.badSymbols));
    }
  };
  const lane = async (): Promise<void> => {
    for (let group = waiting.pop(); group !== undefined && failure === undefined; group = waiting.pop()) {
      try {
        await fetch(group);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, waiting.length) }, lane));
  if (failure !== undefined) throw failure.error;
}

/** The groups to ask instead of one that was refused. */
function withoutUnknown(
  group: readonly SymbolId[],
  unknown: readonly SymbolId[],
): readonly (readonly SymbolId[])[] {
  const known = group.filter((symbol) => !unknown.includes(symbol));
  if (known.length < group.length) return known.length === 0 ? [] : [known];
  if (group.length === 1) return [];
  const half = group.length >> 1;
  return [group.slice(0, half), group.slice(half)];
}
