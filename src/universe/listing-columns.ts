import type { Listing } from '../types.ts';
import { instrumentOf } from './instrument.ts';
import { printable } from './printable.ts';
import { canonicalSymbol } from './spelling.ts';

/** What a list may say of a symbol, by the names of its columns, the best first: letters and digits in small. */
const COLUMNS = {
  name: ['name', 'securityname', 'companyname', 'company', 'security'],
  // A directory of Nasdaq's own listings has no exchange, but its tier.
  exchange: ['listingexchange', 'exchange', 'primaryexchange', 'marketcategory'],
  country: ['country'],
  sector: ['sector', 'gicssector'],
  industry: ['industry', 'gicsindustry'],
  subIndustry: ['subindustry', 'gicssubindustry'],
  marketCap: ['marketcap', 'marketcapitalization'],
  etf: ['etf', 'isetf'],
  testIssue: ['testissue', 'istest'],
  type: ['instrument', 'instrumenttype', 'securitytype', 'assettype', 'type'],
} as const;

type Field = keyof typeof COLUMNS;

/** Exchanges by the letters of Nasdaq Trader's directories, by market identifier codes, and by a name of the past. */
const EXCHANGES: Readonly<Record<string, string>> = {
  N: 'NYSE',
  XNYS: 'NYSE',
  Q: 'NASDAQ',
  G: 'NASDAQ',
  S: 'NASDAQ',
  XNAS: 'NASDAQ',
  A: 'NYSE American',
  XASE: 'NYSE American',
  AMEX: 'NYSE American',
  P: 'NYSE Arca',
  ARCX: 'NYSE Arca',
  M: 'NYSE Texas',
  XCHI: 'NYSE Texas',
  Z: 'Cboe BZX',
  BATS: 'Cboe BZX',
  V: 'IEX',
  IEXG: 'IEX',
};

const NOTHING = /^(?:n\/a|-+|)$/i;
const AMOUNT = /^(\d*\.?\d+(?:e\+?\d+)?)([kmbt]?)n?$/i;
const MULTIPLIERS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, b: 1e9, t: 1e12 };
const TEST_NAME = /\b(?:tick pilot|nyse|symbology) test\b|\btest (?:issue|stock|symbol|company|pilot)\b/i;
const MAX_CHARACTERS = 200;
/** What is read of a cell: patterns over a cell of a megabyte could take minutes. */
const MAX_READ = 400;
/** Values of a column that are kept to be used again; a list of nonsense has no more of them. */
const MAX_SHARED = 4096;

/** Reads what the cells of a row say; absent where they say nothing. */
export type ReadListing = (cells: readonly unknown[], symbol: string) => Listing | undefined;

/**
 * How to read listings from rows with this header; absent where it has no column that says anything.
 *
 * Cells may be text, numbers or truth values. Blank, dashes and `n/a` are nothing said, and so is a market
 * capitalization of 0. Market capitalizations are dollars: `44906679096.00`, `12,345,678`, `$1.2B`. Texts are made
 * printable. Failure: none, what cannot be read is nothing said. Holds: up to 4,096 texts that repeat (sectors).
 */
export function listingColumns(header: readonly string[]): ReadListing | undefined {
  const names = header.map((name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
  const columnOf = (field: Field) => {
    const name = COLUMNS[field].find((candidate) => names.includes(candidate));
    return name === undefined ? -1 : names.indexOf(name);
  };
  const columns = Object.fromEntries(
    Object.keys(COLUMNS).map((field) => [field, columnOf(field as Field)]),
  ) as Record<Field, number>;
  if (Object.values(columns).every((column) => column === -1)) return undefined;

  const shared = new Map<string, string>();
  const share = (text: string) => {
    const known = shared.get(text);
    if (known !== undefined) return known;
    const kept = printable(text, MAX_CHARACTERS);
    // The key as well must not keep the text that it was cut from.
    if (shared.size < MAX_SHARED && kept === text) shared.set(kept, kept);
    return kept;
  };
  return (cells, symbol) => {
    const said = (field: Field) => textOf(cells[columns[field]]);
    const listing: { -readonly [Key in keyof Listing]: Listing[Key] } = {};
    const name = said('name');
    if (name !== undefined) listing.name = printable(name, MAX_CHARACTERS);
    const exchange = said('exchange');
    if (exchange !== undefined) listing.exchange = EXCHANGES[exchange.toUpperCase()] ?? share(exchange);
    for (const field of ['country', 'sector', 'industry', 'subIndustry'] as const) {
      const text = said(field);
      if (text !== undefined) listing[field] = share(text);
    }
    const marketCap = amountOf(said('marketCap'));
    if (marketCap !== undefined) listing.marketCap = marketCap;
    const instrument = instrumentOf({
      symbol: canonicalSymbol(symbol) ?? symbol,
      name,
      isEtf: flagOf(said('etf')),
      type: said('type'),
    });
    if (instrument !== undefined) listing.instrument = instrument;
    const isTest =
      flagOf(said('testIssue')) ?? (name !== undefined && TEST_NAME.test(name) ? true : undefined);
    if (isTest !== undefined) listing.isTest = isTest;
    return Object.keys(listing).length === 0 ? undefined : listing;
  };
}

function textOf(cell: unknown): string | undefined {
  if (typeof cell !== 'string')
    return typeof cell === 'number' || typeof cell === 'boolean' ? String(cell) : undefined;
  const text = cell.trim().slice(0, MAX_READ);
  return NOTHING.test(text) ? undefined : text;
}

/** Dollars; absent where it is no number or not above 0. */
function amountOf(text: string | undefined): number | undefined {
  const [, digits, unit] = AMOUNT.exec(text?.replaceAll(/[$,\s]/g, '') ?? '') ?? [];
  const amount = Number(digits) * MULTIPLIERS[unit?.toLowerCase() ?? '']!;
  return amount > 0 && Number.isFinite(amount) ? amount : undefined;
}

function flagOf(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(?:y|yes|t|true|1)$/i.test(text)) return true;
  return /^(?:n|no|f|false|0)$/i.test(text) ? false : undefined;
}
