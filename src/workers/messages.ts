/**
 * What goes to a scoring thread and comes back: a batch each way, its bytes in one block that is transferred.
 *
 * A symbol of its own would cost more in messages than in scoring, and cloned objects more than both.
 */
import { ROW_WIDTH } from '../features.ts';
import type { Visit } from '../trace/tracer.ts';
import type { BesideSeries, ScoreJob, ScoreResult, SeriesBytes, WireFormat } from '../types.ts';
import type { ScoreOptions } from './score.ts';
import { packError, unpackError, type WireError } from './wire-error.ts';

/** Jobs on their way to a thread. */
export interface ScoreTask {
  /** Whether the answer says when and where it was made. */
  readonly timed?: true;
  readonly options: ScoreOptions;
  readonly symbols: readonly string[];
  /** For each job the format of its payload, or null for a series. */
  readonly formats: readonly (WireFormat | null)[];
  /** What is known beside the series of jobs, by their place, of those of which something is. */
  readonly beside: readonly (readonly [job: number, beside: BesideSeries])[];
  /** For each job: how many pages it has (one for a series), then offset and length of each. */
  readonly layout: Uint32Array;
  readonly block: ArrayBuffer;
}

/** Results on their way back. */
export interface ScoreAnswer {
  readonly rows: Float64Array;
  /** Offset and length of each job's decoded series in `block`; length 0 where there is none. */
  readonly layout: Uint32Array;
  /** Shared, for a store that writes on another thread: it does not need a copy. */
  readonly block: SharedArrayBuffer;
  readonly errors: readonly (readonly [job: number, error: WireError])[];
  readonly visit?: Visit;
}

/** Copies a batch into one block. */
export function packTask(jobs: readonly ScoreJob[], options: ScoreOptions): ScoreTask {
  const layout: number[] = [];
  const blocks: Uint8Array[] = [];
  let size = 0;
  for (const job of jobs) {
    const own = 'payload' in job ? job.payload.pages : [job.series];
    layout.push(own.length);
    for (const bytes of own) {
      layout.push(size, bytes.byteLength);
      blocks.push(bytes);
      size = aligned(size + bytes.byteLength);
    }
  }
  return {
    options,
    symbols: jobs.map(({ symbol }) => symbol),
    formats: jobs.map((job) => ('payload' in job ? job.payload.format : null)),
    beside: jobs.flatMap(({ splits, forming }, job) =>
      splits === undefined && forming === undefined ? [] : [[job, { splits, forming }] as const],
    ),
    layout: Uint32Array.from(layout),
    block: joined(blocks, size),
  };
}

/** The jobs of a task, as views on its block. */
export function unpackTask({ symbols, formats, beside, layout, block }: ScoreTask): ScoreJob[] {
  const besideOf = new Map(beside);
  let at = 0;
  return symbols.map((symbol, index): ScoreJob => {
    const format = formats[index]!;
    const first = at + 1;
    const pages = Array.from(
      { length: layout[at]! },
      (_, page) => new Uint8Array(block, layout[first + 2 * page]!, layout[first + 2 * page + 1]!),
    );
    at = first + 2 * pages.length;
    const job = { symbol, ...besideOf.get(index) };
    return format === null ? { ...job, series: pages[0]! } : { ...job, payload: { format, pages } };
  });
}

/** Puts rows and decoded series of a batch into a block each. */
export function packAnswer(results: readonly ScoreResult[]): ScoreAnswer {
  const rows = new Float64Array(results.length * ROW_WIDTH);
  const layout = new Uint32Array(results.length * 2);
  const blocks: Uint8Array[] = [];
  const errors: (readonly [number, WireError])[] = [];
  let size = 0;
  results.forEach((result, job) => {
    if (!result.ok) {
      errors.push([job, packError(result.error)]);
      return;
    }
    rows.set(result.row, job * ROW_WIDTH);
    if (result.series === undefined) return;
    layout[2 * job] = size;
    layout[2 * job + 1] = result.series.byteLength;
    blocks.push(result.series);
    size = aligned(size + result.series.byteLength);
  });
  const block = new SharedArrayBuffer(size);
  join(blocks, new Uint8Array(block));
  return { rows, layout, block, errors };
}

/** The results of an answer, as views on its blocks: keeping one row or series keeps the block it stands in. */
export function unpackAnswer({ rows, layout, block, errors }: ScoreAnswer): ScoreResult[] {
  const results = Array.from({ length: layout.length / 2 }, (_, job): ScoreResult => {
    const row = rows.subarray(job * ROW_WIDTH, (job + 1) * ROW_WIDTH);
    const length = layout[2 * job + 1]!;
    if (length === 0) return { ok: true, row };
    const series: SeriesBytes = new Uint8Array(block, layout[2 * job]!, length);
    return { ok: true, row, series };
  });
  for (const [job, error] of errors) results[job] = { ok: false, error: unpackError(error) };
  return results;
}

/** Columns of doubles start at multiples of 8. */
function aligned(size: number): number {
  return (size + 7) & ~7;
}

function joined(blocks: readonly Uint8Array[], size: number): ArrayBuffer {
  // All but the gaps between blocks is written: zeroing it first would cost as much as copying.
  const block = Buffer.allocUnsafeSlow(size);
  join(blocks, block);
  return block.buffer;
}

function join(blocks: readonly Uint8Array[], into: Uint8Array): void {
  let at = 0;
  for (const bytes of blocks) {
    into.set(bytes, at);
    at = aligned(at + bytes.byteLength);
  }
}
