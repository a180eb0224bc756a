/**
 * The forms in which lists of symbols come. The first line that is neither blank nor a comment decides:
 *
 * - **JSON lines**, where it starts with `{` or `[`: objects with a `symbol` or `ticker`, or arrays of strings (or of
 *   such objects).
 * - **delimited**, where it is a header: cells by `,` `;` `|` or tab, one of them named as in `COLUMNS`. Quotes as in
 *   RFC 4180, within a line. An empty cell is no symbol. Nasdaq Trader's closing line is left out.
 *
 * In these two, other keys and columns (`listing-columns.ts`) may say more of the symbol.
 *
 * - **plain**, else: symbols by blanks, `,` or `;`. A header of one cell alone is a title, and a plain list follows.
 *
 * A `#` starts a comment where a symbol could start, so that `AAM#` is not read as `AAM`; in the other forms only a
 * whole line is a comment.
 */
import type { Entry, Listing } from '../types.ts';
import { listingColumns, type ReadListing } from './listing-columns.ts';

/** A symbol as it was written, with what is said of it if anything is, or a place where there should have been one. */
export type Token = string | Described | Flaw;

export interface Described {
  readonly text: string;
  readonly listing: Listing;
}

export interface Flaw {
  readonly text: string;
  readonly defect: Extract<Entry['defect'], 'malformed' | 'line-too-long'>;
}

/** Names of the column to read, the best first; letters of either case. */
const COLUMNS = ['symbol', 'ticker', 'act symbol', 'ticker symbol'];
const DELIMITERS = [',', '\t', ';', '|'];
const NASDAQ_TRAILER = 'File Creation Time:';
const NONE: readonly Token[] = [];
const HASH = 0x23;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;

type ReadLine = (text: string) => readonly Token[];

/**
 * Reads the tokens of a list, line by line.
 *
 * Order: as written. Failure: none, what cannot be read is a token. Holds: the form, no line.
 */
export class ListFormat {
  #read: ReadLine | undefined;

  tokens(text: string): readonly Token[] {
    if (this.#read !== undefined) return this.#read(text);
    if (text.trim() === '' || isComment(text)) return NONE;
    const header = headerOf(text);
    this.#read = header?.read ?? (/^\s*[{[]/.test(text) ? createJsonReader() : plainTokens);
    return header === undefined ? this.#read(text) : NONE;
  }
}

function plainTokens(text: string): readonly Token[] {
  if (isOneToken(text)) return [text];
  const tokens: string[] = [];
  for (const token of text.split(/[\s,;]+/)) {
    if (token.startsWith('#')) break;
    if (token !== '') tokens.push(token);
  }
  return tokens;
}

/** Whether a line is nothing but one token of plain ASCII: the common case, without a pattern or a copy. */
function isOneToken(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code <= 32 || code > 126 || code === COMMA || code === SEMICOLON) return false;
  }
  return text !== '' && text.charCodeAt(0) !== HASH;
}

function createJsonReader(): ReadLine {
  const describe = createDescriber();
  return (text) => {
    if (text.trim() === '' || isComment(text)) return NONE;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return [{ text, defect: 'malformed' }];
    }
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.map((element) => {
      const symbol = symbolOf(element);
      if (symbol === undefined) return { text, defect: 'malformed' };
      return typeof element === 'string' ? symbol : describe(symbol, element as object);
    });
  };
}

function symbolOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { symbol, ticker } = value as { readonly symbol?: unknown; readonly ticker?: unknown };
  return [symbol, ticker].find((field) => typeof field === 'string');
}

/** Objects of a list mostly have the same keys: what they mean is found out when they change. */
function createDescriber(): (symbol: string, object: object) => Token {
  let header: readonly string[] = [];
  let read: ReadListing | undefined;
  return (symbol, object) => {
    const keys = Object.keys(object);
    if (keys.length !== header.length || keys.some((key, index) => key !== header[index])) {
      header = keys;
      read = listingColumns(header);
    }
    return described(symbol, read?.(Object.values(object), symbol));
  };
}

function described(text: string, listing: Listing | undefined): Token {
  return listing === undefined ? text : { text, listing };
}

function headerOf(text: string): { readonly read: ReadLine } | undefined {
  for (const delimiter of DELIMITERS) {
    const cells = cellsOf(text, delimiter).map((cell) => cell.toLowerCase());
    const name = COLUMNS.find((candidate) => cells.includes(candidate));
    if (name === undefined) continue;
    if (cells.length === 1) return { read: plainTokens };
    const column = cells.indexOf(name);
    const readListing = listingColumns(cells);
    return { read: (line) => delimitedTokens(line, delimiter, column, readListing) };
  }
  return undefined;
}

function delimitedTokens(
  text: string,
  delimiter: string,
  column: number,
  readListing: ReadListing | undefined,
): readonly Token[] {
  if (text.trim() === '' || isComment(text)) return NONE;
  if (delimiter === '|' && text.startsWith(NASDAQ_TRAILER)) return NONE;
  const cells = readListing === undefined ? undefined : cellsOf(text, delimiter);
  const symbol = cells === undefined ? cellAt(text, delimiter, column) : cells[column];
  // A row that breaks off before the column is not a row without a symbol.
  if (symbol === undefined) return [{ text, defect: 'malformed' }];
  if (symbol === '') return NONE;
  return [cells === undefined ? symbol : described(symbol, readListing?.(cells, symbol))];
}

function cellsOf(text: string, delimiter: string): readonly string[] {
  const cells: string[] = [];
  for (let start = 0; start <= text.length; ) {
    const end = endOfCell(text, delimiter, start);
    cells.push(contentOf(text.slice(start, end)));
    start = end + 1;
  }
  return cells;
}

function cellAt(text: string, delimiter: string, column: number): string | undefined {
  let start = 0;
  for (let index = 0; start <= text.length; index++) {
    const end = endOfCell(text, delimiter, start);
    if (index === column) return contentOf(text.slice(start, end));
    start = end + 1;
  }
  return undefined;
}

function endOfCell(text: string, delimiter: string, start: number): number {
  let from = start;
  if (text[start] === '"') {
    let close = text.indexOf('"', start + 1);
    // Two quotes are one of the content.
    while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
    if (close === -1) return text.length;
    from = close + 1;
  }
  const end = text.indexOf(delimiter, from);
  return end === -1 ? text.length : end;
}

function contentOf(cell: string): string {
  const content = cell.trim();
  if (content.length < 2 || !content.startsWith('"') || !content.endsWith('"')) return content;
  return content.slice(1, -1).replaceAll('""', '"').trim();
}

function isComment(text: string): boolean {
  return text.trimStart().startsWith('#');
}
