/**
 * Decodes aggregates (daily bars) of Polygon's `/v2/aggs/ticker/{ticker}/range/…`, bytes straight to columns.
 *
 * https://polygon.io/docs/rest/stocks/aggregates/custom-bars
 */
import { ScanError } from '../../errors.ts';
import { FLAG_OLDER_EXIST, FLAG_SPLIT_ADJUSTED, layOutSeries } from '../../series.ts';
import type { History, SeriesBytes, SymbolId } from '../../types.ts';
import { CLOSE_BRACE, COLON, JsonScanner, OPEN_BRACE, QUOTE } from './json-scanner.ts';
import { CELLS, PolygonRows } from './polygon-rows.ts';

const MAX_WORDS = 200;

/** What a page says besides its rows. */
interface Page {
  status: string | undefined;
  ticker: string | undefined;
  /** The provider's words, where it reports an error or explains itself. */
  error: string | undefined;
  message: string | undefined;
  adjusted: boolean;
  hasNext: boolean;
}

const scanner = new JsonScanner();
const rows = new PolygonRows(scanner);

/**
 * The newest `bars` bars of `pages` from `from` to `to`, ascending, as an encoded series of that history.
 *
 * Rows come ascending or descending, the same way through all pages. Flags: split-adjusted where every page says so;
 * older bars exist where a row was left out for its age or the last page names a next one.
 *
 * Failure: a `ScanError` of stage `decode`; a body that breaks off is never a shorter series. No page at all, and pages
 * without results, are a series without bars. Holds: a copy of the largest page so far, and 48 bytes for each row of
 * the longest answer so far.
 */
export function decodePolygonAggregates(
  pages: readonly Uint8Array[],
  expected: SymbolId,
  { from, to, bars }: History,
): SeriesBytes {
  let count = 0;
  let adjusted = pages.length > 0;
  let hasNext = false;
  for (const bytes of pages) {
    const page: Page = {
      status: undefined,
      ticker: undefined,
      error: undefined,
      message: undefined,
      adjusted: false,
      hasNext: false,
    };
    count = scanPage(bytes, page, count);
    checkPage(page, expected);
    adjusted &&= page.adjusted;
    hasNext = page.hasNext;
  }

  const ascending = count > 1 && rows.session(0) < rows.session(1);
  let oldest = 0;
  let end = 0;
  let previous = Number.NEGATIVE_INFINITY;
  for (let bar = 0; bar < count; bar++) {
    const session = rows.session(ascending ? bar : count - 1 - bar);
    if (session <= previous) throw badBars('Sessions neither ascend nor descend, or one is there twice');
    if (session < from) oldest = bar + 1;
    if (session <= to) end = bar + 1;
    previous = session;
  }
  const start = Math.max(oldest, end - bars);
  // Of ascending rows, the ones of a next page are newer.
  const olderExist = start > 0 || (hasNext && !ascending);

  const series = layOutSeries({
    bars: Math.max(0, end - start),
    from,
    to,
    flags: (olderExist ? FLAG_OLDER_EXIST : 0) | (adjusted ? FLAG_SPLIT_ADJUSTED : 0),
  });
  const { cells } = rows;
  const { open, high, low, close, volume, session } = series;
  for (let bar = 0; bar < series.bars; bar++) {
    const row = ascending ? start + bar : count - 1 - start - bar;
    const cell = row * CELLS;
    open[bar] = cells[cell]!;
    high[bar] = cells[cell + 1]!;
    low[bar] = cells[cell + 2]!;
    close[bar] = cells[cell + 3]!;
    volume[bar] = cells[cell + 4]!;
    session[bar] = rows.session(row);
  }
  return series.bytes;
}

/** Reads one page: its rows behind the `before` of the pages before, the rest into `page`. Returns the rows now. */
function scanPage(bytes: Uint8Array, page: Page, before: number): number {
  scanner.open(bytes);
  const first = scanner.peek();
  if (first === 0 && scanner.at >= bytes.length) {
    throw new ScanError('empty-body', 'The body is empty', { stage: 'decode' });
  }
  if (first !== OPEN_BRACE) {
    throw new ScanError('not-json', 'Expected a JSON object, got something else', { stage: 'decode' });
  }
  scanner.at++;
  let count = before;
  if (scanner.peek() === CLOSE_BRACE) {
    scanner.at++;
  } else {
    do {
      const key = scanner.readString();
      scanner.expect(COLON);
      // A key that is there twice counts with its last value, as in JSON.parse.
      if (key === 'results') count = rows.scanResults(before);
      else if (key === 'status') page.status = readText();
      else if (key === 'ticker') page.ticker = readText();
      else if (key === 'error') page.error = readText();
      else if (key === 'message') page.message = readText();
      else if (key === 'next_url') page.hasNext = readText() !== undefined;
      else if (key === 'adjusted') page.adjusted = readText() === 'true';
      else scanner.skipValue();
    } while (scanner.hasMore(CLOSE_BRACE));
  }
  scanner.expectEnd();
  return count;
}

/** Takes any value: the text of a string, the JSON of anything else, `undefined` for null. */
function readText(): string | undefined {
  if (scanner.peek() === QUOTE) return scanner.readString();
  const start = scanner.at;
  scanner.skipValue();
  const text = scanner.textFrom(start);
  return text === 'null' ? undefined : text;
}

function checkPage({ status, ticker, error, message }: Page, expected: SymbolId): void {
  if (error !== undefined || (status !== undefined && status !== 'OK' && status !== 'DELAYED')) {
    const code = status === 'NOT_AUTHORIZED' ? 'unauthorized' : 'provider-error';
    const words = error ?? message ?? 'no explanation';
    throw new ScanError(
      code,
      `The provider answered ${printable(status ?? 'an error')}: ${printable(words)}`,
      {
        stage: 'decode',
      },
    );
  }
  if (status === undefined || ticker === undefined) {
    throw new ScanError('malformed', 'The body has no status or no ticker', { stage: 'decode' });
  }
  if (ticker !== expected) {
    throw new ScanError('wrong-symbol', `Asked for ${expected}, got ${printable(ticker)}`, {
      stage: 'decode',
    });
  }
}

/** The provider's words on one line, shortened. */
function printable(words: string): string {
  return words.slice(0, MAX_WORDS).replace(/\p{Cc}+/gu, ' ');
}

function badBars(message: string): ScanError {
  return new ScanError('bad-bars', message, { stage: 'decode' });
}
