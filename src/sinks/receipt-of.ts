import { COLUMN, describeRow, orNull } from '../features.ts';
import { describeListing } from '../listing.ts';
import type { FeatureRow, Outcome, Receipt } from '../types.ts';

/** The receipt of an outcome: the entry, the reason, and the rating and what rules look at where there is one. */
export function receiptOf(scan: string, outcome: Outcome): Receipt {
  const { symbol, text, line } = outcome.entry;
  return {
    type: 'receipt',
    scan,
    symbol,
    line,
    ...(text !== symbol && { input: text }),
    outcome: outcome.kind,
    ...reason(outcome),
    ...('row' in outcome ? rated(outcome.row) : undefined),
  };
}

function reason(outcome: Outcome): object | undefined {
  switch (outcome.kind) {
    case 'filtered':
    case 'stale':
      return {
        rule: outcome.rules[0],
        rules: outcome.rules,
        // What a rule before data looked at.
        listing:
          outcome.row === undefined ? (describeListing(outcome.entry.listing) ?? undefined) : undefined,
      };
    case 'failed': {
      const { code, stage, message } = outcome.error;
      return { code, stage, message };
    }
    case 'skipped':
      return { reason: outcome.reason };
    case 'ranked':
      return undefined;
  }
}

function rated(row: FeatureRow | undefined): object | undefined {
  const bars = row?.[COLUMN.bars] ?? 0;
  // Without a bar there is no last session to describe.
  if (row === undefined || bars === 0) return undefined;
  // What the rules look at beside the close: who asks why a symbol was filtered finds the value here.
  return {
    bars,
    dollar_vol_40: orNull(row[COLUMN.dollar_vol_40]!),
    close_cv_20: orNull(row[COLUMN.close_cv_20]!),
    max_jump: orNull(row[COLUMN.max_jump]!),
    max_spike: orNull(row[COLUMN.max_spike]!),
    bad_bars: row[COLUMN.bad_bars]!,
    ...describeRow(row),
  };
}
