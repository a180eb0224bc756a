import { lastValueFrom, tap } from 'rxjs';
import type { Settings } from '../config.ts';
import { LostGroundError } from '../errors.ts';
import { createLog, type Logger } from '../log.ts';
import { formatSession } from '../session.ts';
import { openAtomicFile } from '../sinks/atomic-file.ts';
import { createReceipts, type Receipts } from '../sinks/receipts.ts';
import { Closers } from '../streams/closers.ts';
import { newScanId } from '../streams/new-scan-id.ts';
import { runScan, type ScanEvent } from '../streams/run-scan.ts';
import type { Ranking, Sink, Summary } from '../types.ts';
import { checkSettings } from './check-settings.ts';
import { createSinks } from './create-sinks.ts';
import { openJournal } from './open-journal.ts';
import { openScan } from './open-scan.ts';
import { createProgress } from './progress.ts';
import { summaryText } from './summary-text.ts';
import { type OpenedTrace, openTrace } from './trace.ts';
import { watchSignals } from './watch-signals.ts';

/**
 * `tapescan scan`: opens everything, scans, publishes, closes in reverse order. Resolves with the exit code.
 *
 * Whatever can be wrong before the first call is found before the first call: outputs are opened, the Redis server is
 * asked. Failure: `ConfigError` and `LostGroundError`, thrown after everything was closed.
 */
export async function scanCommand(settings: Settings): Promise<number> {
  await checkSettings(settings);
  const log = createLog(settings.logLevel);
  const closers = new Closers();
  const signals = watchSignals({ shutdownTimeoutMs: settings.shutdownTimeout });
  closers.add(signals.close);
  try {
    return await scanAndPublish(settings, log, closers, signals);
  } finally {
    await closers.close();
  }
}

async function scanAndPublish(
  settings: Settings,
  log: Logger,
  closers: Closers,
  signals: ReturnType<typeof watchSignals>,
): Promise<number> {
  const trace = settings.trace === undefined ? undefined : await openTrace(settings.trace);
  closers.add(() => trace?.abort());
  const { asOf, input, lines, options } = await openScan(settings, log, closers);
  const { source } = options;
  const id = settings.scanId ?? newScanId(asOf);
  const sinks = await openSinks(settings, closers);
  const receipts = await openReceipts(settings, id, closers);
  const summaryFile = settings.summary === undefined ? undefined : await openAtomicFile(settings.summary);
  closers.add(() => summaryFile?.abort());

  const journal = await openJournal(settings);
  const recorder = journal?.startScan();

  log.info(
    { scan: id, asOf: formatSession(asOf), source: source.name, universe: input.name },
    'Scan started',
  );
  const progress = process.stderr.isTTY
    ? createProgress({ write: (text) => process.stderr.write(text), lines })
    : undefined;
  let ranking: Ranking | undefined;
  let publishing: Promise<Published> | undefined;
  const events = runScan({
    ...options,
    id,
    ...(receipts && { receipts }),
    onBeside: recorder?.onBeside,
    signal: signals.signal,
    tracer: trace?.tracer,
  }).pipe(
    tap((event: ScanEvent) => {
      if (event.kind === 'ranking') {
        progress?.end();
        ranking = event.ranking;
        // While what was fetched is being stored.
        publishing = timed(() => publish(event.ranking, sinks), trace);
      } else {
        progress?.count(event);
        recorder?.take(event);
      }
    }),
  );
  // The ranking of what was finished comes before the error of a lost ground: it is published first.
  const lost = await lastValueFrom(events).then(
    () => undefined,
    (error: unknown) => error,
  );
  progress?.end();
  if (ranking === undefined || publishing === undefined) throw lost;
  const { failures, seconds: writeSeconds } = await publishing;
  await receipts?.close({ commit: true }).catch((error: unknown) => failures.push(error));
  if (recorder !== undefined) {
    const manifest = recorder.manifest({ ranking, dataset: source.dataset, settings });
    await journal?.record(manifest).catch((error: unknown) => failures.push(error));
  }
  const summary = withSeconds(ranking.summary, writeSeconds);
  if (summaryFile !== undefined) {
    await writeSummary(summaryFile, summary).catch((error: unknown) => failures.push(error));
  }
  if (process.stderr.isTTY) process.stderr.write(summaryText(summary));
  await trace?.write(id).catch((error: unknown) => failures.push(error));
  if (summary.in === 0 && summary.stopped === null) {
    log.warn({ universe: input.name }, 'No symbol came in: the ranking is empty');
  }
  log.info({ scan: id, in: summary.in, outcomes: summary.outcomes }, 'Scan ended');
  if (!summary.conserved) {
    throw new LostGroundError(
      `The books do not balance: ${summary.in} symbols came in and ${sum(summary)} left. This is a defect; ` +
        'do not trust this ranking, and please report it with --receipts and --summary',
    );
  }
  if (lost !== undefined) failures.unshift(lost);
  if (failures.length > 0) throw asOne(failures);
  if (signals.exitCode !== undefined) return signals.exitCode;
  return summary.outcomes.failed > 0 || summary.stopped === 'deadline' ? 3 : 0;
}

interface Published {
  readonly failures: unknown[];
  readonly seconds: number;
}

async function timed(
  publishing: () => Promise<unknown[]>,
  trace: OpenedTrace | undefined,
): Promise<Published> {
  const started = performance.now();
  trace?.tracer.inside('write', 1, started);
  const failures = await publishing();
  const ended = performance.now();
  trace?.tracer.inside('write', 0, ended);
  return { failures, seconds: (ended - started) / 1000 };
}

/** The sinks of the settings, open; `closers` closes them. Failure: as of `createSinks`, and of a sink that cannot be written. */
export async function openSinks(settings: Settings, closers: Closers): Promise<readonly Sink[]> {
  const sinks = createSinks(settings);
  for (const sink of sinks) {
    closers.add(() => sink.close());
    await sink.open();
  }
  return sinks;
}

async function openReceipts(
  { receipts: path }: Settings,
  scan: string,
  closers: Closers,
): Promise<Receipts | undefined> {
  if (path === undefined) return undefined;
  const receipts = createReceipts({ path, scan });
  closers.add(() => receipts.close({ commit: false }));
  await receipts.open();
  return receipts;
}

/** Writes the ranking to every sink; one that fails does not keep the others from theirs. */
export async function publish(ranking: Ranking, sinks: readonly Sink[]): Promise<unknown[]> {
  const results = await Promise.allSettled(sinks.map((sink) => sink.publish(ranking)));
  return results.flatMap((result) => (result.status === 'fulfilled' ? [] : [result.reason]));
}

/** What ended a scan, as one error: a line each. A defect among them counts most. */
export function asOne(failures: readonly unknown[]): unknown {
  const defect = failures.find((failure) => !(failure instanceof LostGroundError));
  if (defect !== undefined) return defect;
  const messages = new Set((failures as readonly LostGroundError[]).map(({ message }) => message));
  return new LostGroundError([...messages].join('\n'), { cause: failures[0] });
}

async function writeSummary(
  file: Awaited<ReturnType<typeof openAtomicFile>>,
  summary: Summary,
): Promise<void> {
  await file.write(`${JSON.stringify(summary, null, 2)}\n`);
  await file.commit();
}

/** The summary once the ranking is written: with the seconds that took. */
function withSeconds(summary: Summary, write: number): Summary {
  const { total, ...stages } = summary.seconds;
  return { ...summary, seconds: { total: total! + write, ...stages, write } };
}

function sum({ outcomes }: Summary): number {
  return Object.values(outcomes).reduce((total, count) => total + count, 0);
}
