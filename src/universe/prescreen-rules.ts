import { PRESCREEN_RULES, type PrescreenRule, type Profile } from '../rules.ts';
import type { Entry, Instrument, Listing, SymbolId } from '../types.ts';
import { isLeveragedName } from './leveraged-name.ts';
import { LEVERAGED_PRODUCTS } from './leveraged-products.ts';
import { symbolInstrument } from './symbol-instrument.ts';

const ALWAYS = {
  'test-issue': true,
  'warrant-right-unit': true,
  'instrument-type': true,
  'excluded-symbol': true,
  'leveraged-product': true,
  'market-cap': true,
  sector: true,
  industry: true,
  'sub-industry': true,
} as const;

/** Which rules a profile applies, and the kinds of security it excludes. Other bounds are the same in all. */
export const PRESCREEN_PROFILES = {
  default: {
    rules: { ...ALWAYS, 'one-letter': false, 'long-ticker': false, 'small-defensive': false },
    excludeInstruments: [],
  },
  classic: {
    rules: { ...ALWAYS, 'one-letter': true, 'long-ticker': true, 'small-defensive': true },
    excludeInstruments: ['etf', 'fund', 'note'],
  },
} as const satisfies Record<
  Profile,
  {
    readonly rules: Readonly<Record<PrescreenRule, boolean>>;
    readonly excludeInstruments: readonly Instrument[];
  }
>;

/** Sectors, industries and sub-industries to scan, letters of either case; all where there are none. */
export interface Selection {
  readonly sectors?: readonly string[] | undefined;
  readonly industries?: readonly string[] | undefined;
  readonly subIndustries?: readonly string[] | undefined;
}

export interface PrescreenOptions extends Selection {
  /** @default 'default' */
  readonly profile?: Profile | undefined;
  /** Switches: rules that are applied, or not, against the profile. */
  readonly rules?: Readonly<Partial<Record<PrescreenRule, boolean>>> | undefined;
  /** @default that of the profile */
  readonly excludeInstruments?: readonly Instrument[] | undefined;
  /** Canonical spelling. @default none */
  readonly excludeSymbols?: Iterable<SymbolId> | undefined;
  /** Dollars; 0 asks for nothing. @default 0 */
  readonly minMarketCap?: number | undefined;
  /** Dollars. @default 2_000_000_000 */
  readonly smallDefensiveCap?: number | undefined;
}

/** Names of every rule that an entry fails, in the order of `PRESCREEN_RULES`. */
export type Prescreen = (entry: Entry, listing: Listing | undefined) => readonly string[];

/** Whether a symbol fails. */
type Fails = (symbol: SymbolId, listing: Listing, instrument: Instrument | undefined) => boolean;

const NONE: readonly string[] = [];
const NO_LISTING: Listing = {};
const BUNDLES: readonly (Instrument | undefined)[] = ['warrant', 'right', 'unit'];
const EXCHANGE_TRADED: readonly (Instrument | undefined)[] = ['etf', 'note'];
const DEFENSIVE: readonly (string | undefined)[] = ['real estate', 'utilities'];
const LONGEST_ROOT = 5;

/**
 * Makes the judge of what can be decided before any data is asked for.
 *
 * What a listing does not say fails no rule that excludes, and meets none that selects or sets a lower bound. The kind
 * of security is the listing's, or what the ticker alone tells (`AAM.WS`, `AACIW`). Failure: none. Holds: the options.
 */
export function createPrescreen({
  profile = 'default',
  rules = {},
  excludeInstruments = PRESCREEN_PROFILES[profile].excludeInstruments,
  excludeSymbols = [],
  minMarketCap = 0,
  sectors = [],
  industries = [],
  subIndustries = [],
  smallDefensiveCap = 2_000_000_000,
}: PrescreenOptions = {}): Prescreen {
  const instruments: ReadonlySet<Instrument | undefined> = new Set(excludeInstruments);
  const symbols = new Set(excludeSymbols);
  const tests: Readonly<Record<PrescreenRule, Fails | undefined>> = {
    'test-issue': (_symbol, { isTest }) => isTest === true,
    'warrant-right-unit': (_symbol, _listing, instrument) => BUNDLES.includes(instrument),
    'instrument-type':
      instruments.size === 0 ? undefined : (_s, _l, instrument) => instruments.has(instrument),
    'excluded-symbol': symbols.size === 0 ? undefined : (symbol) => symbols.has(symbol),
    'leveraged-product': isLeveraged,
    'market-cap': minMarketCap > 0 ? (_symbol, { marketCap }) => !(marketCap! >= minMarketCap) : undefined,
    sector: outside(sectors, 'sector'),
    industry: outside(industries, 'industry'),
    'sub-industry': outside(subIndustries, 'subIndustry'),
    'one-letter': (symbol) => symbol.length === 1,
    'long-ticker': (symbol) => symbol.length > LONGEST_ROOT && rootOf(symbol).length > LONGEST_ROOT,
    'small-defensive': (_symbol, { sector, marketCap }) =>
      DEFENSIVE.includes(sector?.toLowerCase()) && !(marketCap! >= smallDefensiveCap),
  };
  const applied: Readonly<Record<PrescreenRule, boolean>> = {
    ...PRESCREEN_PROFILES[profile].rules,
    ...rules,
  };
  const names = (Object.keys(PRESCREEN_RULES) as PrescreenRule[]).filter(
    (name) => applied[name] && tests[name] !== undefined,
  );
  const fails = names.map((name) => tests[name]!);
  return ({ symbol }, listing = NO_LISTING) => {
    const instrument = listing.instrument ?? symbolInstrument(symbol);
    let failed: string[] | undefined;
    for (let index = 0; index < fails.length; index++) {
      if (!fails[index]!(symbol, listing, instrument)) continue;
      failed ??= [];
      failed.push(names[index]!);
    }
    return failed ?? NONE;
  };
}

/** The list knows tickers only, which are given anew: a listing that says otherwise is right. */
function isLeveraged(symbol: SymbolId, { name }: Listing, instrument: Instrument | undefined): boolean {
  if (instrument !== undefined && !EXCHANGE_TRADED.includes(instrument)) return false;
  if (LEVERAGED_PRODUCTS.has(symbol)) return true;
  return instrument !== undefined && name !== undefined && isLeveragedName(name);
}

function outside(
  selected: readonly string[],
  field: 'sector' | 'industry' | 'subIndustry',
): Fails | undefined {
  if (selected.length === 0) return undefined;
  const values: ReadonlySet<string | undefined> = new Set(selected.map((value) => value.toLowerCase()));
  return (_symbol, listing) => !values.has(listing[field]?.toLowerCase());
}

/** Without the suffix of its kind or class: `.` or a small letter begins it. */
function rootOf(symbol: SymbolId): string {
  const end = symbol.search(/[.a-z]/);
  return end === -1 ? symbol : symbol.slice(0, end);
}
