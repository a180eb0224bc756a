import type { Summary } from '../types.ts';

/** A scan's summary in three lines for people. */
export function summaryText(summary: Summary): string {
  const { outcomes, cache, seconds, calls, retries, bytes, peak_rss_mb } = summary;
  const count = (value: number) => value.toLocaleString('en-US');
  const why = (counts: Readonly<Record<string, number>>) => {
    const reasons = Object.entries(counts).map(([name, times]) => `${name} ${count(times)}`);
    return reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
  };
  const hitRate = cache.hit_rate === null ? 'no cache' : `cache ${Math.round(cache.hit_rate * 100)} %`;
  return [
    `${count(summary.in)} in: ${count(outcomes.ranked)} ranked, ` +
      `${count(outcomes.filtered)} filtered${why(summary.filtered)}, ${count(outcomes.stale)} stale, ` +
      `${count(outcomes.failed)} failed${why(summary.failed)}, ` +
      `${count(outcomes.skipped)} skipped${why(summary.skipped)}`,
    `as of ${summary.as_of} · ${seconds.total!.toFixed(2)} s · ${count(calls)} calls (${count(retries)} repeated) · ` +
      `${(bytes / 1e6).toFixed(1)} MB · ${hitRate} · peak memory ${count(peak_rss_mb)} MB`,
    ...(summary.stopped === null ? [] : [`stopped early: ${summary.stopped}`]),
    '',
  ].join('\n');
}
