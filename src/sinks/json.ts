import { allRows } from '../all-rows.ts';
import type { Ranking } from '../types.ts';
import { chunkText } from './chunk-text.ts';

/** A ranking as one JSON document, `{"summary": …, "rows": […]}`, one row a line. */
export function json(ranking: Ranking): Iterable<string> {
  return chunkText(pieces(ranking));
}

function* pieces(ranking: Ranking): Generator<string> {
  yield `{"summary":${JSON.stringify(ranking.summary)},"rows":[`;
  let separator = '\n';
  for (const row of allRows(ranking)) {
    yield separator + JSON.stringify(row);
    separator = ',\n';
  }
  yield '\n]}\n';
}
