import type { Entry } from '../../src/types.ts';

/** An entry as the universe reader makes it. */
export function entryOf(symbol: string, line = 1): Entry {
  return { symbol, text: symbol, line };
}
