import { sealBlock } from '../block.ts';
import { stampSessions } from '../series.ts';
import type { StoreEntry } from '../types.ts';

/** Makes blocks ready to leave the process: a series says which sessions it has, and each is sealed for its key. */
export function seal(entries: readonly StoreEntry[]): void {
  for (const { key, series } of entries) {
    stampSessions(series);
    sealBlock(series, key);
  }
}
