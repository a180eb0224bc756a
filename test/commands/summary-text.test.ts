import { expect, it } from 'vitest';
import { summaryText } from '../../src/commands/summary-text.ts';
import { Market } from '../../src/state/market.ts';
import type { Summary } from '../../src/types.ts';

const summary: Summary = {
  type: 'summary',
  scan: 's',
  version: '1.0.0',
  as_of: '2026-11-19',
  forming: null,
  source: 'polygon',
  started: '2026-11-20T00:00:00.000Z',
  ended: '2026-11-20T00:00:12.345Z',
  stopped: null,
  in: 6000,
  outcomes: { ranked: 4000, filtered: 1500, failed: 12, stale: 8, skipped: 480 },
  filtered: { 'low-price': 1499, malformed: 1 },
  failed: { 'fetch:timed-out': 12 },
  skipped: { duplicate: 480 },
  conserved: true,
  market: new Market().describe(),
  ranked_written: 4000,
  calls: 6100,
  corrected: 0,
  retries: 100,
  bytes: 135_780_000,
  cache: { hits: 1, misses: 3, prefetched: 0, hit_rate: 0.25 },
  seconds: { total: 12.345, fetch: 12 },
  symbols_per_second: 486,
  peak_rss_mb: 1234,
};

it('says in two lines what came of the symbols, and what it took', () => {
  expect(summaryText(summary)).toBe(
    '6,000 in: 4,000 ranked, 1,500 filtered (low-price 1,499, malformed 1), 8 stale, ' +
      '12 failed (fetch:timed-out 12), 480 skipped (duplicate 480)\n' +
      'as of 2026-11-19 · 12.35 s · 6,100 calls (100 repeated) · 135.8 MB · cache 25 % · peak memory 1,234 MB\n',
  );
});

it('says in a third why a scan was stopped, and gives no reasons where there are none', () => {
  const stopped = summaryText({
    ...summary,
    stopped: 'deadline',
    filtered: {},
    failed: {},
    skipped: {},
    cache: { hits: 0, misses: 0, prefetched: 0, hit_rate: null },
  });
  expect(stopped).not.toContain('(low');
  expect(stopped).toContain('· no cache ·');
  expect(stopped.split('\n').slice(2)).toEqual(['stopped early: deadline', '']);
});
