/**
 * Decodes aggregates (daily bars) of Polygon's `/v2/aggs/ticker/{ticker}/range/…`, bytes straight to columns.
 *
 * https://polygon.io/docs/rest/stocks/aggregates/custom-bars
 */
import { ScanError } from '../../errors.ts';
import { FLAG_OLDER_EXIST, FLAG_SPLIT_ADJUSTED, layOutSeries } from '../../series.ts';
import type { History, SeriesBytes, SymbolId } from '../../types.ts';
import { NUMBERS } from './compact-row.ts';
import { JsonScanner } from './json-scanner.ts';
import { checkFrame, type Frame, printable, readText, scanFrame } from './polygon-frame.ts';
import { PolygonRows } from './polygon-rows.ts';

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
    const page = scanPage(bytes, count, expected);
    count = page.count;
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
    const cell = row * NUMBERS;
    open[bar] = cells[cell]!;
    high[bar] = cells[cell + 1]!;
    low[bar] = cells[cell + 2]!;
    close[bar] = cells[cell + 3]!;
    volume[bar] = cells[cell + 4]!;
    session[bar] = rows.session(row);
  }
  return series.bytes;
}

/** Reads one page, its rows behind the `before` of the pages before. */
function scanPage(bytes: Uint8Array, before: number, expected: SymbolId): Frame & { readonly count: number } {
  let count = before;
  let ticker: string | undefined;
  const frame = scanFrame(scanner, [bytes], (key) => {
    if (key === 'results') count = rows.scanResults(before);
    else if (key === 'ticker') ticker = readText(scanner);
    else return false;
    return true;
  });
  checkFrame(frame);
  if (ticker === undefined) throw new ScanError('malformed', 'The body has no ticker', { stage: 'decode' });
  if (ticker !== expected) {
    throw new ScanError('wrong-symbol', `Asked for ${expected}, got ${printable(ticker)}`, {
      stage: 'decode',
    });
  }
  return { ...frame, count };
}

function badBars(message: string): ScanError {
  return new ScanError('bad-bars', message, { stage: 'decode' });
}
