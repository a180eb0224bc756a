import { noStore } from '../cache/none.ts';
import { lastCompletedSession } from '../calendar/nyse.ts';
import { ConfigError } from '../errors.ts';
import { RateLimiter } from '../state/rate-limit.ts';
import { CLASSIC_WEIGHTS } from '../workers/classic.ts';
import { RowMemory } from '../workers/row-memory.ts';
import { historyOf } from './history-of.ts';
import { newScanId } from './new-scan-id.ts';
import type { ScanOptions } from './scan-options.ts';

/** What one scan is made from: nothing is left open but what may be absent. */
export type FilledScanOptions = ReturnType<typeof fillScanOptions>;

const DEFAULT_WINDOW = 2048;
/** Bytes that the bodies inside may take by their own size limit, with the default window. */
const WINDOW_BYTES = 256 * 2 ** 20;
/** Bodies of the size limit are far above what comes: 80 to 110 bytes a bar. */
const BYTES_PER_BAR = 256;

/**
 * The options of one scan with their defaults in place; the sessions that it looks at as a `history`.
 *
 * Failure: `ConfigError` with every count that a scan cannot run on.
 */
export function fillScanOptions({
  store = noStore,
  onBeside = () => {},
  asOf = lastCompletedSession(Date.now()),
  id = newScanId(asOf),
  lookback = 260,
  slack = 0,
  noDataSessions = 5,
  batch = true,
  limiter = new RateLimiter(),
  retryShare = 0.2,
  rankBy = 'classic',
  concurrency = 64,
  window = defaultWindow(lookback),
  workers = 'auto',
  timeoutMs = 10_000,
  symbolTimeoutMs = 60_000,
  attempts = 5,
  deadlineMs = 1_800_000,
  rows = new RowMemory(),
  weights,
  prescreen = () => [],
  bounds = {},
  screens = [],
  ...others
}: ScanOptions) {
  validate({ lookback, concurrency, window, attempts });
  return {
    ...others,
    store,
    onBeside,
    id,
    history: historyOf(asOf, lookback, slack),
    lookback,
    slack,
    noDataSessions,
    batch,
    limiter,
    retryShare,
    rankBy,
    concurrency,
    window,
    workers,
    timeoutMs,
    symbolTimeoutMs,
    attempts,
    deadlineMs,
    rows,
    weights: { ...CLASSIC_WEIGHTS, ...weights },
    prescreen,
    bounds,
    screens,
  };
}

/** What would never end, or divide by nothing. Failure: `ConfigError` with every problem. */
function validate(counts: Readonly<Record<string, number>>): void {
  const problems = Object.entries(counts)
    .filter(([, count]) => !Number.isInteger(count) || count < 1)
    .map(([name, count]) => `Expected \`${name}\` to be an integer from 1, got \`${count}\``);
  if (problems.length > 0) throw new ConfigError(problems);
}

function defaultWindow(lookback: number): number {
  return Math.max(64, Math.min(DEFAULT_WINDOW, Math.floor(WINDOW_BYTES / (lookback * BYTES_PER_BAR))));
}
