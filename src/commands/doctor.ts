import { openDiskStore } from '../cache/disk.ts';
import { openRedisStore } from '../cache/redis.ts';
import type { Settings } from '../config.ts';
import { ConfigError, ScanError } from '../errors.ts';
import { createLog } from '../log.ts';
import { describedBy } from '../operators/prescreen.ts';
import { createPrefetch } from '../prefetch/prefetch.ts';
import { createRetryCall } from '../prefetch/retry-call.ts';
import { formatSession } from '../session.ts';
import { remedy } from '../state/ground-check.ts';
import { Stop } from '../state/stop.ts';
import { Closers } from '../streams/closers.ts';
import { historyOf } from '../streams/history-of.ts';
import { secondsUnder } from '../streams/seconds-under.ts';
import type { Entry } from '../types.ts';
import { readUniverse } from '../universe/read-universe.ts';
import { DECODERS } from '../workers/decoders/index.ts';
import { asOfSession } from './as-of-session.ts';
import { checkSettings } from './check-settings.ts';
import { createDaemonAlerts } from './daemon/create-daemon-alerts.ts';
import { createDaemonSinks } from './daemon/create-daemon-sinks.ts';
import { writeAnswer } from './explain/write-answer.ts';
import { openJournal } from './open-journal.ts';
import { type Engine, openEngine } from './open-scan.ts';
import { durationText } from './plan.ts';

/** What was found out about one part: words for people, and whether it works. */
interface Finding {
  readonly part: string;
  readonly ok: boolean;
  readonly says: string;
}

/** A symbol that every source has: the provider is asked for a week of it. */
const PROBE = 'AAPL';
const PROBE_SESSIONS = 5;

/**
 * `tapescan doctor`: connects to everything that is configured, as a scan or a daemon would, and says what works, what does
 * not and how to mend it, and how many calls and minutes a scan of the list would take.
 *
 * Makes two calls of the provider at most, and writes nothing but what is empty: a cache, a journal, a folder of
 * rankings and a group of readers of requests, where there is none. Resolves with the exit code: 1 where a part does
 * not work.
 */
export async function doctorCommand(settings: Settings): Promise<number> {
  const closers = new Closers();
  const findings: Finding[] = [];
  const examine = async <T>(
    part: string,
    look: () => Promise<readonly [T, string]>,
  ): Promise<T | undefined> => {
    try {
      const [value, says] = await look();
      findings.push({ part, ok: true, says });
      return value;
    } catch (error) {
      findings.push({ part, ok: false, says: wordsOf(error) });
      return undefined;
    }
  };
  try {
    await examine('settings', async () => {
      await checkSettings(settings);
      return [undefined, `ranked as of ${formatSession(asOfSession(settings))}`];
    });
    const entries = await examine('list', async () => {
      if (settings.universe === '-')
        return [[], 'comes on standard input: name a file with --universe to have it looked at'];
      const list = await readList(settings, closers);
      return [list, `${list.length} symbols`];
    });
    await examine('cache', async () => {
      if (settings.noCache) return [undefined, 'not used'];
      const store = openDiskStore({ dir: settings.cacheDir, maxBytes: settings.cacheSize });
      closers.add(() => store.close());
      const { entries: kept, bytes } = await store.stats();
      return [undefined, `${settings.cacheDir}: ${kept} entries, ${(bytes / 2 ** 20).toFixed(1)} MB`];
    });
    const { cacheRedis } = settings;
    if (cacheRedis !== undefined) {
      await examine('cache server', async () => {
        const store = openRedisStore({ url: cacheRedis });
        closers.add(() => store.close());
        return [undefined, `${(await store.stats()).entries} entries`];
      });
    }
    const { stateDir } = settings;
    if (stateDir !== undefined) {
      await examine('journal', async () => {
        const journal = await openJournal(settings);
        return [undefined, `${stateDir}: ${(await journal!.scans()).length} scans`];
      });
    }
    const log = createLog('silent');
    // What waits on disk for an output that fails would hide that it does.
    for (const sink of createDaemonSinks({ ...settings, spillDir: undefined }, log)) {
      await examine('output', async () => {
        closers.add(() => sink.close());
        await sink.open();
        return [undefined, sink.name];
      });
    }
    const { requests } = settings;
    if (requests !== undefined) {
      await examine('requests', async () => {
        const { openRequests } = await import('./daemon/take-requests.ts');
        const stream = await openRequests(requests, settings, log);
        closers.add(() => stream.close());
        return [undefined, stream.name];
      });
    }
    if (settings.alert.length > 0) {
      await examine('alerts', async () => {
        await createDaemonAlerts(settings, { log, onFired: () => {} });
        return [undefined, `${settings.alert.length} rules`];
      });
    }
    const engine = await examine('source', () => openProvider(settings, closers));
    if (engine !== undefined && entries !== undefined && entries.length > 0) {
      await examine('a scan now', () => foresee(settings, engine, entries));
    }
    await writeAnswer(findings.map(findingText));
    return findings.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    await closers.close();
  }
}

