import { ConfigError } from '../../errors.ts';
import { type DescribedListing, LISTING_FIELDS } from '../../listing.ts';
import type { Line } from '../../universe/lines.ts';
import { Seen } from '../../universe/seen.ts';
import { CLASSIC_WEIGHTS, type ClassicWeights } from '../../workers/classic.ts';
import { RATING_INPUTS } from './conditions.ts';
import { fileLines } from './file-lines.ts';
import { rowProblem, type WrittenRow } from './written-row.ts';

export interface ReadRankingOptions {
  /** The weights that the ratings were made with. @default the classic ones */
  readonly weights?: ClassicWeights;
}

/** A form of ranking: the value of each line after the first, `undefined` for one that is not a row. */
interface Form {
  readonly parse: (text: string) => unknown;
  /** Whether the first line is a row itself. */
  readonly startsWithRow?: true;
  /** The line after the last row. */
  readonly end?: string;
}

const TEXT_COLUMNS = [
  ...['symbol', 'session', 'signal', 'composite_signal', 'scan'],
  ...['change', 'previous_signal', 'previous_session'],
  ...['plan_side', 'plan_setup', 'plan_reason', 'plan_capped'],
  ...['name', 'exchange', 'country', 'sector', 'industry', 'sub_industry', 'instrument'],
];
/** Without all of these a first line is no header, or only the beginning of one. */
const REQUIRED_COLUMNS = ['rank', 'symbol', 'rating', ...RATING_INPUTS];
const REMEDY = 'expected a ranking as `tapescan scan` writes it: ndjson, json or csv, not compressed';

/**
 * Reads a ranking back: NDJSON, the JSON document or CSV, as written; its first line tells which.
 *
 * What left since the ranking before, and closing lines, are passed over. Order: as written. Failure: `ConfigError` with file, line and remedy, for what is not a row, a symbol that is there
 * twice, and a rating that does not follow from its features; as of `fileLines` otherwise.
 * Holds: the lines of 64 KiB, and the symbols so far (11 to 21 bytes each).
 */
export async function* readRanking(
  path: string,
  { weights = CLASSIC_WEIGHTS }: ReadRankingOptions = {},
): AsyncGenerator<WrittenRow, void, undefined> {
  const seen = new Seen();
  let form: Form | undefined;
  let ended = false;
  let last = 0;
  for await (const line of fileLines(path)) {
    last = line.number;
    if (form === undefined) {
      form = formOf(line);
      if (form === undefined) throw failure(path, line.number, REMEDY);
      if (!form.startsWithRow) continue;
    }
    ended = line.text === form.end;
    if (ended) continue;
    const row = form.parse(line.text);
    if (isBesideRows(row)) continue;
    if (row === undefined) throw failure(path, line.number, `it breaks off or is something else; ${REMEDY}`);
    const problem = rowProblem(row, weights);
    if (problem !== undefined) throw failure(path, line.number, problem);
    const found = row as WrittenRow;
    if (!seen.add(found.symbol)) {
      throw failure(path, line.number, `${found.symbol} is there twice; a ranking has each symbol once`);
    }
    yield found;
  }
  if (form?.end !== undefined && !ended) throw failure(path, last, `it breaks off; ${REMEDY}`);
}

function formOf({ text }: Line): Form | undefined {
  if (text.startsWith('{"summary":') && text.endsWith('[')) {
    return { parse: (row) => parseJson(row.endsWith(',') ? row.slice(0, -1) : row), end: ']}' };
  }
  if (text.startsWith('{')) return { parse: parseJson, startsWithRow: true };
  const names = cellsOf(text);
  if (!REQUIRED_COLUMNS.every((name) => names.includes(name))) return undefined;
  return { parse: (record) => parseRecord(names, cellsOf(record)) };
}

/** What a daemon writes beside the ranked rows: what left, and a closing line. */
function isBesideRows(value: unknown): boolean {
  const type = (value as { readonly type?: unknown } | null | undefined)?.type;
  return type === 'left' || type === 'summary';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A record of CSV as the row that it was: `factor_` and `points_` are the composite's, numbers not of the row features. */
function parseRecord(names: readonly string[], cells: readonly string[]): object | undefined {
  if (cells.length !== names.length) return undefined;
  const values = new Map(
    names.map((name, index) => {
      const cell = cells[index]!;
      return [name, TEXT_COLUMNS.includes(name) ? cell : numberOf(cell)] as const;
    }),
  );
  const prefixed = (prefix: string) =>
    Object.fromEntries(
      [...values]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), value]),
    );
  const plan = prefixed('plan_');
  const listing = Object.fromEntries(
    Object.keys(LISTING_FIELDS).map((name) => [name, values.get(name) || null]),
  ) as DescribedListing;
  const features = Object.fromEntries([...values].filter(([, value]) => typeof value !== 'string'));
  return {
    type: values.get('change') === 'left' ? 'left' : 'ranked',
    ...Object.fromEntries(values),
    ...(values.has('composite') && { factors: prefixed('factor_'), contributions: prefixed('points_') }),
    plan: plan.side ? { ...plan, capped: plan.capped === 'true' } : null,
    listing: Object.values(listing).some((value) => value !== null) ? listing : null,
    features,
  };
}

/** The number of a cell, `null` of an empty one; text stays what it is. */
function numberOf(cell: string): string | number | null {
  if (cell === '') return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : cell;
}

/** The fields of a record, RFC 4180, without line breaks inside. */
function cellsOf(record: string): readonly string[] {
  // With a comma in front of the first one too, it may be empty.
  return Array.from(`,${record}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/g), ([, quoted, plain]) =>
    quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
  );
}

function failure(path: string, line: number, why: string): ConfigError {
  return new ConfigError([`${path}, line ${line}: ${why}`]);
}
