import type { Settings } from '../../config.ts';
import { readRequests } from '../../daemon/read-requests.ts';
import type { ScanRequest } from '../../daemon/request.ts';
import type { Schedule } from '../../daemon/schedule.ts';
import { ConfigError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { openStdin } from '../../sources/stdin.ts';
import type { Closers } from '../../streams/closers.ts';
import { newScanId } from '../../streams/new-scan-id.ts';
import { asOfSession } from '../as-of-session.ts';
import type { ScanDesk, SubmitOptions } from './scan-desk.ts';
import { isScheduled, startSchedule } from './start-schedule.ts';

export interface IntakeOptions {
  readonly settings: Settings;
  readonly desk: ScanDesk;
  readonly log: Logger;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly closers: Closers;
}

/**
 * What a daemon is asked for: lists on standard input, a list that is there (once, on a schedule, or whenever its file
 * changes), and requests on a Redis stream. A scan that fails is logged, and the next one goes on.
 */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #stopped: Promise<void>;
  #schedule: Schedule | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
    const { signal, closers } = options;
    this.#stopped = new Promise((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    closers.add(() => this.#schedule?.close());
  }

  /** Epoch ms of the next scan on the schedule. */
  get nextDue(): number | undefined {
    return this.#schedule?.next;
  }

  /**
   * Takes what comes. What it answers with resolves once nothing more can come, or it is stopped.
   *
   * Failure: `ConfigError` for a schedule that cannot be; `LostGroundError` where the stream of requests cannot be opened.
   */
  async open(): Promise<{ readonly ended: Promise<void> }> {
    const { settings } = this.#options;
    const work: Promise<void>[] = [];
    if (isScheduled(settings)) this.#schedule = await this.#startSchedule(settings);
    if (settings.universe === '-') work.push(this.#takeLists());
    else if (settings.watch) work.push(this.#watch());
    else work.push(this.#schedule === undefined ? this.#scanUniverse() : this.#stopped);
    if (settings.requests !== undefined) work.push((await this.#openRequests(settings.requests)).ended);
    if (settings.keepAlive) work.push(this.#stopped);
    const ended = Promise.race([Promise.all(work), this.#stopped]).then(() => {});
    return { ended };
  }

  /** Goes on with the schedule of other settings, where there is one. */
  async reschedule(settings: Settings): Promise<void> {
    if (this.#schedule === undefined) return;
    const old = this.#schedule;
    this.#schedule = await this.#startSchedule(settings);
    await old.close();
  }

  #startSchedule(settings: Settings): Promise<Schedule> {
    return startSchedule(settings, () => this.#scanUniverse(), this.#options.log);
  }

  /** Scans the lists on standard input, one after the other: the pipe is held back while one is scanned. */
  async #takeLists(): Promise<void> {
    const { settings, log, signal, closers } = this.#options;
    const input = openStdin();
    closers.add(() => input.stop());
    signal.addEventListener('abort', () => input.stop(), { once: true });
    const requests = readRequests(input.chunks, {
      idleMs: settings.listIdle,
      onProblem: ({ problems, text }) => log.error({ problems, text }, 'A request that cannot be scanned'),
    });
    for await (const request of requests) await this.#scan(request);
  }

  /** Scans what a Redis stream asks for, from now on. */
  async #openRequests(url: string): Promise<{ readonly ended: Promise<void> }> {
    const { settings, desk, log, signal, closers } = this.#options;
    const { openRequests, takeRequests } = await import('./take-requests.ts');
    const requests = await openRequests(url, settings, log);
    closers.add(() => requests.close());
    signal.addEventListener('abort', () => requests.stop(), { once: true });
    const scan = (request: ScanRequest, entry: string) => desk.submit(request, { isAskedAgain: true, entry });
    return { ended: takeRequests(requests, scan, log) };
  }

  /** Scans the list that is there, and again whenever its file changes. */
  async #watch(): Promise<void> {
    const { settings, log, signal } = this.#options;
    const { watchFile } = await import('../../daemon/watch-file.ts');
    await watchFile(settings.universe, {
      onChange: () => this.#scanUniverse(),
      onTrouble: (reason) => log.warn({ reason }, 'The list cannot be read: it is waited for'),
      onRecovered: () => log.info('The list is back'),
      signal,
    });
  }

  #scanUniverse(): Promise<void> {
    // As they are now: they may have been reloaded.
    const { settings } = this.#options.desk.parts;
    return this.#scan(
      { id: newScanId(asOfSession(settings)), universe: settings.universe },
      { isAskedAgain: isScheduled(settings) || settings.watch },
    );
  }

  async #scan(request: ScanRequest, options?: SubmitOptions): Promise<void> {
    const { desk, log } = this.#options;
    const { id } = request;
    try {
      await desk.submit(request, options);
    } catch (error) {
      if (error instanceof ConfigError)
        log.error({ request: id, problems: error.problems }, 'A request that cannot be scanned');
      else log.error({ request: id, err: error }, 'A scan failed');
    }
  }
}
