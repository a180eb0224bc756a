import { formatSession, parseSession } from '../../session.ts';
import type { Session, Split } from '../../types.ts';
import type { PolygonClient } from './client.ts';
import { fetchReferencePages, type ReferenceRow } from './reference-pages.ts';

const PAGE_ROWS = 1000;

/**
 * The splits of all symbols whose execution date is from `from` to `to`, each once: pages may overlap where a split is
 * added meanwhile, and one that counts twice would halve the prices twice.
 *
 * Rows that are no split (no date, a ratio that is no positive number) are left out. Order: none. Failure: a
 * `ScanError`. Holds: the splits.
 */
export async function fetchSplits(
  client: PolygonClient,
  from: Session,
  to: Session,
  signal: AbortSignal,
): Promise<readonly Split[]> {
  const path =
    `/v3/reference/splits?execution_date.gte=${formatSession(from)}` +
    `&execution_date.lte=${formatSession(to)}&limit=${PAGE_ROWS}`;
  const splits = new Map<string, Split>();
  for await (const rows of fetchReferencePages(client, path, signal)) {
    for (const row of rows) {
      const split = splitOf(row);
      if (split === undefined || !(split.session >= from && split.session <= to)) continue;
      splits.set(`${split.session} ${split.symbol}`, split);
    }
  }
  return [...splits.values()];
}

function splitOf({ ticker, execution_date, split_from, split_to }: ReferenceRow): Split | undefined {
  if (typeof ticker !== 'string' || typeof execution_date !== 'string') return undefined;
  const session = parseSession(execution_date);
  const ratio = Number(split_to) / Number(split_from);
  if (Number.isNaN(session) || !(ratio > 0 && ratio < Number.POSITIVE_INFINITY)) return undefined;
  return { symbol: ticker, session, ratio };
}
