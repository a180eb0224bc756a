import type { ScanRequest } from '../../daemon/request.ts';
import { LostGroundError } from '../../errors.ts';
import { isNothingFinished } from '../../sinks/nothing-finished.ts';
import type { Ranking, Summary } from '../../types.ts';
import type { OpenParts } from './open-parts.ts';
import { type RequestedScan, type ScanRequestOptions, scanRequest } from './scan-request.ts';

export interface ScanDeskOptions extends ScanRequestOptions {
  /** Ends the scan under way in order, and every further one before it starts. */
  readonly signal: AbortSignal;
  /** Told of every scan that was published. */
  readonly onScan: (ranking: Ranking) => void;
}

export interface SubmitOptions {
  /** Whether it will be asked for again: what is interrupted, or loses its ground, is then not published in part. @default false */
  readonly isAskedAgain?: boolean;
  /** The entry of a stream that asks for it: what is published for it is published once. */
  readonly entry?: string;
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
  #parts: OpenParts;
  #latest: Ranking | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(parts: OpenParts, options: ScanDeskOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** What scans run on. */
  get parts(): OpenParts {
    return this.#parts;
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
   * sink cannot be written, once what was finished is published (unless it is asked for again), and where its turn comes
   * after the stop.
   */
  submit(request: ScanRequest, options: SubmitOptions = {}): Promise<Summary> {
    this.#waiting++;
    return this.#inTurn(() => this.#scan(request, options)).finally(() => this.#waiting--);
  }

  /** Resolves when nothing is under way, and nothing waits. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** Replaces what further scans run on, when the scan under way and those that were asked for before are over. */
  replace(change: (parts: OpenParts) => Promise<OpenParts>): Promise<void> {
    return this.#inTurn(async () => {
      this.#parts = await change(this.#parts);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  async #scan(request: ScanRequest, { isAskedAgain = false, entry }: SubmitOptions): Promise<Summary> {
    const { signal, activity } = this.#options;
    if (signal.aborted) throw new LostGroundError('It was not scanned: the daemon is being stopped');
    let summary: Summary | undefined;
    try {
      const scanned = await scanRequest(request, this.#parts, { ...this.#options, entry });
      ({ summary } = scanned.ranking);
      if (isAskedAgain) {
        if (scanned.lost !== undefined) throw scanned.lost;
        if (summary.stopped === 'interrupted') return summary;
      }
      activity.publish();
      await this.#publish(scanned).finally(() => this.#record(scanned));
      if (scanned.lost !== undefined) throw scanned.lost;
      return summary;
    } finally {
      activity.end(summary);
    }
  }

  async #publish({ ranking, subject }: RequestedScan): Promise<void> {
    const { onScan, log } = this.#options;
    const { sinks, changes, alerts } = this.#parts.outputs;
    const compared = subject === undefined ? undefined : await changes.compare(ranking, subject);
    const { published, whole } = compared ?? { published: ranking, whole: ranking };
    const results = await Promise.allSettled(sinks.map((sink) => sink.publish(published)));
    const { summary } = whole;
    if (!isNothingFinished(whole)) this.#latest = whole;
    this.#summaries.set(summary.scan, summary);
    const [oldest] = this.#summaries.keys();
    if (this.#summaries.size > REMEMBERED) this.#summaries.delete(oldest!);
    onScan(whole);
    log.info(
      { scan: summary.scan, in: summary.in, outcomes: summary.outcomes, calls: summary.calls },
      'Published',
    );
    await alerts?.handle(whole);
    const failures = results.flatMap((result) => (result.status === 'fulfilled' ? [] : [result.reason]));
    if (failures.length > 0) throw LostGroundError.from(failures[0], 'A ranking cannot be published');
    // Behind the alerts: after a crash in between they fire again, rather than never.
    await compared?.remember();
  }

  /** The ranking is out: that it cannot be replayed is no reason to scan again. */
  async #record({ manifest, ranking }: RequestedScan): Promise<void> {
    if (manifest === undefined) return;
    await this.#parts.journal?.record(manifest()).catch((error: unknown) => {
      this.#options.log.error({ err: error, scan: ranking.summary.scan }, 'The journal cannot be written');
    });
  }
}
