import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { afterAll, describe, expect } from 'vitest';
import type { BlockStore } from '../../src/cache/block-store.ts';
import { openDiskStore } from '../../src/cache/disk.ts';
import { createMemoryStore } from '../../src/cache/memory.ts';
import { noStore } from '../../src/cache/none.ts';
import { LostGroundError } from '../../src/errors.ts';
import { COLUMN } from '../../src/features.ts';
import { parseSession } from '../../src/session.ts';
import { FAULTS, type FaultKind } from '../../src/simulator/faults.ts';
import { createMarket } from '../../src/simulator/market.ts';
import { historyOf } from '../../src/streams/history-of.ts';
import type { ScanOptions } from '../../src/streams/scan-options.ts';
import type { Entry, Outcome, Summary } from '../../src/types.ts';
import { entriesOf, readUniverse } from '../../src/universe/read-universe.ts';
import { type CollectedScan, collectScan } from '../support/collect-scan.ts';
import { referenceRow } from '../support/reference-row.ts';
import { startSimulatedSource } from '../support/simulated-source.ts';
import { symbolLists } from '../support/symbol-lists.ts';

const asOf = parseSession('2018-07-17');
const market = createMarket({ symbols: 80, sessions: 120, end: asOf });
const tickers = Array.from(market.tickers(), ({ ticker }) => ticker);
/** Scans of one run, all at once: they mostly wait. */
const AT_ONCE = 10;
const TIMEOUT_MS = 40;
/** Where every answer is a `Retry-After`, only the deadline ends a scan. */
const LONGEST_SCAN_MS = 2000;
/** Bytes of the reader's longest line. */
const LONGEST_LINE = 2 ** 20;

const folder = mkdtempSync(join(tmpdir(), 'tapescan-conservation-'));
afterAll(() => rmSync(folder, { recursive: true }));
let folders = 0;

type Form = 'array' | 'async' | 'file' | 'pipe';
const STORES = {
  none: (): BlockStore => noStore,
  memory: (): BlockStore => createMemoryStore(),
  disk: (): BlockStore => openDiskStore({ dir: join(folder, String(folders++)) }),
};

const faults = fc
  .tuple(
    fc.constantFrom(0, 0.2, 0.5, 1),
    fc.uniqueArray(fc.constantFrom(...(Object.keys(FAULTS) as FaultKind[])), { maxLength: 12, size: 'max' }),
  )
  .map(([together, kinds]) => Object.fromEntries(kinds.map((kind) => [kind, together / kinds.length])));

const scenarios = fc.record({
  list: symbolLists(tickers, 80),
  form: fc.constantFrom<Form>('array', 'async', 'file', 'pipe'),
  /** Where a line longer than any is put. */
  longLineAt: fc.option(fc.nat({ max: 80 }), { freq: 4, nil: undefined }),
  faults,
  seed: fc.nat({ max: 1000 }),
  concurrency: fc.constantFrom(1, 3, 64),
  window: fc.constantFrom(1, 2, 17, 1000),
  workers: fc.constantFrom<(number | 'auto')[]>(0, 0, 0, 0, 0, 'auto', 1, 2),
  lookback: fc.constantFrom(1, 30, 100, 400),
  top: fc.constantFrom(undefined, 0, 3, 1000),
  attempts: fc.constantFrom(1, 2),
  store: fc.constantFrom<(keyof typeof STORES)[]>('none', 'memory', 'disk'),
  /** Scans the same list again, on what the first scan stored. */
  again: fc.boolean(),
});
type Scenario = typeof scenarios extends fc.Arbitrary<infer T> ? T : never;
/** Where few can be under way at once, waits add up: such lists are short. */
const scenario = scenarios.map(
  (each): Scenario => ({ ...each, list: each.list.slice(0, 8 * Math.min(each.window, each.concurrency)) }),
);

