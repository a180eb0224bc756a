import { lastValueFrom, tap } from 'rxjs';
import type { Settings } from '../../config.ts';
import type { ScanRequest } from '../../daemon/request.ts';
import { LostGroundError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { runScan, type ScanEvent } from '../../streams/run-scan.ts';
import type { Ranking, Sink, Summary } from '../../types.ts';
import { asOfSession } from '../as-of-session.ts';
import { createScreens } from '../create-screens.ts';
import { type Engine, formingSession } from '../open-scan.ts';

export interface ScanDeskOptions {
  readonly settings: Settings;
  readonly engine: Engine;
  readonly sinks: readonly Sink[];
  readonly log: Logger;
  /** Ends the scan under way in order, and every further one before it starts. */
  readonly signal: AbortSignal;
  /** Told of every scan that was published. */
  readonly onScan: (ranking: Ranking) => void;
}

/** Scans that are remembered by name. */
const REMEMBERED = 100;

/**
 * Runs the scans of a daemon one after the other, in the order in which they are asked for: each one has all of the
 * provider's calls and of the memory.
 *
 * Holds: the last ranking, and the summaries of the last 100.
 */
export class ScanDesk {
  readonly #options: ScanDeskOptions;
  readonly #summaries = new Map<string, Summary>();
  #latest: Ranking | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(options: ScanDeskOptions) {
    this.#options = options;
  }

  get latest(): Ranking | undefined {
    return this.#latest;
  }

  /** Scans that wait for their turn, the one under way not counted. */
  get waiting(): number {
    return Math.max(0, this.#waiting - 1);
  }

  summary(id: string): Summary | undefined {
    return this.#summaries.get(id);
  }

  /**
   * Scans what is asked for and publishes the ranking. Resolves once every sink has it.
   *
   * Failure: `ConfigError` for a request that cannot be scanned; `LostGroundError` where the provider refuses every call or a
   * sink cannot be written, once what was finished is published.
   */
  submit(request: ScanRequest): Promise<Summary> {
    this.#waiting++;
    const scan = this.#last.then(() => this.#scan(request)).finally(() => this.#waiting--);
    this.#last = scan.catch(() => {});
    return scan;
  }

  async #scan(request: ScanRequest): Promise<Summary> {
    const { settings, engine, log, signal } = this.#options;
    const { id, top, rankBy, where = settings.where, screen = settings.screen } = request;
    const asOf = asOfSession({ ...settings, asOf: request.asOf ?? settings.asOf });
    const screens = await createScreens({ where, screen, define: settings.define });
    const list = request.universe === undefined ? undefined : engine.openList(request.universe, request.asOf);
    try {
      let ranking: Ranking | undefined;
      const events = runScan({
        ...engine.options,
        id,
        universe: list ?? universeOf(request),
        asOf,
        forming: request.asOf === undefined ? formingSession(settings, log) : undefined,
        screens,
        ...(top !== undefined && { top }),
        ...(rankBy !== undefined && { rankBy }),
        signal,
      }).pipe(
        tap((event: ScanEvent) => {
          if (event.kind === 'ranking') ranking = event.ranking;
        }),
      );
      const lost = await lastValueFrom(events).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (ranking === undefined) throw lost;
      await this.#publish(ranking);
      if (lost !== undefined) throw lost;
      return ranking.summary;
    } finally {
      list?.stop();
    }
  }

  async #publish(ranking: Ranking): Promise<void> {
    const { sinks, onScan, log } = this.#options;
    const results = await Promise.allSettled(sinks.map((sink) => sink.publish(ranking)));
    const { summary } = ranking;
    this.#latest = ranking;
    this.#summaries.set(summary.scan, summary);
    const [oldest] = this.#summaries.keys();
    if (this.#summaries.size > REMEMBERED) this.#summaries.delete(oldest!);
    onScan(ranking);
    log.info(
      { scan: summary.scan, in: summary.in, outcomes: summary.outcomes, calls: summary.calls },
      'Published',
    );
    const failures = results.flatMap((result) => (result.status === 'fulfilled' ? [] : [result.reason]));
    if (failures.length > 0) throw LostGroundError.from(failures[0], 'A ranking cannot be published');
  }
}

function universeOf({ list }: ScanRequest) {
  if (list === undefined || Symbol.iterator in list) return list ?? [];
  return { chunks: list, isFile: false, stop() {} };
}
