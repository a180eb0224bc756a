/** Synthetic rankings: the same for the same arguments, with the awkward values among them. */

import { FACTOR_NAMES, FACTORS } from '../../src/cross-section/factors.ts';
import { COLUMN, describeFeatures, describeRow, FEATURES, ROW_WIDTH } from '../../src/features.ts';
import { describeListing } from '../../src/listing.ts';
import { planTrade } from '../../src/plan/trade-plan.ts';
import { Market } from '../../src/state/market.ts';
import type { FeatureRow, RankedRow, Ranking, Summary } from '../../src/types.ts';

const TICKERS = ['AAPL', 'BRK.B', 'ABRpD', 'A', 'NULL', 'TRUE', 'NaN', 'ACIC-WS', 'GOOGL', 'ZVZZT'];

/** A row as the scoring stage makes it; every seventh has features that are not available, every tenth no risk. */
export function createFeatureRow(index: number): FeatureRow {
  const row = new Float64Array(ROW_WIDTH);
  FEATURES.forEach((_, feature) => {
    row[feature] = index % 7 === 3 && feature % 3 === 1 ? Number.NaN : (index + 1) / (feature + 3);
  });
  const rating = 27 - (index % 54);
  Object.entries({
    bars: 200 + (index % 60),
    dollar_vol_20: index % 9 === 5 ? Number.NaN : 142_500_000 / (index + 1),
    last_session: 19_000 + (index % 5),
    close: 226.05 / ((index % 400) + 1),
    trend: Math.sign(rating) * 3,
    momentum: Math.sign(rating) * 2,
    volume: index % 4,
    volatility: 0 - (index % 3),
    oscillator: 1,
    breakout: 0,
    raw: rating,
    risk: index % 10 === 9 ? Number.NaN : 1 / ((index % 8) + 1),
    rating: index % 10 === 9 ? Number.NaN : rating * 0.93,
  } satisfies Partial<Record<keyof typeof COLUMN, number>>).forEach(([name, value]) => {
    row[COLUMN[name as keyof typeof COLUMN]] = value;
  });
  return row;
}

/** First the tickers that formats like to break, then made-up ones. */
export function tickerAt(index: number): string {
  return index < TICKERS.length ? TICKERS[index]! : `T${index.toString(36).toUpperCase()}`;
}

/** A ranking of `count` rows, which are made anew at each iteration and not held. */
export function createRanking(count: number, { scan = 'scan-1' }: { scan?: string } = {}): Ranking {
  return {
    length: count,
    summary: createSummary(count, scan),
    rows: {
      *[Symbol.iterator]() {
        for (let index = 0; index < count; index++) yield createRankedRow(index, scan);
      },
    },
  };
}

/** The ranking of a scan that was interrupted before it had finished anything. */
export function createUnfinishedRanking(): Ranking {
  const ranking = createRanking(0, { scan: 'unfinished' });
  return { ...ranking, summary: { ...ranking.summary, stopped: 'interrupted' } };
}

function createRankedRow(index: number, scan: string): RankedRow {
  const row = createFeatureRow(index);
  return {
    type: 'ranked',
    scan,
    rank: index + 1,
    symbol: tickerAt(index),
    ...describeRow(row),
    composite: 100 / ((index % 50) + 1),
    composite_signal: index % 3 === 0 ? 'Long' : 'Avoid',
    coverage: index % 4 === 0 ? 0.7 : 1,
    factors: Object.fromEntries(
      FACTOR_NAMES.map((name, factor) => [name, (index + factor) % 6 === 0 ? null : index % 101]),
    ),
    contributions: Object.fromEntries(
      FACTOR_NAMES.map((name) => [name, FACTORS[name].weight * (index % 101)]),
    ),
    plan: index % 5 === 0 ? (planTrade(row, 'long', { account: 10_000, riskPercent: 1 }) ?? null) : null,
    listing: index % 3 === 0 ? describeListing({ name: `Name, ${index}`, marketCap: 1e9 }) : null,
    features: describeFeatures(row),
  };
}

function createSummary(ranked: number, scan: string): Summary {
  const outcomes = { ranked, filtered: 1200, failed: 12, stale: 3, skipped: 1 };
  return {
    type: 'summary',
    scan,
    version: '0.1.0',
    as_of: '2024-05-03',
    forming: null,
    source: 'synthetic',
    started: '2024-05-04T01:00:00.000Z',
    ended: '2024-05-04T01:00:09.500Z',
    stopped: null,
    in: ranked + 1216,
    outcomes,
    filtered: { 'min-price': 1200 },
    failed: { 'fetch:timed-out': 12 },
    skipped: { duplicate: 1 },
    conserved: true,
    market: new Market().describe(),
    ranked_written: ranked,
    calls: 15,
    corrected: 0,
    retries: 2,
    bytes: 123_456,
    cache: { hits: 0, misses: 0, prefetched: 0, hit_rate: null },
    seconds: { total: 9.5 },
    symbols_per_second: 128,
    peak_rss_mb: 96.5,
  };
}
