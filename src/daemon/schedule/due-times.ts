import { closeTime, isSession } from '../../calendar/nyse.ts';
import { ConfigError } from '../../errors.ts';
import { MS_PER_DAY } from '../../session.ts';
import { type SessionWindow, sessionDay, tradingHours, windowAfter } from './session-window.ts';

/**
 * How a schedule stands to the sessions of the New York Stock Exchange:
 *
 * - `any`: not at all; it ticks on every day.
 * - `open`: only while a session trades, from 9:30 until before 16:00 New York time (13:00 on an early close).
 * - `regular`: only on the New York dates that have a session, at any time of them.
 * - `closed`: once for each session, `publishDelayMs` after its close, when its final bars can be expected. The
 *   calendar alone says when: neither `everyMs` nor `cron` goes with it.
 */
export const SESSION_WORDS = ['any', 'open', 'regular', 'closed'] as const;
export type SessionWord = (typeof SESSION_WORDS)[number];

export interface DueTimesOptions {
  /** Milliseconds, from 1000: at the multiples of it since 1970-01-01T00:00Z, so that a restart changes nothing. */
  readonly everyMs?: number | undefined;
  /** Five fields, or six with seconds first; or a nickname (`@hourly`). */
  readonly cron?: string | undefined;
  /** In which `cron` is read. A time that the change to summer time leaves out is due at its end; one that comes twice, once. @default 'America/New_York' */
  readonly timeZone?: string | undefined;
  /** @default 'any' */
  readonly session?: SessionWord | undefined;
  /** From a session's close to its final bars. @default 1_800_000 */
  readonly publishDelayMs?: number | undefined;
}

/** When a schedule is due. Times are epoch milliseconds. */
export interface DueTimes {
  /** The first due time after `ms`; `undefined` where none comes within ten years. */
  after(ms: number): number | undefined;
  /** Whether a tick may run at a time, be it due then or earlier. */
  admits(ms: number): boolean;
}

/** The first time after `ms`, the session aside. */
type Rule = (ms: number) => number | undefined;

const LEAST_EVERY_MS = 1000;
const HORIZON_MS = 3653 * MS_PER_DAY;

/** Works the due times out. Failure: `ConfigError` with every problem, one that is never due after `from` among them. */
export async function createDueTimes(
  {
    everyMs,
    cron,
    timeZone = 'America/New_York',
    session = 'any',
    publishDelayMs = 30 * 60_000,
  }: DueTimesOptions,
  from: number,
): Promise<DueTimes> {
  const problems: string[] = [];
  const rules: Rule[] = [];
  if (everyMs !== undefined) {
    if (Number.isSafeInteger(everyMs) && everyMs >= LEAST_EVERY_MS) rules.push(everyRule(everyMs));
    else problems.push(`Expected \`everyMs\` to be an integer from ${LEAST_EVERY_MS}, got \`${everyMs}\``);
  }
  if (!isTimeZone(timeZone)) {
    problems.push(`Expected a time zone such as America/New_York, got \`${timeZone}\``);
  } else if (cron !== undefined) {
    try {
      rules.push(await cronRule(cron, timeZone));
    } catch (error) {
      problems.push(`Expected a cron expression, got \`${cron}\`: ${(error as Error).message}`);
    }
  }
  if (!(publishDelayMs >= 0 && Number.isFinite(publishDelayMs))) {
    problems.push(`Expected \`publishDelayMs\` to be a number from 0, got \`${publishDelayMs}\``);
  }
  const given = Number(everyMs !== undefined) + Number(cron !== undefined);
  if (session === 'closed' && given > 0) {
    problems.push('A schedule on closed sessions takes its times from the calendar: no interval, no cron');
  } else if (session !== 'closed' && given !== 1) {
    problems.push(`Expected either an interval or a cron expression, got ${given === 0 ? 'none' : 'both'}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);

  const rule = session === 'closed' ? closedRule(publishDelayMs) : rules[0]!;
  const times = within(WINDOWS[session], rule);
  if (times.after(from) === undefined) {
    throw new ConfigError([`The schedule \`${cron ?? `every ${everyMs} ms`}\` never ticks (${session})`]);
  }
  return times;
}

const ALWAYS: SessionWindow = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };
const WINDOWS: Readonly<Record<SessionWord, (ms: number) => SessionWindow>> = {
  any: () => ALWAYS,
  open: (ms) => windowAfter(ms, tradingHours),
  regular: (ms) => windowAfter(ms, sessionDay),
  closed: () => ALWAYS,
};

function within(windowAt: (ms: number) => SessionWindow, rule: Rule): DueTimes {
  return {
    after(ms) {
      let due = rule(ms);
      while (due !== undefined && due - ms < HORIZON_MS) {
        const { start } = windowAt(due);
        if (start <= due) return due;
        due = rule(start - 1);
      }
      return undefined;
    },
    admits: (ms) => windowAt(ms).start <= ms,
  };
}

function everyRule(everyMs: number): Rule {
  return (ms) => (Math.floor(ms / everyMs) + 1) * everyMs;
}

function closedRule(delayMs: number): Rule {
  return (ms) => {
    for (let day = Math.floor((ms - delayMs) / MS_PER_DAY) - 1; ; day++) {
      if (!isSession(day)) continue;
      const due = closeTime(day) + delayMs;
      if (due > ms) return due;
    }
  };
}

async function cronRule(pattern: string, timezone: string): Promise<Rule> {
  const { Cron } = await import('croner');
  // Without a function it sets no timer: it only computes.
  const cron = new Cron(pattern, { timezone });
  return (ms) => cron.nextRun(new Date(ms))?.getTime();
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
