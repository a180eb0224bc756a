import { readBlockHeader } from '../block.ts';
import type { BlockStore } from '../cache/block-store.ts';
import { seal } from '../cache/seal.ts';
import { ROW_WIDTH } from '../features.ts';
import type { Beside } from '../operators/score-on.ts';
import { decodeRows, encodeRows } from '../row-table.ts';
import { standingOf } from '../standing.ts';
import { rowsKey, seriesKey } from '../store-keys.ts';
import type { FeatureRow, ScoreJob, Scorer, SeriesBytes, SymbolId } from '../types.ts';
import { KERNEL_VERSION } from '../workers/kernel-version.ts';
import type { RowMemory } from '../workers/row-memory.ts';
import type { ScoreOptions } from '../workers/score.ts';

export interface KeptRowsOptions {
  /** Rows of this process; what it has not is asked of the store. */
  readonly memory: RowMemory;
  readonly store: BlockStore;
  readonly dataset: string;
  /** What every symbol is scored with. */
  readonly scoring: ScoreOptions;
  readonly noDataSessions: number;
  readonly beside: Promise<Beside>;
  readonly onStoreError: (error: unknown, doing: 'read' | 'write') => void;
}

/** The rows of scans before, for one scan. */
export interface KeptRows {
  /** For each symbol its row, where scoring what the store has of it would give the same one. */
  recall(symbols: readonly SymbolId[]): Promise<readonly (FeatureRow | undefined)[]>;
  /** A scorer whose rows are remembered. */
  remembering(scorer: Scorer): Scorer;
  /** Stores what was scored anew, where something was. */
  save(): Promise<void>;
}

/** Of a scan that keeps nothing. */
export const NO_ROWS: KeptRows = {
  recall: async () => [],
  remembering: (scorer) => scorer,
  async save() {},
};

/**
 * Spares a scan reading and scoring the bars of symbols of which nothing has changed since they were scored: the header
 * of a stored series, 32 bytes, says which bars it has, and the rest that a row follows from is at hand.
 *
 * Failure: none; rows that cannot be had are computed, and a store that fails is reported.
 * Holds: nothing beside `memory`, and a copy of its rows while they are stored.
 */
export function createKeptRows({
  memory,
  store,
  dataset,
  scoring,
  noDataSessions,
  beside,
  onStoreError,
}: KeptRowsOptions): KeptRows {
  const { history, lookFrom } = scoring;
  // Another engine may have other last digits of a logarithm.
  const question = JSON.stringify({ dataset, ...scoring, kernel: KERNEL_VERSION, v8: process.versions.v8 });
  let isChanged = false;
  let opening: Promise<Beside | undefined> | undefined;

  const load = async (): Promise<void> => {
    try {
      const [bytes] = await store.read([rowsKey(dataset)]);
      const table = bytes && decodeRows(bytes, question);
      for (const { symbol, ...own } of table?.rows ?? []) memory.remember(symbol, { question, ...own });
    } catch (error) {
      onStoreError(error, 'read');
    }
  };
  /** What stands beside series, where there is anything to recall: nobody waits for it in vain. */
  const open = async (): Promise<Beside | undefined> => {
    if (memory.size === 0) await load();
    if (memory.size === 0) return undefined;
    // Where it cannot be had, the scoring stage says so.
    return beside.catch(() => undefined);
  };

  const note = (job: ScoreJob, row: FeatureRow, series: SeriesBytes): void => {
    const { symbol, splits, forming } = job;
    let mark = readBlockHeader(series)?.seal;
    if (mark === undefined) return;
    if (mark === 0) {
      seal([{ key: seriesKey(dataset, symbol), series }]);
      mark = readBlockHeader(series)!.seal;
    }
    memory.remember(symbol, { row, seal: mark, question, splits, forming });
    isChanged = true;
  };

  return {
    async recall(symbols) {
      opening ??= open();
      const besideOf = await opening;
      if (besideOf === undefined) return [];
      const known = symbols.map((symbol) => memory.recall(symbol, { question, ...besideOf(symbol) }));
      const keys = symbols.flatMap((symbol, index) => (known[index] ? [seriesKey(dataset, symbol)] : []));
      if (keys.length === 0) return [];
      try {
        const headers = (await store.coverage(keys)).values();
        return known.map((one) => {
          if (one === undefined) return undefined;
          const header = headers.next().value;
          const isSame = header !== undefined && header.seal === one.seal;
          return isSame && standingOf(header, history, noDataSessions) === 'answered' ? one.row : undefined;
        });
      } catch (error) {
        onStoreError(error, 'read');
        return [];
      }
    },
    remembering: (scorer) => ({
      parallel: scorer.parallel,
      async score(jobs) {
        const results = await scorer.score(jobs);
        for (const [index, job] of jobs.entries()) {
          const result = results[index]!;
          if (!result.ok) continue;
          note(job, result.row, result.series ?? (job as { readonly series: SeriesBytes }).series);
        }
        return results;
      },
      close: () => scorer.close(),
    }),
    async save() {
      // While a session is under way, rows change with its bars.
      if (!isChanged || lookFrom !== undefined) return;
      const rows = [...memory.answersTo(question)];
      if (rows.length === 0) return;
      const series = encodeRows({ question, from: history.from, to: history.to, width: ROW_WIDTH, rows });
      await store
        .write([{ key: rowsKey(dataset), series }])
        .catch((error: unknown) => onStoreError(error, 'write'));
    },
  };
}
