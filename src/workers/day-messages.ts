/** What is said to the thread that decodes days, and what it answers: an answer a request, in order. */
import type { Session } from '../types.ts';
import type { DecodedDay } from './decoders/day-rows.ts';
import type { WireError } from './wire-error.ts';

/** The body is the thread's own from then on. */
export interface DayRequest {
  readonly body: Uint8Array;
  readonly session: Session;
}

/** The day is in shared memory. */
export type DayAnswer =
  | { readonly ok: true; readonly day: DecodedDay }
  | { readonly ok: false; readonly error: WireError };
