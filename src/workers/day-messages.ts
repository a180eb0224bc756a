/** What is said to the thread that decodes days, and what it answers: an answer a request, in order. */
import { isMarkedAsUntransferable } from 'node:worker_threads';
import type { Session } from '../types.ts';
import type { DecodedDay } from './decoders/day-rows.ts';
import type { WireError } from './wire-error.ts';

/** The body is the thread's own from then on. */
export interface DayRequest {
  /** What its pieces stand in, and where: offset and length of each. Views would take longer to hand over than to decode. */
  readonly buffers: readonly ArrayBuffer[];
  readonly ranges: Uint32Array;
  readonly session: Session;
}

/** A body on its way to the thread: its memory is handed over, copied only where others have a part in it. */
export function packBody(pieces: readonly Uint8Array[], session: Session): DayRequest {
  const buffers: ArrayBuffer[] = [];
  const ranges = new Uint32Array(pieces.length * 2);
  for (const [index, piece] of pieces.entries()) {
    const own = isOwn(piece, buffers) ? piece : piece.slice();
    buffers.push(own.buffer as ArrayBuffer);
    ranges.set([own.byteOffset, own.byteLength], index * 2);
  }
  return { buffers, ranges, session };
}

export function unpackBody({ buffers, ranges }: DayRequest): Uint8Array[] {
  return buffers.map((buffer, index) => new Uint8Array(buffer, ranges[index * 2]!, ranges[index * 2 + 1]!));
}

/** Whether a piece has its memory for itself, but for what stood around it on the wire. */
function isOwn({ buffer }: Uint8Array, taken: readonly ArrayBuffer[]): boolean {
  return buffer instanceof ArrayBuffer && !isMarkedAsUntransferable(buffer) && !taken.includes(buffer);
}

/** The day is in shared memory. */
export type DayAnswer =
  | { readonly ok: true; readonly day: DecodedDay }
  | { readonly ok: false; readonly error: WireError };
