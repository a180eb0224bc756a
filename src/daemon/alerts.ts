import { ConfigError } from '../errors.ts';
import { parseSession } from '../session.ts';
import type { RankedRow, Ranking, Screen, Setup, Signal, Subject, SymbolId, TradePlan } from '../types.ts';
import { createAlertMemory } from './alerts/alert-memory.ts';

/** What is worth an alert, and what it is called. */
export type AlertRule = readonly [name: string, screen: Screen];

export interface Alert {
  readonly type: 'alert';
  readonly rule: string;
  readonly scan: string;
  readonly symbol: SymbolId;
  /** ISO date of the last session used. */
  readonly session: string;
  /** That of the planned trade; `null` without a plan. */
  readonly setup: Setup | null;
  readonly rank: number;
  readonly close: number;
  readonly rating: number | null;
  readonly signal: Signal;
  readonly plan: TradePlan | null;
}

export interface AlertsOptions {
  readonly rules: readonly AlertRule[];
  /** Where it is remembered what has fired. */
  readonly file: string;
  /** A row as the rules look at it. */
  readonly subjectOf: (row: RankedRow) => Subject;
  /** Days, back from the latest session, whose alerts are remembered; what is older fires no more. @default 30 */
  readonly keepDays?: number;
}

export interface Alerts {
  /** Reads what has fired. Failure: `LostGroundError` where the file cannot be read or written. */
  open(): Promise<void>;
  /** The alerts that a ranking is worth and that have not fired; the same again until they are remembered. By rank, then by rule. */
  check(ranking: Ranking): readonly Alert[];
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
  const names = rules.map(([name]) => name);
  const problems = names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => `The rule \`${name}\` is there twice: alerts are told apart by its name`);
  if (!Number.isSafeInteger(keepDays) || keepDays < 1)
    problems.push(`Expected \`keepDays\` to be an integer from 1, got \`${keepDays}\``);
  if (problems.length > 0) throw new ConfigError(problems);
  const memory = createAlertMemory(file, keepDays);

  return {
    open: () => memory.open(),
    check({ rows, summary }) {
      memory.reach(parseSession(summary.forming ?? summary.as_of));
      const alerts: Alert[] = [];
      for (const row of rows) {
        let subject: Subject | undefined;
        for (const [rule, screen] of rules) {
          const alert = alertOf(rule, row);
          if (memory.has(alert)) continue;
          subject ??= subjectOf(row);
          if (screen.test(subject)) alerts.push(alert);
        }
      }
      return alerts;
    },
    remember: (alerts) => memory.add(alerts),
  };
}

function alertOf(rule: string, row: RankedRow): Alert {
  const { scan, symbol, session, rank, close, rating, signal, plan } = row;
  const setup = plan?.setup ?? null;
  return { type: 'alert', rule, scan, symbol, session, setup, rank, close, rating, signal, plan };
}
