import type { Series } from '../../series.ts';
import type { BarColumns } from '../../workers/indicators/indicator.ts';

/** The bars `start` … `end − 1` of a series, as views. */
export function columnsBetween(
  { open, high, low, close, volume }: Series,
  start: number,
  end: number,
): BarColumns {
  return {
    open: open.subarray(start, end),
    high: high.subarray(start, end),
    low: low.subarray(start, end),
    close: close.subarray(start, end),
    volume: volume.subarray(start, end),
  };
}
