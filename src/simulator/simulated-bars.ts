import type { Session } from '../types.ts';

/** One symbol's daily bars as they were traded (unadjusted), ascending by session, with its splits. */
export interface SimulatedBars {
  readonly session: Int32Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Shares. */
  readonly volume: Float64Array;
  /** Ascending by session. */
  readonly splits: readonly Split[];
}

/** `to` new shares for `from` old ones, before the open of a session. */
export interface Split {
  readonly session: Session;
  readonly from: number;
  readonly to: number;
}
