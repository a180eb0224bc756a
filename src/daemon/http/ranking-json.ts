import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { allRows } from '../../all-rows.ts';
import type { Ranking } from '../../types.ts';

const ROWS_A_CHUNK = 64;

/** A ranking as one JSON object, a row a line: `{"summary":…,"rows":[…]}`. Holds: 64 rows at a time. */
export async function* rankingJson(ranking: Ranking): AsyncGenerator<string> {
  let chunk = `{"summary":${JSON.stringify(ranking.summary)},"rows":[`;
  let count = 0;
  for (const row of allRows(ranking)) {
    chunk += `${count === 0 ? '' : ','}\n${JSON.stringify(row)}`;
    count++;
    if (count % ROWS_A_CHUNK > 0) continue;
    yield chunk;
    chunk = '';
    // A kernel that takes megabytes at once would have all of it made in one turn of the event loop.
    await setImmediate();
  }
  yield `${chunk}\n]}\n`;
}

/** A strong validator of `rankingJson`'s text: no two scans have one summary. */
export function rankingTag({ summary }: Ranking): string {
  return `"${createHash('sha256').update(JSON.stringify(summary)).digest('base64url').slice(0, 22)}"`;
}

/** Whether a header `if-none-match` names a tag. */
export function namesTag(header: string | undefined, tag: string): boolean {
  return (header ?? '').split(',').some((each) => ['*', tag, `W/${tag}`].includes(each.trim()));
}
