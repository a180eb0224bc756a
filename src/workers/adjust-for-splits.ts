import { FLAG_SPLIT_ADJUSTED, layOutSeries, type Series } from '../series.ts';
import type { Session, SplitPairs } from '../types.ts';

/**
 * A series as traded, in the shares of a session: prices before a split divided by its ratio, volumes multiplied by it.
 * Splits that take effect after `asOf` have not happened yet. The series itself where no split changes it, or where it
 * came adjusted.
 *
 * Two shares for one halve the price of all that was traded before: no trade is gained or lost, so price times volume
 * stays. Dividends are left as they are. Holds: a copy of the series, where there is a split.
 */
export function adjustForSplits(series: Series, splits: SplitPairs, asOf: Session): Series {
  const { bars, session, flags } = series;
  if ((flags & FLAG_SPLIT_ADJUSTED) !== 0 || bars === 0) return series;
  let last = splits.length - 2;
  while (last >= 0 && splits[last]! > asOf) last -= 2;
  // A split on or before the first bar concerns none of them.
  if (last < 0 || splits[last]! <= session[0]!) return series;

  const { from, to } = series;
  const adjusted = layOutSeries({ bars, from, to, flags: flags | FLAG_SPLIT_ADJUSTED });
  adjusted.session.set(session);
  let ratio = 1;
  for (let bar = bars - 1; bar >= 0; bar--) {
    for (; last >= 0 && splits[last]! > session[bar]!; last -= 2) ratio *= splits[last + 1]!;
    adjusted.open[bar] = series.open[bar]! / ratio;
    adjusted.high[bar] = series.high[bar]! / ratio;
    adjusted.low[bar] = series.low[bar]! / ratio;
    adjusted.close[bar] = series.close[bar]! / ratio;
    adjusted.volume[bar] = series.volume[bar]! * ratio;
  }
  return adjusted;
}
