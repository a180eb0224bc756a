import { COLUMN } from '../../features.ts';
import type { Series } from '../../series.ts';

/** Closes are rounded apart from highs and lows: so much of a price is no contradiction. */
const ROUNDING = 1e-6;

/**
 * `bad_bars`: those that cannot be as they are: a price that is not above zero, a high below the low, a close beyond them. An open
 * beyond them is common in what vendors sell, and little depends on it.
 */
export function writeBadBars(
  { open, high, low, close }: Series,
  start: number,
  end: number,
  row: Float64Array,
  offset: number,
): void {
  let count = 0;
  for (let bar = start; bar < end; bar++) {
    const least = low[bar]! * (1 - ROUNDING);
    const most = high[bar]! * (1 + ROUNDING);
    const last = close[bar]!;
    if (!(least > 0 && open[bar]! > 0 && last >= least && last <= most)) count++;
  }
  row[offset + COLUMN.bad_bars] = count;
}
