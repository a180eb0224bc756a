/**
 * The features of one series at its last bar: the columns `FEATURES`, `last_session` and `close` of a row.
 *
 * Written for the case of a scan, last values only: a recursion keeps its state in locals and has its seeding in a loop
 * of its own, a window looks only at the bars of the last value, and nothing is allocated. One pass a family, each a
 * file of `last-values`. Equal to the indicators' definitions bit for bit (a property test compares them).
 */
import { COLUMN } from '../features.ts';
import type { Series } from '../series.ts';
import { writeAverages } from './last-values/averages.ts';
import { writeBadBars } from './last-values/bad-bars.ts';
import { writeBands } from './last-values/bands.ts';
import { writeExtremes } from './last-values/extremes.ts';
import { writeMacd } from './last-values/macd.ts';
import { writeOscillators } from './last-values/oscillators.ts';
import { writeReturns } from './last-values/returns.ts';
import { writeSlope } from './last-values/slope.ts';
import { writeTrading } from './last-values/trading.ts';
import { writeWilder } from './last-values/wilder.ts';

/**
 * Writes the features of the bars `start` … `end − 1` (one at least, all finite) to `row` at `offset`.
 *
 * What has too few bars behind it is NaN; only `dollar_vol_40` is of fewer where there are fewer.
 */
export function writeLastValues(
  series: Series,
  start: number,
  end: number,
  row: Float64Array,
  offset: number,
): void {
  row[offset + COLUMN.bars] = end - start;
  row[offset + COLUMN.last_session] = series.session[end - 1]!;
  row[offset + COLUMN.close] = series.close[end - 1]!;
  writeBadBars(series, start, end, row, offset);
  writeReturns(series, start, end, row, offset);
  const atr10 = writeWilder(series, start, end, row, offset);
  const ema20 = writeMacd(series, start, end, row, offset);
  writeBands(series, start, end, ema20, atr10, row, offset);
  writeAverages(series, start, end, row, offset);
  writeOscillators(series, start, end, row, offset);
  writeExtremes(series, start, end, row, offset);
  writeSlope(series, start, end, row, offset);
  writeTrading(series, start, end, row, offset);
}
