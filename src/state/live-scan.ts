import type { OutcomeKind, Session } from '../types.ts';
import type { BreakerState } from './breaker.ts';
import type { SlowSymbol } from './slowest.ts';
import type { StageFigures } from './stage-clock.ts';

/** A scan to be looked at while it runs, and after: every figure is that of the moment in which it is read. */
export interface LiveScan {
  readonly id: string;
  readonly asOf: Session;
  /** Epoch ms. */
  readonly started: number;
  /** Entries that have come in so far. */
  readonly entered: number;
  readonly outcomes: Readonly<Record<OutcomeKind, number>>;
  /** Symbols inside, and how many may be. */
  readonly credits: { readonly inside: number; readonly window: number };
  /** In the order in which they were first entered. */
  readonly stages: readonly StageFigures[];
  /** Calls for one symbol: those under way, how many may be as the provider takes them, and at most. */
  readonly fetches: { readonly underWay: number; readonly limit: number; readonly ceiling: number };
  readonly breaker: BreakerState;
  /** As in the summary: `hits` were kept before the scan. */
  readonly cache: { readonly hits: number; readonly prefetched: number; readonly misses: number };
  readonly calls: number;
  readonly retries: number;
  /** Of bodies received. */
  readonly bytes: number;
  /** At most ten, the slowest first. */
  readonly slowest: readonly SlowSymbol[];
}
