import { ConfigError } from '../errors.ts';
import { printable } from '../universe/printable.ts';
import { canonicalSymbol } from '../universe/spelling.ts';
import { CLASSIC_WEIGHTS, type ClassicWeights } from '../workers/classic.ts';
import { answerFormat } from './explain/answer-format.ts';
import { type AbsenceExplanation, explainAbsence, unexplainedAbsence } from './explain/explain-absence.ts';
import { explainRow, type RowExplanation } from './explain/explain-row.ts';
import { explanationText, type RankingContext } from './explain/explanation-text.ts';
import { findBars } from './explain/find-bars.ts';
import { findReceipt } from './explain/find-receipt.ts';
import { priceChart } from './explain/price-chart.ts';
import { readRanking } from './explain/read-ranking.ts';
import { writeAnswer } from './explain/write-answer.ts';
import type { WrittenRow } from './explain/written-row.ts';

export interface ExplainOptions {
  /** In any spelling. */
  readonly symbol: string;
  /** The ranking: a file, or - for standard input. */
  readonly from: string;
  /** The receipts of the same scan. */
  readonly receipts?: string | undefined;
  /** Where the scan had others than the classic ones. */
  readonly weights?: Partial<ClassicWeights> | undefined;
}

export interface ExplainCommandOptions extends ExplainOptions {
  /** `table` or `json`. @default table */
  readonly format?: string | undefined;
  /** Where the bars are kept that a chart is drawn of. */
  readonly cacheDir: string;
}

/** Columns at most, and lines. */
const CHART = { width: 100, height: 12 };

export type Explanation = (RowExplanation | AbsenceExplanation) & RankingContext;

/**
 * `tapescan explain`: prints why a symbol stands where it does in a ranking, or why it is not there.
 *
 * Resolves with the exit code: 1 where neither ranking nor receipts know the symbol. Failure: that of `explain`.
 */
export async function explainCommand({
  format,
  cacheDir,
  ...options
}: ExplainCommandOptions): Promise<number> {
  const form = answerFormat(format);
  const explanation = await explain(options);
  await writeAnswer([
    form === 'json' ? `${JSON.stringify(explanation, null, 2)}\n` : explanationText(explanation),
    ...(form === 'table' && process.stdout.isTTY ? await chartOf(explanation, cacheDir) : []),
  ]);
  return explanation.type === 'absence' && explanation.outcome === null ? 1 : 0;
}

/** Lines of a chart of the bars behind a row, where they are kept. */
async function chartOf(explanation: Explanation, cacheDir: string): Promise<readonly string[]> {
  if (explanation.type !== 'explanation') return [];
  const bars = await findBars(cacheDir, explanation);
  if (bars === undefined) return [];
  const width = Math.min(process.stdout.columns || CHART.width, CHART.width);
  const { session: sessions, close } = bars;
  const lines = priceChart({ sessions, close, width, height: CHART.height, plan: explanation.plan });
  return ['\n', ...lines.map((line) => `${line}\n`)];
}

/**
 * Explains a symbol by a ranking and, where it is not in there, by the receipts of the scan.
 *
 * Failure: `ConfigError` for a file that is not what it should be. Holds: a row, and the symbols of the ranking.
 */
export async function explain({
  symbol: given,
  from,
  receipts,
  weights: changed,
}: ExplainOptions): Promise<Explanation> {
  if (from === '-' && receipts === '-') throw new ConfigError(['Only one file can be standard input']);
  // What is no ticker is in receipts as it came.
  const symbol = canonicalSymbol(given) ?? printable(given);
  const weights = { ...CLASSIC_WEIGHTS, ...changed };
  let found: WrittenRow | undefined;
  let scan: string | undefined;
  let ranked = 0;
  let asOf: string | null = null;
  for await (const row of readRanking(from, { weights })) {
    ranked++;
    scan ??= row.scan;
    if (row.session > (asOf ?? '')) asOf = row.session;
    if (row.symbol === symbol) found = row;
  }
  if (found !== undefined) return { ...explainRow(found, weights), from, ranked, as_of: asOf };
  if (receipts === undefined) return { ...unexplainedAbsence(symbol), from, ranked, as_of: asOf };
  const looked = await findReceipt(receipts, symbol);
  if (scan !== undefined && looked.scan !== undefined && looked.scan !== scan) {
    throw new ConfigError([
      `${receipts} is of the scan ${printable(looked.scan)}, ${from} of ${printable(scan)}: give the receipts of the same scan`,
    ]);
  }
  return {
    ...explainAbsence(symbol, looked.receipt),
    from,
    ranked,
    as_of: asOf ?? looked.asOf ?? null,
  };
}
