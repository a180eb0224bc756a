import type { Environment, Settings } from '../config.ts';
import type { ServerEvent } from '../daemon/http/event-hub.ts';
import { createMetrics } from '../daemon/metrics.ts';
import { createSdNotify } from '../daemon/sd-notify.ts';
import { Activity } from '../daemon/status/activity.ts';
import { createLiveness } from '../daemon/status/create-liveness.ts';
import { createStatus } from '../daemon/status.ts';
import { createLog, type Logger } from '../log.ts';
import { Closers } from '../streams/closers.ts';
import { checkSettings } from './check-settings.ts';
import { Intake } from './daemon/intake.ts';
import { closeParts, openParts, reopenParts } from './daemon/open-parts.ts';
import type { OutputsOptions } from './daemon/outputs.ts';
import { createReloader } from './daemon/reloader.ts';
import { ScanDesk } from './daemon/scan-desk.ts';
import { type SignalWatch, watchSignals } from './watch-signals.ts';

/** Without any movement for so long, at least, a daemon does not do its work. */
const LEAST_PATIENCE_MS = 600_000;

export interface DaemonOptions {
  readonly settings: Settings;
  readonly env: Environment;
  /** Reads the settings again, for SIGHUP. Failure: `ConfigError`. */
  readonly reread: () => Promise<Settings>;
}

/**
 * `tapescan daemon`: scans the lists that come in on standard input, or a list on a schedule, and publishes every ranking,
 * until its input ends or it is stopped.
 *
 * Resolves with the exit code: 0 where the input has ended and nothing else is to be done. A scan that fails is logged, and
 * the next one goes on. Failure: `ConfigError` and `LostGroundError` before the first scan, thrown after everything was
 * closed.
 */
export async function daemonCommand(options: DaemonOptions): Promise<number> {
  const { settings } = options;
  await checkSettings(settings);
  const log = createLog(settings.logLevel);
  const closers = new Closers();
  const signals = watchSignals({ shutdownTimeoutMs: settings.shutdownTimeout });
  closers.add(signals.close);
  try {
    await serve(options, log, closers, signals);
    return signals.exitCode ?? 0;
  } finally {
    await closers.close();
  }
}

async function serve(
  { settings, env, reread }: DaemonOptions,
  log: Logger,
  closers: Closers,
  { signal, onReload }: SignalWatch,
): Promise<void> {
  const activity = new Activity();
  signal.addEventListener('abort', () => activity.stop(), { once: true });
  const limiter = () => desk.parts.engine.options.limiter;
  const isAlive = createLiveness({
    activity,
    limiter,
    // A list on standard input may pause for so long.
    patienceMs: Math.max(LEAST_PATIENCE_MS, 2 * settings.listIdle),
  });
  const notify = createSdNotify({
    env,
    isAlive,
    onTrouble: (message) => log.warn({ message }, 'systemd is not told'),
  });
  closers.add(() => notify.close());
  const reloader = createReloader({
    ...{ reread, notify, log },
    current: () => desk.parts.settings,
    async replace(next) {
      await desk.replace((parts) => reopenParts(parts, next, opening));
      metrics.watch({ limiter: limiter() });
      await intake.reschedule(next);
    },
  });
  onReload(reloader.request);

  const metrics = await createMetrics();
  closers.add(() => metrics.close());
  const events = new Set<(event: ServerEvent) => void>();
  const tell = (event: ServerEvent) => {
    for (const listener of events) listener(event);
  };
  const opening: OutputsOptions = {
    log,
    onFired(alerts) {
      metrics.alerts(alerts.length);
      tell({ kind: 'alerts', data: alerts });
    },
  };
  const desk = new ScanDesk(await openParts(settings, opening), {
    ...{ log, activity, signal },
    onScan({ summary }) {
      metrics.scan(summary);
      tell({ kind: 'ranking', data: summary });
    },
  });
  closers.add(() => closeParts(desk.parts));
  const intake = new Intake({ settings, desk, log, signal, closers });
  metrics.watch({ limiter: limiter(), activity, queueDepth: () => desk.waiting });
  const status = createStatus({
    ...{ activity, limiter },
    waiting: () => desk.waiting,
    outputs: () => desk.parts.outputs.sinks,
    nextDue: () => intake.nextDue,
  });
  closers.add(() => status.close());
  if (settings.http !== undefined) {
    const { startHttp } = await import('../daemon/http.ts');
    const server = await startHttp({
      ...{ host: settings.httpHost, port: settings.http, token: settings.httpToken },
      readiness: () => (signal.aborted ? ['It is being stopped'] : []),
      ...{ metrics, status },
      latest: () => desk.latest,
      scan: (id) => desk.summary(id),
      events(listener) {
        events.add(listener);
        return () => events.delete(listener);
      },
      onFailed: (error) => log.error({ err: error }, 'A request over HTTP failed'),
    });
    closers.add(() => server.close());
    log.info({ address: new URL(server.url).host }, 'Listening');
  }

  const { ended } = await intake.open();
  notify.ready();
  reloader.start();
  await ended;
  notify.stopping();
  // What is under way is published, or handed back, before anything is closed.
  await desk.settled();
}
