import type { ScoreJob } from '../types.ts';
import type { Details } from './tracer.ts';

/** What a batch of jobs is: how many, how many bytes of bodies and of series, and which symbols. */
export function batchDetails(jobs: readonly ScoreJob[]): Details {
  let bodyBytes = 0;
  let seriesBytes = 0;
  for (const job of jobs) {
    if ('series' in job) seriesBytes += job.series.byteLength;
    else for (const page of job.payload.pages) bodyBytes += page.byteLength;
  }
  return {
    jobs: jobs.length,
    body_bytes: bodyBytes,
    series_bytes: seriesBytes,
    symbols: jobs.map(({ symbol }) => symbol).join(' '),
  };
}
