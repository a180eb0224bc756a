import type { Outcome, OutcomeKind } from '../types.ts';

/** Counts what came in and how it left; `in` must equal the sum of the outcomes when the scan is over. */
export class Ledger {
  in = 0;
  readonly outcomes: Record<OutcomeKind, number> = {
    ranked: 0,
    filtered: 0,
    failed: 0,
    stale: 0,
    skipped: 0,
  };
  /** By name of the rule; of several, the first. */
  readonly filtered: Record<string, number> = {};
  /** By `stage:code`. */
  readonly failed: Record<string, number> = {};
  /** By reason. */
  readonly skipped: Record<string, number> = {};

  enter(): void {
    this.in++;
  }

  leave(outcome: Outcome): void {
    this.outcomes[outcome.kind]++;
    if (outcome.kind === 'filtered') count(this.filtered, outcome.rules[0]!);
    else if (outcome.kind === 'failed') count(this.failed, `${outcome.error.stage}:${outcome.error.code}`);
    else if (outcome.kind === 'skipped') count(this.skipped, outcome.reason);
  }

  get out(): number {
    return Object.values(this.outcomes).reduce((sum, count) => sum + count, 0);
  }

  get conserved(): boolean {
    return this.in === this.out;
  }
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
