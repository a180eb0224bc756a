/**
 * Decodes Polygon's `/v2/snapshot/locale/us/markets/stocks/tickers`: the bar of each symbol that is still forming.
 *
 * https://polygon.io/docs/rest/stocks/snapshots/full-market-snapshot
 */
import { FLAG_FORMING } from '../../market-day.ts';
import { MS_PER_DAY } from '../../session.ts';
import type { Session } from '../../types.ts';
import { COMPLETE, NAMED, TIME } from './compact-row.ts';
import { DayRows, type DecodedDay } from './day-rows.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, COLON, JsonScanner, OPEN_BRACE, OPEN_BRACKET } from './json-scanner.ts';
import { checkFrame, scanFrame } from './polygon-frame.ts';

const NS_PER_MS = 1e6;
/** New York is 4 or 5 hours behind UTC: so much earlier, all that is traded on a date there has that date in UTC. */
const BEHIND_UTC = 5 * 3_600_000;
const OHLCV = COMPLETE & ~(1 << TIME);

const scanner = new JsonScanner();
const rows = new DayRows(scanner);

/**
 * The bars of all symbols that were traded at `session` so far, as a market day with `FLAG_FORMING`, as traded.
 *
 * A symbol without a trade has zeros for a bar, and one whose `updated` is on another date has the bar of that date:
 * neither has a row, and both are no fault. What cannot be used otherwise is counted. Failure and holding as in
 * `decodePolygonGrouped`, but a snapshot of another date is a day without rows.
 */
export function decodePolygonSnapshot(body: readonly Uint8Array[], session: Session): DecodedDay {
  rows.clear();
  const frame = scanFrame(scanner, body, (key) => {
    if (key !== 'tickers') return false;
    rows.clear();
    scanTickers(session);
    return true;
  });
  checkFrame(frame);
  return rows.encode(session, FLAG_FORMING);
}

function scanTickers(session: Session): void {
  if (scanner.takesWord('null')) return;
  scanner.expect(OPEN_BRACKET);
  if (scanner.peek() === CLOSE_BRACKET) {
    scanner.at++;
    return;
  }
  do {
    const base = rows.next();
    const found = readTicker(base);
    const { cells } = rows;
    const updated = cells[base + TIME]! / NS_PER_MS;
    if (found !== (COMPLETE | NAMED)) rows.unusable++;
    else if (Math.floor((updated - BEHIND_UTC) / MS_PER_DAY) !== session) continue;
    // Open, high, low and close of a symbol that was not traded yet.
    else if (cells[base] === 0 && cells[base + 1] === 0 && cells[base + 2] === 0 && cells[base + 3] === 0)
      continue;
    else rows.count++;
  } while (scanner.hasMore(CLOSE_BRACKET));
}

/** Takes one ticker: its symbol, its `day`, and when it was updated. Returns the bits of what can be used. */
function readTicker(base: number): number {
  scanner.expect(OPEN_BRACE);
  let found = 0;
  if (scanner.peek() === CLOSE_BRACE) {
    scanner.at++;
    return found;
  }
  do {
    const key = scanner.readString();
    scanner.expect(COLON);
    if (key === 'ticker') {
      found = rows.readName(base) ? found | NAMED : found & ~NAMED;
    } else if (key === 'day') {
      found &= ~OHLCV;
      if (scanner.peek() === OPEN_BRACE) found |= rows.readMembers(base, OHLCV);
      else scanner.skipValue();
    } else if (key === 'updated') {
      found = rows.readNumber(base + TIME) ? found | (1 << TIME) : found & ~(1 << TIME);
    } else {
      scanner.skipValue();
    }
  } while (scanner.hasMore(CLOSE_BRACE));
  return found;
}
