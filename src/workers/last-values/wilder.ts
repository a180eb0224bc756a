import { COLUMN } from '../../features.ts';
import type { Series } from '../../series.ts';
import { trueRange } from '../indicators/atr.ts';
import { FLAT } from '../indicators/rsi.ts';

/**
 * What Wilder (1978) averages: `rsi_14`, `rsi_14_prev`, `atr_14`, `atr_pct_14`, `adx_14`, `plus_di` and `minus_di`, in one
 * pass.
 *
 * Seeded as TA-Lib: the averages with the means of 14 bars; the sums of the directional system over 13, then `sum += x −
 * sum / 14`; the first ADX is the mean of 14 DX, at bar 27. A DX without movement leaves the ADX where it is.
 *
 * Returns ATR(10), half the half-width of a Keltner channel; NaN within 10 bars.
 */
export function writeWilder(
  { high, low, close }: Series,
  start: number,
  end: number,
  row: Float64Array,
  offset: number,
): number {
  const bars = end - start;
  const share = 1 / 14;
  // Gains, losses and movements are twice their size, `x + |x|`, and a comparison is a factor: branches would fall like
  // coins. A factor of two is exact all the way.
  let gains = 0;
  let losses = 0;
  let atr = 0;
  let atr10 = 0;
  let plus = 0;
  let minus = 0;
  let rangeSum = 0;
  let adx = 0;
  let previous = Number.NaN;
  let last = close[start]!;
  let top = high[start]!;
  let bottom = low[start]!;
  let bar = start + 1;
  for (const stop = Math.min(start + 28, end); bar < stop; bar++) {
    const seen = bar - start;
    if (bar === end - 1) previous = relativeStrength(gains, losses);
    const value = close[bar]!;
    const change = value - last;
    const size = Math.abs(change);
    const rise = high[bar]! - top;
    const fall = bottom - low[bar]!;
    top = high[bar]!;
    bottom = low[bar]!;
    const span = trueRange(top, bottom, last);
    last = value;
    if (seen > 14) {
      gains += share * (size + change - gains);
      losses += share * (size - change - losses);
      atr += share * (span - atr);
    } else {
      gains += size + change;
      losses += size - change;
      atr += span;
      // The means that the averages go on from.
      if (seen === 10) atr10 = atr / 10;
      if (seen === 14) {
        gains /= 14;
        losses /= 14;
        atr /= 14;
      }
    }
    if (seen > 10) atr10 += (1 / 10) * (span - atr10);
    const decay = seen < 14 ? 0 : share;
    plus += (rise + Math.abs(rise)) * Number(rise > fall) - decay * plus;
    minus += (fall + Math.abs(fall)) * Number(fall > rise) - decay * minus;
    rangeSum += span - decay * rangeSum;
    const moved = plus + minus;
    if (seen >= 14 && rangeSum >= FLAT && 50 * moved >= FLAT * rangeSum) {
      adx += 100 * (Math.abs(plus - minus) / moved);
    }
  }
  adx /= 14;
  for (; bar < end; bar++) {
    if (bar === end - 1) previous = relativeStrength(gains, losses);
    const value = close[bar]!;
    const change = value - last;
    const size = Math.abs(change);
    const rise = high[bar]! - top;
    const fall = bottom - low[bar]!;
    top = high[bar]!;
    bottom = low[bar]!;
    const span = trueRange(top, bottom, last);
    last = value;
    gains += share * (size + change - gains);
    losses += share * (size - change - losses);
    atr += share * (span - atr);
    atr10 += (1 / 10) * (span - atr10);
    plus += (rise + Math.abs(rise)) * Number(rise > fall) - share * plus;
    minus += (fall + Math.abs(fall)) * Number(fall > rise) - share * minus;
    rangeSum += span - share * rangeSum;
    const moved = plus + minus;
    if (rangeSum >= FLAT && 50 * moved >= FLAT * rangeSum) {
      adx += share * (100 * (Math.abs(plus - minus) / moved) - adx);
    }
  }
  row[offset + COLUMN.rsi_14] = bars > 14 ? relativeStrength(gains, losses) : Number.NaN;
  row[offset + COLUMN.rsi_14_prev] = bars > 15 ? previous : Number.NaN;
  row[offset + COLUMN.atr_14] = bars > 14 ? atr : Number.NaN;
  row[offset + COLUMN.atr_pct_14] = bars > 14 ? atr / last : Number.NaN;
  row[offset + COLUMN.adx_14] = bars > 27 ? adx : Number.NaN;
  row[offset + COLUMN.plus_di] = bars > 14 ? (rangeSum < FLAT ? 0 : 50 * (plus / rangeSum)) : Number.NaN;
  row[offset + COLUMN.minus_di] = bars > 14 ? (rangeSum < FLAT ? 0 : 50 * (minus / rangeSum)) : Number.NaN;
  return bars > 10 ? atr10 : Number.NaN;
}

/** The index of averages that are twice their size. */
function relativeStrength(gains: number, losses: number): number {
  const sum = gains + losses;
  return sum < 2 * FLAT ? 0 : 100 * (gains / sum);
}
