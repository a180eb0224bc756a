import type { Settings } from '../../config.ts';
import { type AlertDesk, createAlertDesk } from '../../daemon/alert-desk.ts';
import { ConfigError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { createAlertSink } from '../../sinks/alert-sink.ts';
import { subjectOfRow } from '../../sinks/subject-of-row.ts';
import type { Alert, AlertSink } from '../../types.ts';

export interface DaemonAlertsOptions {
  readonly log: Logger;
  /** Told of alerts once they are published. */
  readonly onFired: (alerts: readonly Alert[]) => void;
}

type AlertSettings = Pick<
  Settings,
  'alert' | 'alerts' | 'define' | 'stateDir' | 'logLevel' | 'appendMaxSize' | 'keepFiles'
>;

/**
 * The alerts of a daemon, not open yet; `undefined` without `--alert`. The language is loaded only where there are rules.
 *
 * Failure: `ConfigError` with every problem of the rules, of where they go and of where they are remembered.
 */
export async function createDaemonAlerts(
  settings: AlertSettings,
  { log, onFired }: DaemonAlertsOptions,
): Promise<AlertDesk | undefined> {
  const { alert, define, stateDir, keepFiles } = settings;
  const problems = settingProblems(settings);
  const kept = await collecting(problems, async () => {
    const { compileAlerts } = await import('../../criteria/compile-alerts.ts');
    return compileAlerts({ alert, define });
  });
  const sink = await collecting(problems, () =>
    settings.alerts === undefined
      ? logSink(log)
      : createAlertSink({ target: settings.alerts, maxBytes: settings.appendMaxSize, keep: keepFiles }),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  if (alert.length === 0) return undefined;
  const { name } = sink!;
  return createAlertDesk({
    rules: kept!,
    sink: sink!,
    dir: stateDir!,
    subjectOf: subjectOfRow,
    onFired,
    onTrouble: (error) => log.warn({ err: error, alerts: name }, 'Alerts wait until they can be told'),
    onRecovered: () => log.warn({ alerts: name }, 'The alerts that waited are told'),
    onDropped: (dropped) => log.error({ alerts: name, dropped }, 'Alerts that waited are lost'),
  });
}

function settingProblems({ alert, alerts, stateDir, logLevel }: AlertSettings): string[] {
  const problems: string[] = [];
  if (alert.length === 0) {
    if (alerts !== undefined) problems.push('--alerts: expected rules to tell of; give --alert NAME=EXPR');
    return problems;
  }
  if (stateDir === undefined)
    problems.push('--alert: needs --state-dir, where it is remembered what was told');
  if (alerts === undefined && (logLevel === 'silent' || logLevel === 'error'))
    problems.push(`--alert: with --log-level ${logLevel} nobody would see them; name a place with --alerts`);
  return problems;
}

/** What `work` gives; where its configuration is bad, `undefined` and its problems. */
async function collecting<T>(problems: string[], work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(
      ...error.problems.map((problem) => (/^(--|alert )/.test(problem) ? problem : `--alerts: ${problem}`)),
    );
    return undefined;
  }
}

/** The log writes at once. */
function logSink(log: Logger): AlertSink {
  return {
    name: 'the log',
    open: async () => {},
    async publish(alerts) {
      for (const { type: _type, ...alert } of alerts) log.warn(alert, 'Alert');
    },
    close: async () => {},
  };
}
