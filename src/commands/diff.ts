import { ConfigError } from '../errors.ts';
import { CLASSIC_WEIGHTS, type ClassicWeights } from '../workers/classic.ts';
import { diffRankings } from './diff/diff-rankings.ts';
import { diffJson, diffText } from './diff/diff-text.ts';
import { answerFormat } from './explain/answer-format.ts';
import { readRanking } from './explain/read-ranking.ts';
import { writeAnswer } from './explain/write-answer.ts';

export interface DiffCommandOptions {
  /** The earlier and the later ranking: files, or - for standard input. */
  readonly a: string;
  readonly b: string;
  /** Symbols of each kind in a table, at most; JSON has all of them. @default 20 */
  readonly limit?: number | undefined;
  /** `table` or `json`. @default table */
  readonly format?: string | undefined;
  /** Where the scans had others than the classic ones. */
  readonly weights?: Partial<ClassicWeights> | undefined;
}

/**
 * `tapescan diff`: prints what entered, left and moved from one ranking to another, and because of which inputs.
 *
 * Resolves with exit code 0, whether they differ or not. Failure: `ConfigError` for a file that is not a ranking.
 */
export async function diffCommand({
  a,
  b,
  limit = 20,
  format,
  weights: changed,
}: DiffCommandOptions): Promise<number> {
  const form = answerFormat(format);
  if (a === '-' && b === '-') throw new ConfigError(['Only one of the rankings can be standard input']);
  const weights = { ...CLASSIC_WEIGHTS, ...changed };
  const diff = await diffRankings(readRanking(a, { weights }), readRanking(b, { weights }), { weights });
  await writeAnswer(form === 'json' ? diffJson(diff) : diffText(diff, { limit }));
  return 0;
}
