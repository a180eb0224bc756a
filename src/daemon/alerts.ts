import { ConfigError } from '../errors.ts';
import { parseSession } from '../session.ts';
import type { Alert, AlertRule, LeftRow, RankedRow, Ranking, Subject, Summary } from '../types.ts';
import { type AlertIdentity, createAlertMemory } from './alerts/alert-memory.ts';

export interface AlertsOptions {
  readonly rules: readonly AlertRule[];
  /** Where it is remembered what has fired. */
  readonly file: string;
  /** A row as the rules look at it. */
  readonly subjectOf: (row: RankedRow | LeftRow) => Subject;
  /** Days, back from the latest session, whose alerts are remembered; what is older fires no more. @default 30 */
  readonly keepDays?: number;
}

export interface Alerts {
  /** Reads what has fired. Failure: `LostGroundError` where the file cannot be read or written. */
  open(): Promise<void>;
  /**
   * The alerts that a ranking is worth and that have not fired; the same again until they are remembered. By rank, then by rule;
   * what left at the end. Rules that look back are judged where the ranking says what was before.
   */
  check(ranking: Ranking): readonly Alert[];
  /** Whether it has fired, or is too old to. */
  has(alert: AlertIdentity): boolean;
  /** Notes that they have fired; durable, a power cut included, once it resolves. Failure: `LostGroundError`. */
  remember(alerts: readonly Alert[]): Promise<void>;
}

/**
 * Tells which rows of rankings meet a rule for the first time: once for each rule, symbol, setup and session, restarts included.
 *
 * To be remembered once they are published: a process that dies in between publishes them again, and never none.
 * Failure: `ConfigError` at creation. Holds: a key for each alert of `keepDays` days.
 */
export function createAlerts({ rules, file, subjectOf, keepDays = 30 }: AlertsOptions): Alerts {
  const names = rules.map(({ name }) => name);
  const problems = names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => `The rule \`${name}\` is there twice: alerts are told apart by its name`);
  if (!Number.isSafeInteger(keepDays) || keepDays < 1)
    problems.push(`Expected \`keepDays\` to be an integer from 1, got \`${keepDays}\``);
  if (problems.length > 0) throw new ConfigError(problems);
  const memory = createAlertMemory(file, keepDays);
  const looksBack = rules.filter((rule) => rule.looksBack);
  const others = rules.filter((rule) => !rule.looksBack);

  function* alertsOf<R extends RankedRow | LeftRow>(
    row: R,
    judged: readonly AlertRule[],
    alertOf: (rule: string, row: R) => Alert,
  ): Generator<Alert> {
    let subject: Subject | undefined;
    for (const rule of judged) {
      const alert = alertOf(rule.name, row);
      if (memory.has(alert)) continue;
      subject ??= subjectOf(row);
      if (rule.test(subject)) yield alert;
    }
  }

  return {
    open: () => memory.open(),
    check({ rows, left = [], summary }) {
      memory.reach(parseSession(sessionOf(summary)));
      const judged = summary.changes === undefined ? others : rules;
      const alerts: Alert[] = [];
      for (const row of rows) alerts.push(...alertsOf(row, judged, alertOfRanked));
      for (const row of left)
        alerts.push(...alertsOf(row, looksBack, (rule) => alertOfLeft(rule, row, sessionOf(summary))));
      return alerts;
    },
    has: (alert) => memory.has(alert),
    remember: (alerts) => memory.add(alerts),
  };
}

function sessionOf({ forming, as_of }: Summary): string {
  return forming ?? as_of;
}

function alertOfRanked(rule: string, row: RankedRow): Alert {
  const { scan, symbol, session, rank, close, rating, signal, plan, change = null, previous = null } = row;
  const setup = plan?.setup ?? null;
  return {
    ...{ type: 'alert', rule, scan, symbol, session, setup },
    ...{ rank, close, rating, signal, plan, change, previous },
  };
}

function alertOfLeft(rule: string, { scan, symbol, change, previous }: LeftRow, session: string): Alert {
  return {
    ...{ type: 'alert', rule, scan, symbol, session, setup: null },
    ...{ rank: null, close: null, rating: null, signal: null, plan: null, change, previous },
  };
}
