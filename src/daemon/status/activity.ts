import type { LiveScan } from '../../state/live-scan.ts';
import type { Summary } from '../../types.ts';

/** What a daemon does. */
export type DaemonState = 'idle' | 'scanning' | 'publishing' | 'stopping';

/**
 * What a daemon is doing: it is told of each scan's beginning, publication and end, and tells those who ask.
 *
 * Holds: the scan under way, which is let go at its end, and the last summary.
 */
export class Activity {
  readonly #listeners = new Set<() => void>();
  readonly #passed = new Map<string, number>();
  #live: LiveScan | undefined;
  #isPublishing = false;
  #isStopping = false;
  #last: Summary | undefined;

  /** The scan under way; its publication is a part of it. */
  get live(): LiveScan | undefined {
    return this.#live;
  }

  get state(): DaemonState {
    if (this.#isStopping) return 'stopping';
    if (this.#live === undefined) return 'idle';
    return this.#isPublishing ? 'publishing' : 'scanning';
  }

  get isPublishing(): boolean {
    return this.#isPublishing;
  }

  /** Of the last scan that ended with a ranking. */
  get lastSummary(): Summary | undefined {
    return this.#last;
  }

  /** Symbols that have passed each stage since the daemon was started, those of the scan under way included. */
  get passed(): ReadonlyMap<string, number> {
    const passed = new Map(this.#passed);
    addStages(passed, this.#live);
    return passed;
  }

  /** A scan has begun: what `runScan` gives to `onStart`. */
  begin(live: LiveScan): void {
    this.#live = live;
    this.#isPublishing = false;
  }

  /** Its ranking is handed to the outputs. */
  publish(): void {
    this.#isPublishing = this.#live !== undefined;
  }

  /** It is over; without a summary where it failed before it had a ranking. Without a scan under way, nothing happens. */
  end(summary?: Summary): void {
    if (this.#live === undefined) return;
    addStages(this.#passed, this.#live);
    this.#live = undefined;
    this.#isPublishing = false;
    this.#last = summary ?? this.#last;
    for (const listener of this.#listeners) listener();
  }

  /** The daemon is being stopped. */
  stop(): void {
    this.#isStopping = true;
  }

  /** Calls back at the end of each scan; the answer ends it. */
  onEnd(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function addStages(sums: Map<string, number>, live: LiveScan | undefined): void {
  for (const { stage, passed } of live?.stages ?? []) sums.set(stage, (sums.get(stage) ?? 0) + passed);
}
