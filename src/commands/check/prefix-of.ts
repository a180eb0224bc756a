import { layOutSeries, type Series } from '../../series.ts';

/** The first `bars` bars of a series, as it would be had it been fetched after the last of them. Holds: a copy. */
export function prefixOf(series: Series, bars: number): Series {
  const prefix = layOutSeries({
    bars,
    from: series.from,
    to: series.session[bars - 1] ?? series.from,
    flags: series.flags,
  });
  for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
    prefix[name].set(series[name].subarray(0, bars));
  }
  prefix.session.set(series.session.subarray(0, bars));
  return prefix;
}
