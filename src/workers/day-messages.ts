/** What is said to the thread that decodes days, and what it answers: an answer a request, in order. */
import { isMarkedAsUntransferable } from 'node:worker_threads';
import type { PanelShape } from '../panel-filler.ts';
import type { Session } from '../types.ts';
import type { DecodedDay } from './decoders/day-rows.ts';
import type { DecodedRows } from './panel-decoder.ts';
import type { WireError } from './wire-error.ts';

/** A body on its way to the thread, which has its memory from then on. */
export interface PackedBody {
  /** What its pieces stand in, and where: offset and length of each. Views would take longer to hand over than to decode. */
  readonly buffers: readonly ArrayBuffer[];
  readonly ranges: Uint32Array;
}

/** To decode a day, into a panel that was opened where `panel` names one. */
export interface DayRequest extends PackedBody {
  readonly type: 'day';
  readonly session: Session;
  readonly panel: number | undefined;
}

export type DecodeRequest =
  | DayRequest
  | { readonly type: 'open'; readonly panel: number; readonly shape: PanelShape }
  | { readonly type: 'end'; readonly panel: number };

/** The day, which is in shared memory; of one in a panel, what there was to it. */
export type DecodeAnswer =
  | { readonly ok: true; readonly value: DecodedDay | DecodedRows | undefined }
  | { readonly ok: false; readonly error: WireError };

/** Its memory is handed over, copied only where others have a part in it. */
export function packBody(pieces: readonly Uint8Array[]): PackedBody {
  const buffers: ArrayBuffer[] = [];
  const ranges = new Uint32Array(pieces.length * 2);
  for (const [index, piece] of pieces.entries()) {
    // Not `slice`: what comes off the wire is a `Buffer`, whose own does not copy.
    const own = isOwn(piece, buffers) ? piece : new Uint8Array(piece);
    buffers.push(own.buffer as ArrayBuffer);
    ranges.set([own.byteOffset, own.byteLength], index * 2);
  }
  return { buffers, ranges };
}

export function unpackBody({ buffers, ranges }: PackedBody): Uint8Array[] {
  return buffers.map((buffer, index) => new Uint8Array(buffer, ranges[index * 2]!, ranges[index * 2 + 1]!));
}

/** Whether a piece has its memory for itself, but for what stood around it on the wire. */
function isOwn({ buffer }: Uint8Array, taken: readonly ArrayBuffer[]): boolean {
  return buffer instanceof ArrayBuffer && !isMarkedAsUntransferable(buffer) && !taken.includes(buffer);
}
