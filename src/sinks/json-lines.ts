import { allRows } from '../all-rows.ts';
import type { Ranking } from '../types.ts';
import { chunkText } from './chunk-text.ts';

/** A ranking as NDJSON: one row a line, as it is; no summary. */
export function jsonLines(ranking: Ranking): Iterable<string> {
  return chunkText(lines(ranking));
}

function* lines(ranking: Ranking): Generator<string> {
  for (const row of allRows(ranking)) yield `${JSON.stringify(row)}\n`;
}
