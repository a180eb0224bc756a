import { gather } from '../prefetch/gather.ts';
import type { Prefetch } from '../prefetch/prefetch.ts';
import type { StageClock } from '../state/stage-clock.ts';
import type { Stop } from '../state/stop.ts';
import type { Entry } from '../types.ts';

export interface PrefetchedOptions {
  readonly prefetch: Prefetch;
  /** What has to be done before the first call, if anything; where it fails, it stops the scan. */
  readonly prepare: () => Promise<void>;
  /** Whether an entry will be asked for at all. */
  readonly isWanted: (entry: Entry) => boolean;
  readonly clock: StageClock;
  readonly stop: Stop;
}

/** Entries that are planned together. */
const GROUP = 20_000;
/** A pipe that is quiet for so long has brought what it had. */
const IDLE_MS = 200;

/**
 * Entries as they come, after what can be fetched for many of them at once has been fetched: up to 20,000 are looked at
 * together, and a pipe that stays open is not waited for.
 *
 * Order: kept. Failure: that of `entries`. Holds: a group.
 */
export async function* prefetched(
  entries: AsyncIterable<readonly Entry[]>,
  { prefetch, prepare, isWanted, clock, stop }: PrefetchedOptions,
): AsyncGenerator<readonly Entry[]> {
  await prepare();
  for await (const group of gather(entries, { most: GROUP, idleMs: IDLE_MS })) {
    if (stop.reason === undefined) {
      clock.move('prefetch', 1);
      await prefetch.fetch(group.filter(isWanted).map(({ symbol }) => symbol));
      clock.move('prefetch', -1);
    }
    yield group;
  }
}