interface Ending {
  /** Interrupts after so many outcomes; 0 before the start. */
  readonly afterOutcomes?: number;
  readonly deadlineMs?: number;
}

function universeOf({ list, form, longLineAt }: Scenario) {
  const symbols = form === 'array' || form === 'async';
  if (form === 'array') return list;
  if (symbols) {
    return (async function* () {
      for (const [index, symbol] of list.entries()) {
        if (index % 7 === 3) await new Promise(setImmediate);
        yield symbol;
      }
    })();
  }
  const lines = longLineAt === undefined ? list : list.toSpliced(longLineAt, 0, 'A'.repeat(LONGEST_LINE + 1));
  return {
    isFile: form === 'file',
    stop() {},
    chunks: (async function* () {
      const bytes = Buffer.from(lines.join('\n'));
      const step = Math.max(40, bytes.length / 8);
      for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
    })(),
  };
}

/** What the list has in it, as the reader says it. */
async function entriesIn(scenario: Scenario): Promise<readonly Entry[]> {
  const universe = universeOf(scenario);
  const batches = 'chunks' in universe ? readUniverse(universe.chunks) : entriesOf(universe);
  const entries: Entry[] = [];
  for await (const batch of batches) entries.push(...batch);
  return entries;
}

async function check(scenario: Scenario, ending: Ending): Promise<void> {
  const { faults, seed, lookback, top, concurrency, window, workers, attempts } = scenario;
  const source = await startSimulatedSource(market, { faults, seed, slowMs: 2 * TIMEOUT_MS });
  const store = STORES[scenario.store]();
  try {
    for (let pass = 0; pass < (scenario.again ? 2 : 1); pass++) {
      const controller = new AbortController();
      const { afterOutcomes, deadlineMs = LONGEST_SCAN_MS } = ending;
      if (afterOutcomes === 0) controller.abort();
      const options: ScanOptions = {
        ...{ source, store, asOf, lookback, top, concurrency, window, workers, attempts },
        universe: universeOf(scenario),
        timeoutMs: TIMEOUT_MS,
        symbolTimeoutMs: 10 * TIMEOUT_MS,
        signal: controller.signal,
        deadlineMs,
      };
      const collected = await collectScan(options, (count) => {
        if (count === afterOutcomes) controller.abort();
      });
      expectConserved(collected, await entriesIn(scenario), scenario);
      await expectOwnRows(collected.outcomes, lookback);
    }
  } finally {
    await store.close();
    await source.close();
  }
}

/** Every entry that came in left exactly once, and the summary says the same. */
function expectConserved(
  { outcomes, ranking, error }: CollectedScan,
  entries: readonly Entry[],
  { form, top, list }: Scenario,
): void {
  const { summary, rows, length } = ranking!;
  // A list that has an end is accounted for to its end; of any other, what had been read when the scan stopped.
  const hasEnd = form === 'array' || form === 'file';
  if (hasEnd || summary.stopped === null) expect(outcomes).toHaveLength(entries.length);
  if (form === 'array') expect(outcomes).toHaveLength(list.length);
  expect(outcomes.map(({ entry }) => entry).sort(byPlace)).toEqual(
    entries.slice(0, outcomes.length).sort(byPlace),
  );

  expect(summary).toMatchObject({
    in: outcomes.length,
    conserved: true,
    outcomes: countsBy(outcomes, kindOf),
  });
  const counted = { filtered: summary.filtered, failed: summary.failed, skipped: summary.skipped };
  expect(counted).toEqual({
    filtered: countsBy(outcomes, (outcome) => (outcome.kind === 'filtered' ? outcome.rules[0] : undefined)),
    failed: countsBy(outcomes, (outcome) =>
      outcome.kind === 'failed' ? `${outcome.error.stage}:${outcome.error.code}` : undefined,
    ),
    skipped: countsBy(outcomes, (outcome) => (outcome.kind === 'skipped' ? outcome.reason : undefined)),
  });

  const ranked = outcomes.filter(({ kind }) => kind === 'ranked').map(({ entry }) => entry.symbol);
  const inRanking = Array.from(rows, ({ symbol }) => symbol);
  expect(inRanking).toHaveLength(Math.min(ranked.length, top ?? Number.POSITIVE_INFINITY));
  expect(ranked).toEqual(expect.arrayContaining(inRanking));
  expect([length, summary.ranked_written]).toEqual([inRanking.length, inRanking.length]);

  for (const outcome of outcomes) {
    if (outcome.kind !== 'skipped') continue;
    expect(outcome.reason).toBe(outcome.entry.defect ?? summary.stopped);
  }
  expectErrorOf(summary, outcomes, error);
}

