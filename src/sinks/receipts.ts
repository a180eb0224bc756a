import type { Outcome } from '../types.ts';
import { type AtomicFile, openAtomicFile } from './atomic-file.ts';
import { receiptOf } from './receipt-of.ts';

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
        const full = file.write(`${JSON.stringify(receiptOf(scan, outcome))}\n`);
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
