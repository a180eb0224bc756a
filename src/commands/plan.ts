import type { Settings } from '../config.ts';
import { createLog } from '../log.ts';
import { describedBy } from '../operators/prescreen.ts';
import type { FetchPlan } from '../prefetch/plan-fetch.ts';
import { createPrefetch } from '../prefetch/prefetch.ts';
import type { Survey } from '../prefetch/survey.ts';
import { formatSession } from '../session.ts';
import { rate } from '../settings/kinds.ts';
import { Closers } from '../streams/closers.ts';
import { historyOf } from '../streams/history-of.ts';
import { secondsUnder } from '../streams/seconds-under.ts';
import type { SymbolId } from '../types.ts';
import { readUniverse } from '../universe/read-universe.ts';
import { checkSettings } from './check-settings.ts';
import { writeAnswer } from './explain/write-answer.ts';
import { openScan } from './open-scan.ts';

/**
 * `tapescan scan --plan`: reads the list and prints what a scan of it would fetch, without a call.
 *
 * Resolves with the exit code. Failure: as of `scan`. Holds: the symbols of the list.
 */
export async function planCommand(settings: Settings): Promise<number> {
  await checkSettings(settings);
  const closers = new Closers();
  try {
    const { options, input } = await openScan(settings, createLog(settings.logLevel), closers);
    const { source, store, limiter, asOf, prescreen, listings, concurrency = 64 } = options;
    const symbols: SymbolId[] = [];
    let entries = 0;
    for await (const batch of readUniverse(input.chunks)) {
      entries += batch.length;
      for (const entry of batch) {
        if (entry.defect !== undefined) continue;
        if (prescreen(entry, describedBy(listings, entry).listing).length === 0) symbols.push(entry.symbol);
      }
    }
    const history = historyOf(asOf, settings.lookback, settings.slack);
    const prefetch = createPrefetch({
      source: settings.noBatch ? { dataset: source.dataset } : source,
      store,
      history,
      concurrency,
      noDataSessions: settings.noDataSessions,
      secondsFor: secondsUnder(limiter),
      call: () => Promise.reject(new Error('A plan calls nobody')),
    });
    const { plan, survey } = await prefetch.plan(symbols);
    await writeAnswer(planText({ entries, symbols: symbols.length, asOf, plan, survey, settings }));
    return 0;
  } finally {
    await closers.close();
  }
}

interface PlanFacts {
  readonly entries: number;
  readonly symbols: number;
  readonly asOf: number;
  readonly plan: FetchPlan;
  readonly survey: Survey;
  readonly settings: Settings;
}

const WAYS = { many: 'many a call', alone: 'one by one', days: 'by whole sessions' } as const;

function* planText({ entries, symbols, asOf, plan, survey, settings }: PlanFacts): Generator<string> {
  const { answered, absent, behind, demand } = survey;
  const { days, calls, bytes, seconds } = plan;
  yield `${entries} in the list, ${symbols} to be scanned as of ${formatSession(asOf)}, ${demand.sessions.length} sessions each\n`;
  yield `kept      ${answered.size} whole, ${behind.length} but for the last sessions, ${absent.length} not at all\n`;
  const parts = [
    ...(days.length > 0
      ? [
          `${days.length} sessions of the whole market (${formatSession(days[0]!)} to ${formatSession(days.at(-1)!)})`,
        ]
      : []),
    ...(absent.length > 0 ? [`${absent.length} symbols ${WAYS[plan.absent]}`] : []),
    ...(behind.length > 0 ? [`the last sessions of ${behind.length} symbols ${WAYS[plan.behind]}`] : []),
  ];
  yield `to fetch  ${parts.length === 0 ? 'nothing' : parts.join('; ')}\n`;
  yield `calls     ${calls}, and some for splits where the last ones are not known\n`;
  yield `bytes     about ${(bytes / 1e6).toFixed(1)} MB\n`;
  const limit = settings.rate === undefined ? 'at 100 calls a second' : `at ${rate.format(settings.rate)}`;
  yield `time      about ${durationText(seconds)} ${limit}\n`;
}

/** A time for people. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${seconds.toFixed(1)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
