import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LostGroundError } from '../../errors.ts';
import { parseSession } from '../../session.ts';
import type { Session, Setup, SymbolId } from '../../types.ts';

/** What makes an alert the same as another one. */
export interface AlertIdentity {
  readonly rule: string;
  readonly symbol: SymbolId;
  readonly setup: Setup | null;
  /** ISO date. */
  readonly session: string;
}

export interface AlertMemory {
  open(): Promise<void>;
  /** Whether it has fired, or is too old to be remembered. */
  has(alert: AlertIdentity): boolean;
  /** Durable once it resolves. */
  add(alerts: readonly AlertIdentity[]): Promise<void>;
  /** Goes on to a session, where it is later than all before: what is too old by then is forgotten. */
  reach(session: Session): void;
}

/** Lines that are not needed any more, at least, before the file is written anew. */
const LEAST_WASTE = 1000;

/**
 * Remembers alerts of the last `keepDays` days, back from the latest session, in a file of NDJSON that is appended to. It is
 * written anew where more than half of it is not needed any more, or where it is damaged: a line that was cut off by a
 * crash was never promised.
 *
 * Failure: `LostGroundError`. Holds: a key an alert; the file has at most twice the lines, and a thousand.
 */
export function createAlertMemory(path: string, keepDays: number): AlertMemory {
  const fired = new Map<Session, Set<string>>();
  let latest = Number.NEGATIVE_INFINITY;
  let lines = 0;
  let isDamaged = false;
  /** The end of the last change of the file. */
  let line: Promise<unknown> = Promise.resolve();

  const isOld = (session: Session) => session <= latest - keepDays;
  const note = (alert: AlertIdentity) => {
    const session = parseSession(alert.session);
    const keys = fired.get(session) ?? new Set();
    fired.set(session, keys.add(alertKey(alert)));
  };
  const reach = (session: Session) => {
    if (!(session > latest)) return;
    latest = session;
    for (const noted of fired.keys()) if (isOld(noted)) fired.delete(noted);
  };
  const count = () => Array.from(fired.values(), ({ size }) => size).reduce((sum, size) => sum + size, 0);
  const failing = (cause: unknown): never => {
    throw LostGroundError.from(cause, `cannot keep alerts in ${path}`);
  };
  const tidy = async () => {
    const needed = count();
    if (!isDamaged && lines <= 2 * needed + LEAST_WASTE) return;
    await replace(path, textOf(fired));
    lines = needed;
    isDamaged = false;
  };
  const append = async (alerts: readonly AlertIdentity[]) => {
    // Whatever becomes of it, what comes after it must not stand on the same line.
    await tidy();
    isDamaged = true;
    const file = await open(path, 'a');
    try {
      await file.writeFile(alerts.map((alert) => `${alertKey(alert)}\n`).join(''));
      await file.datasync();
    } finally {
      await file.close();
    }
    isDamaged = false;
    lines += alerts.length;
    for (const alert of alerts) if (!isOld(parseSession(alert.session))) note(alert);
  };

  return {
    async open() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) =>
        error.code === 'ENOENT' ? '' : failing(error),
      );
      const alerts = text.split('\n');
      isDamaged = alerts.pop() !== '';
      lines = alerts.length;
      for (const alert of alerts.map(parse)) {
        if (alert === undefined) isDamaged = true;
        else note(alert);
      }
      reach(Math.max(...fired.keys()));
      await tidy().catch(failing);
      // Also where there is nothing to write yet: whether it can be is known before the first alert.
      await (await open(path, 'a').catch(failing)).close();
      await syncDirectory(dirname(path));
    },
    has(alert) {
      const session = parseSession(alert.session);
      return isOld(session) || (fired.get(session)?.has(alertKey(alert)) ?? false);
    },
    add(alerts) {
      if (alerts.length === 0) return Promise.resolve();
      const change = line.then(() => append(alerts)).catch(failing);
      line = change.catch(() => {});
      return change;
    },
    reach,
  };
}

/** What makes an alert the same as another one, as a line of the file. */
export function alertKey({ rule, symbol, setup, session }: AlertIdentity): string {
  return JSON.stringify({ rule, symbol, setup, session });
}

function parse(text: string): AlertIdentity | undefined {
  try {
    const alert = JSON.parse(text) as Partial<AlertIdentity> | null;
    const isWhole =
      typeof alert?.rule === 'string' &&
      typeof alert.symbol === 'string' &&
      typeof alert.session === 'string' &&
      !Number.isNaN(parseSession(alert.session));
    return isWhole ? (alert as AlertIdentity) : undefined;
  } catch {
    return undefined;
  }
}

function textOf(fired: ReadonlyMap<Session, ReadonlySet<string>>): string {
  const keys = [...fired].sort(([a], [b]) => a - b).flatMap(([, keys]) => [...keys]);
  return keys.map((key) => `${key}\n`).join('');
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** Makes new names durable, where the system can do that for a directory. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r').catch(() => undefined);
  await directory?.sync().catch(() => {});
  await directory?.close();
}