/** The scan fails where the ground was lost on the way, and where at its end not one call had brought anything. */
function expectErrorOf(
  { stopped, cache }: Summary,
  outcomes: readonly Outcome[],
  error: CollectedScan['error'],
): void {
  if (error !== undefined) expect(error).toBeInstanceOf(LostGroundError);
  expect(error !== undefined).toBe(stopped === 'ground-lost');
  if (stopped !== null) return;
  const failures = outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.error.code] : []));
  const anyUsable = outcomes.some((outcome) => 'row' in outcome || isWithoutData(outcome));
  // A limited key is no refusal.
  const refusals = failures.filter((code) => code !== 'rate-limited');
  if (!anyUsable && cache.hits === 0) expect(refusals).toEqual([]);
}

const isWithoutData = (outcome: Outcome) => outcome.kind === 'filtered' && outcome.rules[0] === 'no-data';
const kindOf = ({ kind }: Outcome) => kind;
const byPlace = (a: Entry, b: Entry) => a.line - b.line || (a.text < b.text ? -1 : 1);

function countsBy(
  outcomes: readonly Outcome[],
  name: (outcome: Outcome) => string | undefined,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const key = name(outcome);
    if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Nobody got another's bars: each row is, bit for bit, the one computed from the market's own bars. */
async function expectOwnRows(outcomes: readonly Outcome[], lookback: number): Promise<void> {
  const history = historyOf(asOf, lookback);
  for (const outcome of outcomes) {
    const isScored = outcome.kind === 'ranked' || outcome.kind === 'stale' || outcome.kind === 'filtered';
    if (!isScored || outcome.entry.defect !== undefined) continue;
    const expected = await referenceRow(market, outcome.entry.symbol, history);
    const { row } = outcome;
    expect(row && [...row], outcome.entry.symbol).toEqual(expected && [...expected]);
    expect(isWithoutData(outcome)).toBe(expected === undefined);
    const isOld = expected !== undefined && expected[COLUMN.last_session]! < history.to;
    expect(outcome.kind === 'stale').toBe(isOld);
  }
}

const several = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.array(arbitrary, { minLength: AT_ONCE, maxLength: AT_ONCE });

describe('a scan', () => {
  test.prop([several(scenario)], { numRuns: 5 })(
    'lets every symbol out exactly once, with its own bars, whatever goes wrong',
    async (scenarios) => {
      await Promise.all(scenarios.map((each) => check(each, {})));
    },
    60_000,
  );

  test.prop([several(fc.tuple(scenario, fc.nat({ max: 100 })))], { numRuns: 4 })(
    'lets every symbol out exactly once where it is interrupted',
    async (scenarios) => {
      await Promise.all(scenarios.map(([each, afterOutcomes]) => check(each, { afterOutcomes })));
    },
    60_000,
  );

  test.prop([several(fc.tuple(scenario, fc.integer({ min: 0, max: 150 })))], { numRuns: 4 })(
    'lets every symbol out exactly once where its time is over',
    async (scenarios) => {
      await Promise.all(scenarios.map(([each, deadlineMs]) => check(each, { deadlineMs })));
    },
    60_000,
  );
});
