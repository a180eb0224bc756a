import { LostGroundError } from '../errors.ts';
import type { Stop } from '../state/stop.ts';
import type { Entry } from '../types.ts';
import { entriesOf, readUniverse } from '../universe/read-universe.ts';
import { until } from './until.ts';

/** What to scan: symbols, or the bytes of a list of symbols. */
export type Universe = Iterable<string> | AsyncIterable<string> | SymbolBytes;

/** Symbols as bytes of a list, in any of the forms that the command takes. */
export interface SymbolBytes {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** It has an end that is soon reached: a stopped scan still accounts for the rest of it. */
  readonly isFile: boolean;
  /** Makes a pending read end. */
  stop(): void;
}

/**
 * Entries until the scan is stopped; of a list that has an end, the rest too: it leaves as skipped. Input that cannot
 * be read any further stops the scan.
 */
export async function* entriesUntil(universe: Universe, stop: Stop): AsyncGenerator<readonly Entry[]> {
  const fromBytes = 'chunks' in universe;
  const entries = fromBytes ? readUniverse(universe.chunks) : entriesOf(universe);
  const hasEnd = fromBytes ? universe.isFile : Symbol.iterator in universe;
  if (fromBytes && !hasEnd) stop.onStop(() => universe.stop());
  try {
    yield* hasEnd ? entries : until(entries, stop);
  } catch (cause) {
    stop.stop('ground-lost', LostGroundError.from(cause, 'The list of symbols cannot be read any further'));
  }
}
