import type { Environment, Settings } from '../config.ts';
import { createMetrics } from '../daemon/metrics.ts';
import { readRequests } from '../daemon/read-requests.ts';
import type { ScanRequest } from '../daemon/request.ts';
import { createSchedule } from '../daemon/schedule.ts';
import { createSdNotify } from '../daemon/sd-notify.ts';
import { ConfigError } from '../errors.ts';
import { createLog, type Logger } from '../log.ts';
import type { RedisRequests } from '../sources/redis-requests.ts';
import { openStdin } from '../sources/stdin.ts';
import { Closers } from '../streams/closers.ts';
import { newScanId } from '../streams/run-scan.ts';
import type { Ranking } from '../types.ts';
import { asOfSession } from './as-of-session.ts';
import { checkSettings } from './check-settings.ts';
import { createDaemonSinks } from './daemon/create-daemon-sinks.ts';
import { ScanDesk } from './daemon/scan-desk.ts';
import { US_STOCKS } from './directory-input.ts';
import { openEngine } from './open-scan.ts';
import { watchSignals } from './watch-signals.ts';

/**
 * `tapescan daemon`: scans the lists that come in on standard input, or a list on a schedule, and publishes every ranking,
 * until its input ends or it is stopped.
 *
 * Resolves with the exit code: 0 where the input has ended and nothing else is to be done. A scan that fails is logged, and
 * the next one goes on. Failure: `ConfigError` and `LostGroundError` before the first scan, thrown after everything was
 * closed.
 */
export async function daemonCommand(settings: Settings, env: Environment): Promise<number> {
  await checkSettings(settings);
  const log = createLog(settings.logLevel);
  const closers = new Closers();
  const signals = watchSignals({ shutdownTimeoutMs: settings.shutdownTimeout });
  closers.add(signals.close);
  try {
    await serve(settings, env, log, closers, signals.signal);
    return signals.exitCode ?? 0;
  } finally {
    await closers.close();
  }
}

async function serve(
  settings: Settings,
  env: Environment,
  log: Logger,
  closers: Closers,
  signal: AbortSignal,
): Promise<void> {
  const { universe, every, cron } = settings;
  const isScheduled = every !== undefined || cron !== undefined || settings.session === 'closed';
  const notify = createSdNotify({
    env,
    isAlive: () => true,
    onTrouble: (message) => log.warn({ message }, 'systemd is not told'),
  });
  closers.add(() => notify.close());
  const metrics = await createMetrics();
  closers.add(() => metrics.close());
  const sinks = createDaemonSinks(settings, log);
  for (const sink of sinks) {
    closers.add(() => sink.close());
    await sink.open();
  }
  const engine = await openEngine(settings, log, closers);
  const listeners = new Set<(ranking: Ranking) => void>();
  const desk = new ScanDesk({
    ...{ settings, engine, sinks, log, signal },
    onScan(ranking) {
      metrics.scan(ranking.summary);
      for (const listener of listeners) listener(ranking);
    },
  });
  metrics.watch({ limiter: engine.options.limiter, queueDepth: () => desk.waiting });
  await serveHttp();

  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const work: Promise<void>[] = [];
  if (isScheduled) {
    const schedule = await createSchedule({
      everyMs: every,
      cron,
      timeZone: settings.timeZone,
      session: settings.session,
      overlap: settings.overlap,
      publishDelayMs: settings.publishDelay,
      onTick: async () => {
        await desk.submit({ id: newScanId(asOfSession(settings)), universe });
      },
      onSkipped: (skipped) => log.warn(skipped, 'Scans that were due did not run'),
      onFailed: (error) => log.error({ err: error }, 'A scan on the schedule failed'),
    });
    closers.add(() => schedule.close());
    work.push(stopped);
  } else if (universe !== '-') {
    work.push(scanOnce());
  }
  if (universe === '-') work.push(scanLists());
  if (settings.requests !== undefined) work.push(scanRequests(await openRequests(settings.requests)));
  if (settings.keepAlive) work.push(stopped);
  notify.ready();
  await Promise.race([Promise.all(work), stopped]);
  notify.stopping();

  /** Scans the lists on standard input, one after the other: the pipe is held back while one is scanned. */
  async function scanLists(): Promise<void> {
    const input = openStdin();
    closers.add(() => input.stop());
    signal.addEventListener('abort', () => input.stop(), { once: true });
    const requests = readRequests(input.chunks, {
      idleMs: settings.listIdle,
      onProblem: ({ problems, text }) => log.error({ problems, text }, 'A request that cannot be scanned'),
    });
    for await (const request of requests) await scanNow(() => desk.submit(request), request.id);
  }

  async function openRequests(url: string): Promise<RedisRequests> {
    const { openRedisRequests } = await import('../sources/redis-requests.ts');
    const requests = await openRedisRequests({
      url,
      group: settings.requestsGroup,
      consumer: settings.requestsConsumer,
      onTrouble: (reason) => log.warn({ reason }, 'The stream of requests cannot be read'),
      onRecovered: () => log.info('The stream of requests is back'),
    });
    closers.add(() => requests.close());
    signal.addEventListener('abort', () => requests.stop(), { once: true });
    return requests;
  }

  /** Scans what a Redis stream asks for; an entry is acknowledged once its ranking is published. */
  async function scanRequests(requests: RedisRequests): Promise<void> {
    for (let taken = await requests.next(); taken !== undefined; taken = await requests.next()) {
      try {
        const { stopped: reason } = await desk.submit(onlyListed(taken.request));
        // What was interrupted is handed back: another daemon, or the next run, scans it whole.
        if (reason !== 'interrupted') await taken.done();
      } catch (error) {
        const why = error instanceof ConfigError ? error.problems.join('; ') : (error as Error).message;
        log.error({ request: taken.request.id, attempts: taken.attempts, why }, 'A request failed');
        await taken.failed(why);
      }
    }
  }

  async function scanOnce(): Promise<void> {
    const id = newScanId(asOfSession(settings));
    await scanNow(() => desk.submit({ id, universe }), id);
  }

  async function scanNow(scan: () => Promise<unknown>, id: string): Promise<void> {
    try {
      await scan();
    } catch (error) {
      if (error instanceof ConfigError)
        log.error({ request: id, problems: error.problems }, 'A request that cannot be scanned');
      else log.error({ request: id, err: error }, 'A scan failed');
    }
  }

  async function serveHttp(): Promise<void> {
    if (settings.http === undefined) return;
    const { startHttp } = await import('../daemon/http.ts');
    const server = await startHttp({
      host: settings.httpHost,
      port: settings.http,
      token: settings.httpToken,
      readiness: () => (signal.aborted ? ['It is being stopped'] : []),
      metrics,
      latest: () => desk.latest,
      scan: (id) => desk.summary(id),
      events(listener) {
        const tell = ({ summary }: Ranking) => listener({ kind: 'ranking', data: summary });
        listeners.add(tell);
        return () => listeners.delete(tell);
      },
      onFailed: (error) => log.error({ err: error }, 'A request over HTTP failed'),
    });
    closers.add(() => server.close());
    log.info({ address: new URL(server.url).host }, 'Listening');
  }
}

/** Whoever may write to the stream may not have files of this machine read. */
function onlyListed(request: ScanRequest): ScanRequest {
  if (request.universe === undefined || request.universe === US_STOCKS) return request;
  throw new ConfigError([`universe: expected ${US_STOCKS} in a request from a stream, not a file`]);
}
