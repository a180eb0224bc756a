import { COLUMN, describeRow, orNull } from '../features.ts';
import { describeListing } from '../listing.ts';
import type { FeatureRow, Outcome } from '../types.ts';
import { type AtomicFile, openAtomicFile } from './atomic-file.ts';

export interface ReceiptsOptions {
  readonly path: string;
  /** The scan's id, as every line carries it. */
  readonly scan: string;
}

/** The record of what became of every symbol. */
export interface Receipts {
  /** For messages. */
  readonly name: string;
  /** Checks that it can be written, before the scan starts. */
  open(): Promise<void>;
  write(outcomes: readonly Outcome[]): Promise<void>;
  /** `commit`: the file appears, whole and durable. Otherwise what was written is forgotten. */
  close(options: { readonly commit: boolean }): Promise<void>;
}

/**
 * Writes one line of JSON an outcome: the entry, its outcome and the reason, and the rating where there was one.
 *
 * Order: as outcomes come. Failure: `LostGroundError`, with the file and the remedy. Holds: the file's buffer.
 */
export function createReceipts({ path, scan }: ReceiptsOptions): Receipts {
  let file: AtomicFile | undefined;
  return {
    name: path,
    async open() {
      file ??= await openAtomicFile(path);
    },
    async write(outcomes) {
      file ??= await openAtomicFile(path);
      for (const outcome of outcomes) {
        const full = file.write(`${JSON.stringify(receipt(scan, outcome))}\n`);
        if (full !== undefined) await full;
      }
    },
    async close({ commit }) {
      const written = file;
      file = undefined;
      await (commit ? written?.commit() : written?.abort());
    },
  };
}

function receipt(scan: string, outcome: Outcome): object {
  const { symbol, text, line } = outcome.entry;
  return {
    type: 'receipt',
    scan,
    symbol,
    line,
    // Absent where `undefined`: JSON leaves it out.
    input: text === symbol ? undefined : text,
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
