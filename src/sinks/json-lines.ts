import type { Ranking } from '../types.ts';
import { chunkText } from './chunk-text.ts';

/** A ranking as NDJSON: one row a line, as it is; no summary. */
export function jsonLines({ rows }: Ranking): Iterable<string> {
  return chunkText(lines(rows));
}

function* lines(rows: Ranking['rows']): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`;
}
