import { join } from 'node:path';
import { LostGroundError } from '../errors.ts';
import { backOffMs } from '../sinks/back-off.ts';
import { makeDirectory } from '../sinks/directories.ts';
import type { Alert, AlertSink, Ranking } from '../types.ts';
import { alertKey } from './alerts/alert-memory.ts';
import { createAlertOutbox } from './alerts/alert-outbox.ts';
import { type AlertsOptions, createAlerts } from './alerts.ts';

export interface AlertDeskOptions extends Omit<AlertsOptions, 'file'> {
  readonly sink: AlertSink;
  /** Where `alerts.ndjson` is, what has fired, and `alerts-due.ndjson`, what waits for the sink. Only one process may use it. */
  readonly dir: string;
  /** Milliseconds until the first repetition; twice as long each time, give or take a quarter. @default 1000 */
  readonly baseMs?: number;
  /** Milliseconds between repetitions at most. @default 60000 */
  readonly capMs?: number;
  /** Told of alerts once they are published, each once. */
  readonly onFired?: (alerts: readonly Alert[]) => void;
  /** Told once why alerts cannot be published or remembered, until they can. */
  readonly onTrouble?: (error: unknown) => void;
  /** Told once nothing waits any more. */
  readonly onRecovered?: () => void;
  /** Told how many alerts will never be published, because newer ones needed the room. */
  readonly onDropped?: (alerts: number) => void;
  readonly random?: () => number;
}

export interface AlertDesk {
  /** Failure: `LostGroundError` where `dir` cannot be read and written. A sink that cannot be opened is in trouble. */
  open(): Promise<void>;
  /**
   * Fires what a ranking is worth: publishes, then remembers. Resolves with what was published, once the rest is on disk. To be
   * called with all of a ranking, and before the ranking counts as the last one.
   *
   * Failure: that of the rows; never the sink's.
   */
  handle(ranking: Ranking): Promise<readonly Alert[]>;
  /** Alerts that wait for the sink. */
  readonly waiting: number;
  close(): Promise<void>;
}

/** Alerts that may wait. */
const MOST_DUE = 10_000;

/**
 * Fires the alerts of rankings: once for each rule, symbol, setup and session, and at least once whatever happens. What the sink
 * does not take waits on disk, and is published by this process or the next one, in order. A process that dies after the
 * sink has taken an alert and before that is remembered publishes it again; a sink may know it then.
 *
 * Holds: what `createAlerts` holds, and the alerts that wait: 10,000 at most, of which the oldest are dropped first.
 */
export function createAlertDesk({
  sink,
  dir,
  baseMs = 1000,
  capMs = 60_000,
  onFired = () => {},
  onTrouble = () => {},
  onRecovered = () => {},
  onDropped = () => {},
  random = Math.random,
  ...options
}: AlertDeskOptions): AlertDesk {
  const alerts = createAlerts({ ...options, file: join(dir, 'alerts.ndjson') });
  const outbox = createAlertOutbox(join(dir, 'alerts-due.ndjson'));
  /** By what makes them the same: to be published, and published but not remembered. */
  let due = new Map<string, Alert>();
  let fired = new Map<string, Alert>();
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  /** The end of the last work. */
  let line: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = line.then(work);
    line = done.catch(() => {});
    return done;
  };
  const failed = (error: unknown) => {
    if (failures++ === 0) onTrouble(error);
    if (isClosed || timer !== undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        void inTurn(deliver);
      },
      backOffMs(failures, { baseMs, capMs, random }),
    );
  };
  const isWaiting = (alert: Alert) => due.has(alertKey(alert)) || fired.has(alertKey(alert));
  /** Publishes what is due, remembers what is published. Never fails: what does not succeed is tried again. */
  const deliver = async (): Promise<readonly Alert[]> => {
    const published = [...due.values()];
    try {
      if (published.length > 0) await sink.publish(published);
      else if (failures > 0) await sink.open();
    } catch (error) {
      failed(error);
      return [];
    }
    fired = new Map([...fired, ...due]);
    due = new Map();
    if (published.length > 0) onFired(published);
    try {
      await alerts.remember([...fired.values()]);
      fired = new Map();
      await outbox.write([]);
      if (failures > 0) onRecovered();
      failures = 0;
    } catch (error) {
      failed(error);
    }
    return published;
  };
  const keepDue = async () => {
    const surplus = Math.max(0, due.size - MOST_DUE);
    for (const key of [...due.keys()].slice(0, surplus)) due.delete(key);
    if (surplus > 0) onDropped(surplus);
    await outbox.write([...due.values()]).catch(failed);
  };

  return {
    get waiting() {
      return due.size;
    },
    async open() {
      // Who has closed it may open it again.
      isClosed = false;
      await makeDirectory(dir).catch((cause: unknown) => {
        throw LostGroundError.from(cause, `cannot keep alerts in ${dir}`);
      });
      await alerts.open();
      const left = await outbox.read();
      due = new Map(left.filter((alert) => !alerts.has(alert)).map((alert) => [alertKey(alert), alert]));
      try {
        await sink.open();
        await inTurn(deliver);
      } catch (error) {
        failed(error);
      }
    },
    handle: (ranking) =>
      inTurn(async () => {
        const found = alerts.check(ranking).filter((alert) => !isWaiting(alert));
        if (found.length === 0) return [];
        for (const alert of found) due.set(alertKey(alert), alert);
        // Where the sink is in trouble, no ranking waits for it: its next turn comes by itself.
        const published = failures === 0 ? await deliver() : [];
        if (due.size > 0) await keepDue();
        return published;
      }),
    async close() {
      isClosed = true;
      clearTimeout(timer);
      timer = undefined;
      await line;
      await sink.close();
    },
  };
}
