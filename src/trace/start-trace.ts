import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { ConfigError } from '../errors.ts';
import { profileThisThread } from './cpu-profile.ts';
import { LoadCurve } from './load-curve.ts';
import { ObservedThreads } from './observed-threads.ts';
import { phasesOf, type Stretch } from './phases.ts';
import { Timeline } from './timeline.ts';
import type { Tracer } from './tracer.ts';
import { loadByPhase, type PhaseLoad } from './utilisation.ts';

/** What a trace is, once it has ended. */
export interface TraceResult {
  /** The timeline in Chrome's trace event format. */
  readonly timeline: string;
  /** A V8 CPU profile of the main thread, and one of each scoring thread. */
  readonly profiles: readonly { readonly thread: 'main' | number; readonly text: string }[];
  readonly loads: readonly PhaseLoad[];
}

/** A trace under way. */
export interface Trace extends Tracer {
  /** Ends it. Nothing may be reported any more. */
  end(): Promise<TraceResult>;
}

const SAMPLE_MS = 20;
/** Two readings of a load that are closer than this say little more than one. */
const LEAST_MS = 5;
const MAIN = 'main thread';

/**
 * Starts a trace of this process: a timeline of what is reported to it, of garbage collections and of the load every 20 ms,
 * and CPU profiles of this thread and of those that score.
 *
 * Failure: `ConfigError` on a Node.js that cannot profile its threads. Holds: some 100 bytes for each event, and the
 * profiles, until its end.
 */
export async function startTrace(): Promise<Trace> {
  if (typeof Worker.prototype.startCpuProfile !== 'function') {
    throw new ConfigError([`A trace needs Node.js 24.8 or newer, this is ${process.version}`]);
  }
  const timeline = new Timeline();
  const threads = new ObservedThreads(() => performance.now());
  const busy = new Map<string, { since: number | undefined; stretches: Stretch[] }>();
  const main = { busy: new LoadCurve(), cpu: new LoadCurve() };
  const all = new LoadCurve();
  // From the monotonic clock of all threads to the time of this one.
  const shift = clockShift();

  const onCollections = (entries: readonly PerformanceEntry[]) => {
    for (const entry of entries) {
      const { startTime, duration } = entry;
      const { kind } = (entry as CollectionEntry).detail;
      timeline.add(MAIN, `gc ${COLLECTIONS.get(kind) ?? kind}`, startTime, startTime + duration);
    }
  };
  const collections = new PerformanceObserver((list) => onCollections(list.getEntries()));
  collections.observe({ entryTypes: ['gc'] });

  let last = Number.NEGATIVE_INFINITY;
  const readLoad = () => {
    last = performance.now();
    const own = process.threadCpuUsage();
    const whole = process.cpuUsage();
    main.busy.read(last, performance.eventLoopUtilization().active);
    main.cpu.read(last, (own.user + own.system) / 1000);
    all.read(last, (whole.user + whole.system) / 1000);
  };
  const noteStart = (worker: Worker) => threads.noteStart(worker);
  process.on('worker', noteStart);
  const stopProfile = await profileThisThread();
  const started = performance.now();
  readLoad();
  const sampling = setInterval(() => {
    readLoad();
    threads.readCpu();
  }, SAMPLE_MS);
  sampling.unref();

  return {
    inside(stage, symbols, at) {
      timeline.count(`in ${stage}`, at, symbols);
      let state = busy.get(stage);
      if (state === undefined) {
        state = { since: undefined, stretches: [] };
        busy.set(stage, state);
      }
      if (state.since === undefined && symbols > 0) {
        state.since = at;
      } else if (state.since !== undefined && symbols === 0) {
        state.stretches.push({ start: state.since, end: at });
        timeline.add(`stage ${stage}`, stage, state.since, at);
        state.since = undefined;
      } else return;
      // Where phases begin and end, the load is read, so that none counts for another.
      if (at - last >= LEAST_MS) readLoad();
    },
    begin(track, name, details) {
      const end = timeline.begin(track, name, performance.now(), details);
      return (more) => end(performance.now(), more);
    },
    visited({ threadId, started, ended }, sent, details) {
      const start = started + shift;
      const end = ended + shift;
      const { number } = threads.visited(threadId, start, end);
      timeline.add(`worker ${number}`, 'score', start, end, {
        ...details,
        waited_ms: rounded(start - sent),
        answer_ms: rounded(performance.now() - end),
      });
    },
    watch(workers) {
      const ends = workers.map((worker) => threads.watch(worker));
      return async () => {
        await Promise.all(ends.map((end) => end()));
      };
    },
    async end() {
      clearInterval(sampling);
      process.off('worker', noteStart);
      readLoad();
      const ended = last;
      const text = await stopProfile();
      // Entries are handed over from the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      onCollections(collections.takeRecords());
      collections.disconnect();
      const stretches = new Map([...busy].map(([stage, state]) => [stage, state.stretches] as const));
      const curves = [
        [`${MAIN} busy %`, main.busy],
        [`${MAIN} cpu %`, main.cpu],
        ['process cpu %', all],
        ...threads.all.map(({ number, cpu }) => [`worker ${number} cpu %`, cpu] as const),
        ...threads.helpers.map(({ name, cpu }) => [`${name} cpu %`, cpu] as const),
      ] as const;
      for (const [name, curve] of curves) {
        for (const [at, rate] of curve.rates()) timeline.count(name, at, Math.round(rate * 100));
      }
      return {
        timeline: timeline.text(),
        profiles: [
          { thread: 'main', text },
          ...threads.all.flatMap(({ number, profile }) =>
            profile === undefined ? [] : [{ thread: number, text: profile }],
          ),
        ],
        loads: loadByPhase(phasesOf(stretches, { start: started, end: ended }), {
          main,
          threads: threads.all,
          helpers: threads.helpers,
          process: all,
        }),
      };
    },
  };
}

type CollectionEntry = PerformanceEntry & { readonly detail: { readonly kind: number } };

const COLLECTIONS: ReadonlyMap<number, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'scavenge'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'mark-sweep'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental marking'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weak callbacks'],
]);

/** What a time of the monotonic clock is short of `performance.now()`. Being interrupted between the two makes it too small. */
function clockShift(): number {
  return Math.max(...Array.from({ length: 10 }, () => performance.now() - monotonicMs()));
}

function monotonicMs(): number {
  const [seconds, nanos] = process.hrtime();
  return seconds * 1000 + nanos / 1e6;
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
