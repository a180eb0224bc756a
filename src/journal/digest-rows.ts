import { createHash } from 'node:crypto';
import { chunkText } from '../sinks/chunk-text.ts';
import type { Ranking } from '../types.ts';

/** SHA-256 of the rows of a ranking as NDJSON, in hexadecimal. Holds: a chunk of text. */
export function digestRows({ rows }: Pick<Ranking, 'rows'>): string {
  const hash = createHash('sha256');
  for (const chunk of chunkText(lines(rows))) hash.update(chunk);
  return hash.digest('hex');
}

function* lines(rows: Ranking['rows']): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`;
}
