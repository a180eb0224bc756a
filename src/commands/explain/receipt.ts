import type { Stage } from '../../errors.ts';
import type { OutcomeKind, SkipReason } from '../../types.ts';

/** How a symbol left a scan, as the receipts have it. */
export interface Receipt {
  readonly type: 'receipt';
  readonly scan: string;
  readonly symbol: string;
  readonly line: number;
  readonly outcome: OutcomeKind;
  /** Of what was filtered, or stale and would have been filtered too. */
  readonly rules?: readonly string[];
  /** Of what failed. */
  readonly code?: string;
  readonly stage?: Stage;
  readonly message?: string;
  /** Of what was skipped. */
  readonly reason?: SkipReason;
  readonly session?: string;
  /** What the rules compare, where the receipt has it. */
  readonly bars?: number;
  readonly close?: number;
  readonly dollar_vol_40?: number | null;
  readonly close_cv_20?: number | null;
  readonly max_jump?: number | null;
  readonly max_spike?: number | null;
  readonly bad_bars?: number;
}

export const OUTCOME_KINDS = [
  'ranked',
  'filtered',
  'failed',
  'stale',
  'skipped',
] as const satisfies readonly OutcomeKind[];
