import { COLUMN } from '../../features.ts';
import type { Series } from '../../series.ts';
import { largerJump, largerSpike } from './jumps.ts';

/**
 * Exponential averages of the closes: `macd`, `macd_signal`, `macd_hist` (12, 26, 9). Equal to `MacdState`. And, in the time
 * that an average waits for its last sum, the largest jump and spike of all closes: `max_jump`, `max_spike`.
 *
 * Returns EMA(20), the middle of a Keltner channel; NaN with fewer than 20 bars.
 */
export function writeMacd(
  { close }: Series,
  start: number,
  end: number,
  row: Float64Array,
  offset: number,
): number {
  let fast = 0;
  let slow = 0;
  let bar = start;
  for (const stop = Math.min(start + 14, end); bar < stop; bar++) slow += close[bar]!;
  for (const stop = Math.min(start + 20, end); bar < stop; bar++) {
    slow += close[bar]!;
    fast += close[bar]!;
  }
  let middle = slow / 20;
  for (const stop = Math.min(start + 26, end); bar < stop; bar++) {
    const value = close[bar]!;
    slow += value;
    fast += value;
    middle += (2 / 21) * (value - middle);
  }
  fast /= 12;
  slow /= 26;
  let signal = fast - slow;
  for (const stop = Math.min(start + 34, end); bar < stop; bar++) {
    const value = close[bar]!;
    fast += (2 / 13) * (value - fast);
    slow += (2 / 27) * (value - slow);
    signal += fast - slow;
    middle += (2 / 21) * (value - middle);
  }
  signal /= 9;
  let jump = 1;
  let spike = 1;
  // The first close is its own neighbour: it stands out by nothing.
  let last = Math.max(close[start]!, 0);
  let before = last;
  for (let seeded = start + 1; seeded < bar; seeded++) {
    const next = Math.max(close[seeded]!, 0);
    jump = largerJump(jump, last, next);
    spike = largerSpike(spike, before, last, next);
    before = last;
    last = next;
  }
  for (; bar < end; bar++) {
    const value = close[bar]!;
    const next = Math.max(value, 0);
    jump = largerJump(jump, last, next);
    spike = largerSpike(spike, before, last, next);
    before = last;
    last = next;
    fast += (2 / 13) * (value - fast);
    slow += (2 / 27) * (value - slow);
    signal += (2 / 10) * (fast - slow - signal);
    middle += (2 / 21) * (value - middle);
  }
  const bars = end - start;
  row[offset + COLUMN.macd] = bars > 33 ? fast - slow : Number.NaN;
  row[offset + COLUMN.macd_signal] = bars > 33 ? signal : Number.NaN;
  row[offset + COLUMN.macd_hist] = bars > 33 ? fast - slow - signal : Number.NaN;
  row[offset + COLUMN.max_jump] = bars < 2 ? Number.NaN : jump;
  row[offset + COLUMN.max_spike] = bars < 3 ? Number.NaN : spike;
  return bars < 20 ? Number.NaN : middle;
}
