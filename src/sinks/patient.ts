import { join } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Ranking, Sink } from '../types.ts';
import { backOffMs } from './back-off.ts';
import { safeFileName } from './safe-file-name.ts';
import { createSpill, type Spilled } from './spill.ts';
import { DamagedRankingError } from './spilled-ranking.ts';

export interface PatientSinkOptions {
  /** Where rankings wait, in a folder named after the sink; many sinks may have the same, but only one process. */
  readonly spillDir: string;
  /** Bytes that may wait. @default 256 MiB */
  readonly maxSpillBytes?: number;
  /** Milliseconds until the first repetition; twice as long each time, give or take a quarter. @default 1000 */
  readonly baseMs?: number;
  /** Milliseconds between repetitions at most. @default 60000 */
  readonly capMs?: number;
  /** Told once why the sink fails, until it has recovered. */
  readonly onTrouble?: (error: unknown) => void;
  /** Told once nothing waits any more, and how many rankings were published late. */
  readonly onRecovered?: (published: number) => void;
  /** Told of each ranking that will never be published, and why. */
  readonly onDropped?: (dropped: DroppedRanking) => void;
  readonly random?: () => number;
}

export interface DroppedRanking {
  /** `undefined` where it cannot be read. */
  readonly scan: string | undefined;
  readonly bytes: number;
  /** `surplus`: newer ones needed the room. */
  readonly reason: 'surplus' | 'damaged';
}

/** Where a ranking is once `publish` has resolved, durably: in the sink, or on disk, to be published later. */
export type Delivery = 'published' | 'spilled';

/** A sink that does not fail as long as its folder can be written. */
export interface PatientSink extends Omit<Sink, 'publish'> {
  publish(ranking: Ranking): Promise<Delivery>;
  /** What waits on disk. */
  readonly waiting: { readonly rankings: number; readonly bytes: number };
}

/**
 * Publishes to a sink, and keeps on disk what it does not take: that is published in order, as soon as the sink works again,
 * by this process or the next one.
 *
 * Order: that of the calls; while one waits, those that follow wait behind it. At least once: a process that is killed after the
 * sink has taken a ranking and before its file is gone publishes it again; sinks of files and of a Redis stream know it then.
 *
 * Failure: `open` and `publish` reject with a `LostGroundError` where the folder cannot be written, and `publish` also where the
 * sink fails and the ranking alone is larger than the bound; then it is nowhere. A sink that cannot be opened is in
 * trouble, as one that fails later.
 *
 * Holds: a chunk of a ranking; on disk `maxSpillBytes`, besides one ranking that is being written and one that is
 * being published. Beyond it the oldest ones are dropped, and `onDropped` is told; the one that is being published, once
 * that has failed.
 */
export function createPatientSink(
  sink: Sink,
  {
    spillDir,
    maxSpillBytes = 256 * 2 ** 20,
    baseMs = 1000,
    capMs = 60_000,
    onTrouble = () => {},
    onRecovered = () => {},
    onDropped = () => {},
    random = Math.random,
  }: PatientSinkOptions,
): PatientSink {
  if (!(baseMs > 0) || !(capMs >= baseMs))
    throw new ConfigError([`Expected 0 < \`baseMs\` ≤ \`capMs\`, got \`${baseMs}\` and \`${capMs}\``]);
  const spill = createSpill(join(spillDir, safeFileName(sink.name)), maxSpillBytes);
  let opening: Promise<void> | undefined;
  /** The end of the last publication. */
  let line: Promise<unknown> = Promise.resolve();
  let underWay: Spilled | undefined;
  /** Whether what is under way would have been dropped: it is not tried again. */
  let isDoomed = false;
  let draining: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isTroubled = false;
  let isClosed = false;
  /** Attempts that failed, one after the other. */
  let failures = 0;
  let late = 0;

  const failed = (error: unknown) => {
    failures++;
    if (isTroubled) return;
    isTroubled = true;
    onTrouble(error);
  };
  const succeeded = () => {
    failures = 0;
    if (!isTroubled || spill.length > 0) return;
    isTroubled = false;
    onRecovered(late);
    late = 0;
  };
  const drop = async (spilled: Spilled, reason: DroppedRanking['reason']) => {
    const scan = reason === 'surplus' ? scanOf(spilled) : undefined;
    await spill.remove(spilled).catch(failed);
    onDropped({ scan, bytes: spilled.bytes, reason });
  };
  const dropSurplus = async () => {
    for (let old = spill.surplus(underWay); old !== undefined; old = spill.surplus(underWay)) {
      isDoomed = true;
      await drop(old, 'surplus');
    }
  };
  const schedule = () => {
    if (isClosed || draining !== undefined || timer !== undefined || spill.length === 0) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        draining = drain().finally(() => {
          draining = undefined;
          schedule();
        });
      },
      backOffMs(failures, { baseMs, capMs, random }),
    );
  };
  /** Publishes what waits, until there is nothing more or the sink fails. */
  const drain = async () => {
    for (underWay = spill.first(); underWay !== undefined && !isClosed; underWay = spill.first()) {
      isDoomed = false;
      try {
        await sink.publish(underWay.read());
      } catch (error) {
        if (error instanceof DamagedRankingError) {
          await drop(underWay, 'damaged');
          continue;
        }
        failed(error);
        if (isDoomed) await drop(underWay, 'surplus');
        break;
      }
      late++;
      await spill.remove(underWay).catch(failed);
      succeeded();
    }
    underWay = undefined;
    await dropSurplus();
  };
  const openOnce = () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const open = async () => {
    await spill.open();
    await dropSurplus();
    await sink.open().catch(failed);
    schedule();
  };
  const publish = async (ranking: Ranking): Promise<Delivery> => {
    await openOnce();
    if (spill.length === 0) {
      try {
        await sink.publish(ranking);
        succeeded();
        return 'published';
      } catch (error) {
        failed(error);
      }
    }
    await spill.add(ranking);
    await dropSurplus();
    schedule();
    return 'spilled';
  };

  return {
    name: sink.name,
    get waiting() {
      return { rankings: spill.length, bytes: spill.bytes };
    },
    open: openOnce,
    publish(ranking) {
      const publication = line.then(() => publish(ranking));
      line = publication.catch(() => {});
      return publication;
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      timer = undefined;
      await line;
      await draining;
      await sink.close();
      // Who closes may open again.
      opening = undefined;
      isClosed = false;
    },
  };
}

function scanOf(spilled: Spilled): string | undefined {
  try {
    return spilled.read().summary.scan;
  } catch {
    return undefined;
  }
}
