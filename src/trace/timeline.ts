import type { Details } from './tracer.ts';

interface Span {
  readonly track: string;
  readonly lane: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly details: Details | undefined;
}

interface Reading {
  readonly counter: string;
  readonly at: number;
  readonly value: number;
}

/** The whole program is one process to the viewer. */
const PID = 1;

/**
 * What happened when, for a viewer of Chrome's trace event format (Perfetto, chrome://tracing).
 *
 * Source of the format: "Trace Event Format", complete (`X`), counter (`C`) and metadata (`M`) events. Times are taken in
 * milliseconds of one clock and written in microseconds. Holds: every span and reading.
 */
export class Timeline {
  readonly #spans: Span[] = [];
  readonly #readings: Reading[] = [];
  /** Lanes by track, true where something is under way. */
  readonly #lanes = new Map<string, boolean[]>();

  /** Begins what may overlap with others of its track, on the first lane that is free. */
  begin(
    track: string,
    name: string,
    start: number,
    details?: Details,
  ): (end: number, more?: Details) => void {
    const lanes = this.#lanesOf(track);
    const free = lanes.indexOf(false);
    const lane = free === -1 ? lanes.length : free;
    lanes[lane] = true;
    return (end, more) => {
      lanes[lane] = false;
      this.#spans.push({ track, lane, name, start, end, details: more ? { ...details, ...more } : details });
    };
  }

  /** Adds what is over, on the first lane of its track: it overlaps with nothing there, or lies within it. */
  add(track: string, name: string, start: number, end: number, details?: Details): void {
    this.#lanesOf(track);
    this.#spans.push({ track, lane: 0, name, start, end, details });
  }

  /** A counter has this value from `at` on. */
  count(counter: string, at: number, value: number): void {
    this.#readings.push({ counter, at, value });
  }

  /** The file: an object of `traceEvents`, an event a line, ascending by time. */
  text(): string {
    const tracks = [...this.#lanes.keys()];
    const tid = (track: string, lane: number) => 1 + tracks.indexOf(track) * 1000 + lane;
    const events = [
      ...this.#spans.map(({ track, lane, name, start, end, details }) => ({
        ph: 'X',
        pid: PID,
        tid: tid(track, lane),
        ts: micros(start),
        dur: micros(end) - micros(start),
        name,
        cat: track,
        ...(details && { args: details }),
      })),
      ...this.#readings.map(({ counter, at, value }) => ({
        ph: 'C',
        pid: PID,
        ts: micros(at),
        name: counter,
        args: { value },
      })),
    ].sort((a, b) => a.ts - b.ts);
    const lines = [...this.#names(tid), ...events].map((event) => JSON.stringify(event));
    return `{"displayTimeUnit":"ms","traceEvents":[\n${lines.join(',\n')}\n]}\n`;
  }

  *#names(tid: (track: string, lane: number) => number): Generator<object> {
    yield { ph: 'M', pid: PID, name: 'process_name', args: { name: 'tapescan' } };
    for (const [track, lanes] of this.#lanes) {
      for (let lane = 0; lane < Math.max(1, lanes.length); lane++) {
        const own = { ph: 'M', pid: PID, tid: tid(track, lane) };
        yield {
          ...own,
          name: 'thread_name',
          args: { name: lanes.length > 1 ? `${track} ${lane + 1}` : track },
        };
        yield { ...own, name: 'thread_sort_index', args: { sort_index: own.tid } };
      }
    }
  }

  #lanesOf(track: string): boolean[] {
    let lanes = this.#lanes.get(track);
    if (lanes === undefined) {
      lanes = [];
      this.#lanes.set(track, lanes);
    }
    return lanes;
  }
}

/** Whole ones: a viewer wants no more, and sums of them are exact. */
function micros(ms: number): number {
  return Math.round(ms * 1000);
}
