import { closeSync, openSync, writeSync } from 'node:fs';
import { FAULTS, type FaultKind } from './faults.ts';
import type { Endpoint } from './route.ts';

/** Requests that arrived, counted by endpoint, and what became of them. */
export interface CallCounts extends Readonly<Record<Endpoint, number>> {
  readonly total: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
  /** Answered with 429 because of the rate limit. */
  readonly limited: number;
  /** Answered with 401 because of a wrong or missing key. */
  readonly unauthorized: number;
  /** Bytes of bodies as they went over the wire. */
  readonly bytes: number;
}

/** One line of the calls file. */
export interface CallRecord {
  /** Arrival, ISO with milliseconds. */
  readonly time: string;
  readonly method: string;
  /** With the query, without a key. */
  readonly path: string;
  /** 0 where no answer was sent. */
  readonly status: number;
  readonly fault: FaultKind | null;
}

/**
 * Counts calls, and appends a line for each to a file where there is one.
 *
 * Lines are written at once: the file can be read while calls go on, and nothing waits in memory. A line that cannot
 * be written throws.
 */
export class CallCounter {
  #file: number | undefined;
  readonly #counts = {
    total: 0,
    aggregates: 0,
    grouped: 0,
    snapshot: 0,
    listing: 0,
    splits: 0,
    bars: 0,
    actions: 0,
    other: 0,
    faults: Object.fromEntries(Object.keys(FAULTS).map((kind) => [kind, 0])) as Record<FaultKind, number>,
    limited: 0,
    unauthorized: 0,
    bytes: 0,
  };

  constructor(path?: string) {
    this.#file = path === undefined ? undefined : openSync(path, 'a');
  }

  arrived(endpoint: Endpoint): void {
    this.#counts.total++;
    this.#counts[endpoint]++;
  }

  refused(why: 'limited' | 'unauthorized'): void {
    this.#counts[why]++;
  }

  sent(bytes: number): void {
    this.#counts.bytes += bytes;
  }

  /** The fate of a call, once. */
  record(record: CallRecord): void {
    if (record.fault !== null) this.#counts.faults[record.fault]++;
    if (this.#file !== undefined) writeSync(this.#file, `${JSON.stringify(record)}\n`);
  }

  /** Calls that have arrived. */
  get total(): number {
    return this.#counts.total;
  }

  counts(): CallCounts {
    return structuredClone(this.#counts);
  }

  /** Later calls are counted only. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
