import { openCache } from '../cache/open-cache.ts';
import { lastCompletedSession, sessionUnderWay } from '../calendar/nyse.ts';
import type { Settings } from '../config.ts';
import type { Logger } from '../log.ts';
import { createRetryCall } from '../prefetch/retry-call.ts';
import { openSource } from '../sources/index.ts';
import { openStdin } from '../sources/stdin.ts';
import { openSymbolFile } from '../sources/symbol-file.ts';
import type { SymbolInput } from '../sources/symbol-input.ts';
import { Stop } from '../state/stop.ts';
import type { Closers } from '../streams/closers.ts';
import type { ScanOptions } from '../streams/scan-options.ts';
import type { Session } from '../types.ts';
import { RowMemory } from '../workers/row-memory.ts';
import { asOfSession } from './as-of-session.ts';
import { type CountedInput, countLines } from './count-lines.ts';
import { createLimiter } from './create-limiter.ts';
import { createRules } from './create-rules.ts';
import { directoryInput, US_STOCKS } from './directory-input.ts';

/** What scans run on: opened once, for one of them or for many. */
export interface Engine {
  /** Of every scan: all but its list, its session and what it writes. */
  readonly options: Omit<ScanOptions, 'universe' | 'asOf'> &
    Required<Pick<ScanOptions, 'limiter' | 'store' | 'prescreen'>>;
  /** The list that is named: a file, standard input (`-`), or what the provider lists. */
  openList(name: string, asOf: Session | undefined): SymbolInput;
}

/** What a scan reads from, opened. */
export interface OpenedScan {
  readonly asOf: Session;
  readonly input: SymbolInput;
  /** How many lines the list has, as far as it is known. */
  readonly lines: CountedInput['lines'];
  /** Of the scan: everything but what it writes. */
  readonly options: Engine['options'] & Required<Pick<ScanOptions, 'universe' | 'asOf'>>;
}

/**
 * Opens what a scan reads from (the list, listings, the cache, the source) and makes its rules and limits.
 *
 * What is opened is closed by `closers`. Failure: `ConfigError`, with what was opened in `closers`.
 */
export async function openScan(settings: Settings, log: Logger, closers: Closers): Promise<OpenedScan> {
  const asOf = asOfSession(settings);
  // A file that cannot be read is said before anything is opened; a provider's list comes from its source.
  const file = settings.universe === US_STOCKS ? undefined : openFile(settings.universe);
  closers.add(() => file?.stop());
  const engine = await openEngine(settings, log, closers);
  const { input, lines } = countLines(file ?? engine.openList(settings.universe, settings.asOf));
  const forming = formingSession(settings, log);
  return { asOf, input, lines, options: { ...engine.options, universe: input, asOf, forming } };
}

export interface EngineOptions {
  /** Whether the process scans many times: then series stay in memory between scans. @default false */
  readonly isResident?: boolean;
}

/** Opens what scans run on: rules, cache, limits and the source. Closed and failing as `openScan`. */
export async function openEngine(
  settings: Settings,
  log: Logger,
  closers: Closers,
  { isResident = false }: EngineOptions = {},
): Promise<Engine> {
  const rules = await createRules(settings);
  const store = openCache(
    settings,
    (error, doing) => log.warn({ err: error }, `The cache cannot ${doing}: the scan goes on without`),
    {
      suffices: reachesAsOf(settings),
      memoryBytes: isResident ? settings.cacheMemory : 0,
    },
  );
  closers.add(() => store.close());
  const { limiter, requests, close } = await createLimiter(settings, (reason) =>
    log.warn({ reason }, 'The shared rate limit is away: a part of it holds for this process'),
  );
  closers.add(close);
  const source = await openSource(settings, lastCompletedSession(Date.now()), requests);
  closers.add(() => source.close());
  const stop = new Stop();
  closers.add(() => stop.stop('interrupted'));
  const { attempts, timeout: timeoutMs } = settings;
  const call = createRetryCall({ attempts, timeoutMs, stop });
  return {
    openList: (name, asOf) => (name === US_STOCKS ? directoryInput(source, { asOf, call }) : openFile(name)),
    options: {
      source,
      store,
      rows: new RowMemory(),
      limiter,
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

/** Asks the calendar once a second: it is asked for each entry. */
function reachesAsOf(settings: Settings): (header: { readonly to: Session }) => boolean {
  let asOf = asOfSession(settings);
  let asked = Date.now();
  return ({ to }) => {
    const now = Date.now();
    if (now - asked >= 1000) {
      asOf = asOfSession(settings, now);
      asked = now;
    }
    return to >= asOf;
  };
}

/** The session under way, where `--live` asks for it and there is one. */
export function formingSession(
  { live, publishDelay }: Pick<Settings, 'live' | 'publishDelay'>,
  log: Pick<Logger, 'warn'>,
): Session | undefined {
  const forming = live ? sessionUnderWay(Date.now(), publishDelay) : undefined;
  if (live && forming === undefined) log.warn('No session is under way: the last completed one is ranked');
  return forming;
}

function openFile(name: string): SymbolInput {
  const input = name === '-' ? openStdin() : openSymbolFile(name);
  if (input.isTerminal) {
    process.stderr.write('Reading symbols from the terminal, one or several a line; Ctrl-D ends the list.\n');
  }
  return input;
}
