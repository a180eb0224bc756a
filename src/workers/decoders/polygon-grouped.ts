/**
 * Decodes Polygon's `/v2/aggs/grouped/locale/us/market/stocks/{date}`, bytes straight to a market day.
 *
 * https://polygon.io/docs/rest/stocks/aggregates/daily-market-summary
 */
import { ScanError } from '../../errors.ts';
import { FLAG_SPLIT_ADJUSTED } from '../../series.ts';
import { MS_PER_DAY } from '../../session.ts';
import type { Session } from '../../types.ts';
import { COMPLETE, NAMED, scanCompactRow, TIME } from './compact-row.ts';
import { DayRows, type DecodedDay } from './day-rows.ts';
import { CLOSE_BRACKET, JsonScanner, OPEN_BRACE, OPEN_BRACKET } from './json-scanner.ts';
import { checkFrame, scanFrame } from './polygon-frame.ts';

const WANTED = COMPLETE | NAMED;
/** The end of a session in UTC is on its date: at 20:00 or 21:00, or, after the evening's trading, past midnight. */
const LATEST_END = MS_PER_DAY + 6 * 3_600_000;

const scanner = new JsonScanner();
const rows = new DayRows(scanner);

/**
 * The bars of all symbols at `session`, ascending by symbol. A day without `results`, which a holiday is, has no rows.
 *
 * Prices are as they came, sound or not. A row that cannot be one (without symbol, with a value that is no finite
 * number, of another session) is left out and counted: it does not cost the other ones theirs. Of two rows for a symbol
 * the last one counts. Flags: split-adjusted where the body says so.
 *
 * Failure: a `ScanError` of stage `decode`; a body that breaks off is never a shorter day. Where rows came and not one
 * of them can be used, `bad-bars`. Holds: a copy of the largest body so far, and 64 bytes for each row of it.
 *
 * @param room Where the day is put. @default fresh memory, which threads can share
 */
export function decodePolygonGrouped(
  body: readonly Uint8Array[],
  session: Session,
  room?: (bytes: number) => Uint8Array,
): DecodedDay {
  rows.clear();
  const frame = scanFrame(scanner, body, (key) => {
    if (key !== 'results') return false;
    rows.clear();
    scanResults(session);
    return true;
  });
  checkFrame(frame);
  if (rows.count === 0 && rows.unusable > 0) {
    throw new ScanError('bad-bars', `Not one of ${rows.unusable} rows is a bar of this session`, {
      stage: 'decode',
    });
  }
  return rows.encode(session, frame.adjusted ? FLAG_SPLIT_ADJUSTED : 0, room);
}

function scanResults(session: Session): void {
  if (scanner.takesWord('null')) return;
  scanner.expect(OPEN_BRACKET);
  if (scanner.peek() === CLOSE_BRACKET) {
    scanner.at++;
    return;
  }
  const start = session * MS_PER_DAY;
  do {
    const base = rows.next();
    const { cells } = rows;
    const end =
      scanner.peek() === OPEN_BRACE ? scanCompactRow(scanner.bytes, scanner.at, cells, base, WANTED) : -1;
    const found = end < 0 ? rows.readMembers(base, WANTED) : WANTED;
    if (end >= 0) scanner.at = end;
    const time = cells[base + TIME]!;
    const isBar = found === WANTED && time >= start && time < start + LATEST_END && rows.isNamed(base);
    if (isBar) rows.count++;
    else rows.unusable++;
  } while (scanner.hasMore(CLOSE_BRACKET));
}
