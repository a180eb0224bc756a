import { openCache } from '../cache/open-cache.ts';
import { lastCompletedSession } from '../calendar/nyse.ts';
import type { Settings } from '../config.ts';
import type { Logger } from '../log.ts';
import { openSource } from '../sources/index.ts';
import { openStdin } from '../sources/stdin.ts';
import { openSymbolFile } from '../sources/symbol-file.ts';
import type { SymbolInput } from '../sources/symbol-input.ts';
import type { Closers } from '../streams/closers.ts';
import type { ScanOptions } from '../streams/run-scan.ts';
import type { Session } from '../types.ts';
import { asOfSession } from './as-of-session.ts';
import { type CountedInput, countLines } from './count-lines.ts';
import { createLimiter } from './create-limiter.ts';
import { createRules } from './create-rules.ts';

/** What a scan reads from, opened. */
export interface OpenedScan {
  readonly asOf: Session;
  readonly input: SymbolInput;
  /** How many lines the list has, as far as it is known. */
  readonly lines: CountedInput['lines'];
  /** Of the scan: everything but what it writes. */
  readonly options: ScanOptions & Required<Pick<ScanOptions, 'limiter' | 'store' | 'asOf' | 'prescreen'>>;
}

/**
 * Opens what a scan reads from (the list, listings, the cache, the source) and makes its rules and limits.
 *
 * What is opened is closed by `closers`. Failure: `ConfigError`, with what was opened in `closers`.
 */
export async function openScan(settings: Settings, log: Logger, closers: Closers): Promise<OpenedScan> {
  const asOf = asOfSession(settings);
  const rules = await createRules(settings);
  const { input, lines } = countLines(openUniverse(settings));
  closers.add(() => input.stop());
  const store = openCache(
    settings,
    (error, doing) => log.warn({ err: error }, `The cache cannot ${doing}: the scan goes on without`),
    { suffices: ({ to }) => to >= asOf },
  );
  closers.add(() => store.close());
  const { limiter, requests, close } = await createLimiter(settings, (reason) =>
    log.warn({ reason }, 'The shared rate limit is away: a part of it holds for this process'),
  );
  closers.add(close);
  const source = await openSource(settings, lastCompletedSession(Date.now()), requests);
  closers.add(() => source.close());
  return {
    asOf,
    input,
    lines,
    options: {
      universe: input,
      source,
      store,
      limiter,
      asOf,
      ...rules,
      lookback: settings.lookback,
      slack: settings.slack,
      noDataSessions: settings.noDataSessions,
      batch: !settings.noBatch,
      top: settings.top,
      rankBy: settings.rankBy,
      concurrency: settings.concurrency,
      window: settings.window,
      workers: settings.workers,
      timeoutMs: settings.timeout,
      symbolTimeoutMs: settings.symbolTimeout,
      attempts: settings.attempts,
      retryShare: settings.retryShare,
      deadlineMs: settings.deadline,
      plan: settings,
      weights: Object.fromEntries(settings.weight),
      log,
    },
  };
}

function openUniverse({ universe }: Settings): SymbolInput {
  const input = universe === '-' ? openStdin() : openSymbolFile(universe);
  if (input.isTerminal) {
    process.stderr.write('Reading symbols from the terminal, one or several a line; Ctrl-D ends the list.\n');
  }
  return input;
}
