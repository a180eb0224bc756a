import { ScanError } from '../../errors.ts';
import { checkFrame } from '../../workers/decoders/polygon-frame.ts';
import { readJson } from '../json-body.ts';
import type { PolygonClient } from './client.ts';

/** A page has a thousand rows, of half a kilobyte each at most. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024;
/** More pages than that is a provider going in circles. */
const MAX_PAGES = 500;

/** A row of reference data, as it came. */
export type ReferenceRow = Readonly<Record<string, unknown>>;

/**
 * The rows of Polygon's `/v3/reference/…`, a page at a time; rows that are no objects are left out.
 *
 * Failure: a `ScanError`, after which no further page is asked for. Holds: one page.
 */
export async function* fetchReferencePages(
  client: PolygonClient,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<readonly ReferenceRow[], void, undefined> {
  let next: string | undefined = path;
  for (let page = 0; next !== undefined; page++) {
    if (page === MAX_PAGES) {
      throw new ScanError('malformed', `More than ${MAX_PAGES} pages of one list`, { stage: 'fetch' });
    }
    const body = await client.getBytes(next, MAX_PAGE_BYTES, signal);
    client.refuseKey([body]);
    const { results, next_url } = readPage(body);
    yield results;
    next = next_url === undefined ? undefined : client.pathOf(next_url);
  }
}

/** Failure: a `ScanError`, told apart as the decoders do it. */
function readPage(body: Uint8Array): { results: readonly ReferenceRow[]; next_url: string | undefined } {
  const page: unknown = readJson(body);
  if (!isObject(page)) {
    throw new ScanError('not-json', 'Expected a JSON object, got something else', { stage: 'decode' });
  }
  checkFrame({ status: textOf(page.status), error: textOf(page.error), message: textOf(page.message) });
  const results = page.results ?? [];
  if (!Array.isArray(results)) {
    throw new ScanError('malformed', 'Expected a list of results, got something else', { stage: 'decode' });
  }
  return { results: results.filter(isObject), next_url: textOf(page.next_url) };
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is ReferenceRow {
  return typeof value === 'object' && value !== null;
}
