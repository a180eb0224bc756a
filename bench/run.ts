/**
 * The benchmarks: whole programs and stages, each beside what one would use instead. Writes `docs/benchmarks.md`. Linux.
 *
 *     npm run bench -- [--full | --quick] [--only NAME] [--out FILE] [--package FOLDER]
 *
 * Without options it takes a few minutes; `--full` takes all scenarios, up to a million symbols; `--quick` is a try of a few
 * scenarios with a twentieth of the symbols. `--only` (may be repeated) takes scenarios with that in their name; a part writes
 * no page unless `--out` says where. `--package` measures a package that is built already, in place of one built from the
 * sources.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Lab } from './lab.ts';
import { measureContest, type RoundLimits } from './measure-contest.ts';
import { pageOf, type Result, textOfResult } from './report.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { NotHereError, type Scenario, SUITES, type Suite } from './scenarios/scenario.ts';
import { sideResults } from './side-results.ts';

const PAGE = join(import.meta.dirname, '../docs/benchmarks.md');
const LIMITS: Readonly<Record<Suite, RoundLimits>> = {
  quick: { rounds: 1, least: 1, budgetMs: 5000, longestMs: 5000 },
  short: { rounds: 5, least: 3, budgetMs: 8000, longestMs: 60_000 },
  full: { rounds: 7, least: 5, budgetMs: 60_000, longestMs: 300_000 },
};
/** After which no further scenario starts. */
const SUITE_MS: Readonly<Record<Suite, number>> = { quick: 60_000, short: 600_000, full: 60 * 60_000 };

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    process.exitCode = name === 'SIGINT' ? 130 : 143;
    stop.abort(new Error(`Stopped by ${name}`));
  });
}

try {
  await run();
} catch (error) {
  process.exitCode ??= 1;
  console.error(`bench: ${(error as Error).message}`);
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      out: { type: 'string' },
      package: { type: 'string' },
    },
  });
  if (values.quick && values.full) throw new Error('Expected --quick or --full, not both');
  if (!existsSync('/proc/self/status'))
    throw new Error('Memory and CPU are read from /proc: run this on Linux');
  const suite = values.quick ? 'quick' : values.full ? 'full' : 'short';
  const chosen = choose(suite, values.only);
  const out = values.out ?? (suite === 'quick' || values.only ? undefined : PAGE);

  const started = performance.now();
  await using lab = new Lab({ suite, package: values.package, signal: stop.signal });
  await lab.build();
  const results: Result[] = [];
  if (suite === 'quick') console.log('A try: one round, and a twentieth of the symbols that are named.\n');
  for (const scenario of chosen) {
    const late = performance.now() - started > SUITE_MS[suite];
    const result = late ? leftOut(scenario, 'the time of this suite was up') : await measure(lab, scenario);
    results.push(result);
    console.log(textOfResult(result));
  }
  console.log(`${Math.round((performance.now() - started) / 1000)} s`);
  if (out === undefined) return;
  writeFileSync(out, pageOf(results, { suite, date: new Date().toISOString().slice(0, 10) }));
  console.log(`Written to ${out}`);
}

function choose(suite: Suite, only: readonly string[] | undefined): readonly Scenario[] {
  const names = SCENARIOS.map(({ name }) => name);
  const unknown = only?.filter((part) => !names.some((name) => name.includes(part))) ?? [];
  if (unknown.length > 0) {
    throw new Error(`--only ${unknown.join(', ')}: expected a part of ${names.join(', ')}`);
  }
  return SCENARIOS.filter(({ name, suite: least }) =>
    only === undefined
      ? SUITES.indexOf(least) <= SUITES.indexOf(suite)
      : only.some((part) => name.includes(part)),
  );
}

async function measure(lab: Lab, scenario: Scenario): Promise<Result> {
  await using closers = new AsyncDisposableStack();
  try {
    const contest = await scenario.prepare(lab, closers);
    const samples = await measureContest(scenario, contest, LIMITS[lab.suite]);
    const sides = sideResults(scenario, contest, samples, lab.suite !== 'quick');
    return { scenario, sides, detail: contest.detail?.() };
  } catch (error) {
    if (error instanceof NotHereError) return leftOut(scenario, error.message);
    throw new Error(`${scenario.name}: ${(error as Error).message}`, { cause: error });
  }
}

function leftOut(scenario: Scenario, missing: string): Result {
  return { scenario, sides: [], missing };
}