/** Conditions that are wrong were told already: they are not the fault of the list or the provider. */
function withoutCriteria(settings: Settings): Settings {
  return { ...settings, where: undefined, screen: [], define: [] };
}

async function readList(settings: Settings, closers: Closers): Promise<readonly Entry[]> {
  const engine = await openEngine(withoutCriteria(settings), createLog('silent'), closers);
  const list = engine.openList(settings.universe, settings.asOf);
  closers.add(() => list.stop());
  const entries: Entry[] = [];
  for await (const batch of readUniverse(list.chunks)) {
    for (const entry of batch) if (entry.defect === undefined) entries.push(entry);
  }
  return entries;
}

/** Asks the provider as a scan would: for a few bars, and for the splits where it has them. */
async function openProvider(settings: Settings, closers: Closers): Promise<readonly [Engine, string]> {
  const engine = await openEngine(withoutCriteria(settings), createLog('silent'), closers);
  const { source } = engine.options;
  const stop = new Stop();
  closers.add(() => stop.stop('interrupted'));
  const call = createRetryCall({ attempts: 1, timeoutMs: settings.timeout, stop });
  const history = historyOf(asOfSession(settings), PROBE_SESSIONS);
  const started = performance.now();
  const { format, pages } = await call((signal) => source.fetchBars(PROBE, history, signal));
  // What is no answer shows when it is decoded; a source without this symbol answers all the same.
  if (pages.length > 0) DECODERS[format](pages, PROBE, history);
  const ms = Math.round(performance.now() - started);
  if (source.splits !== undefined) {
    const { splits } = source;
    await call((signal) => splits.fetchSplits(history.from, history.to, signal));
  }
  return [engine, `${source.name} answers in ${ms} ms${source.splits === undefined ? '' : ', with splits'}`];
}

async function foresee(
  settings: Settings,
  engine: Engine,
  entries: readonly Entry[],
): Promise<readonly [undefined, string]> {
  const { source, store, limiter, prescreen, listings, concurrency = 64 } = engine.options;
  const symbols = entries
    .filter((entry) => prescreen(entry, describedBy(listings, entry).listing).length === 0)
    .map(({ symbol }) => symbol);
  const prefetch = createPrefetch({
    source: settings.noBatch ? { dataset: source.dataset } : source,
    store,
    history: historyOf(asOfSession(settings), settings.lookback, settings.slack),
    concurrency,
    noDataSessions: settings.noDataSessions,
    secondsFor: secondsUnder(limiter),
    call: () => Promise.reject(new Error('A plan calls nobody')),
  });
  const { plan } = await prefetch.plan(symbols);
  const { calls, seconds } = plan;
  return [
    undefined,
    `${symbols.length} symbols, about ${calls} calls and ${durationText(seconds)} (--plan says more)`,
  ];
}

function wordsOf(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join('\n');
  if (error instanceof ScanError) return `${error.code}: ${error.message}. ${remedy(error.code)}`;
  return (error as Error).message;
}

function findingText({ part, ok, says }: Finding): string {
  const [first = '', ...rest] = says.split('\n');
  const lines = [
    `${ok ? '✓' : '✗'} ${part.padEnd(14)}${first}`,
    ...rest.map((line) => ' '.repeat(16) + line),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
