/** The rules that filter, and when they do: receipts, `--rule`, explanations and the reference page name them so. */
import type { Stage } from './errors.ts';

/** The rules that need no bars, and when they filter. */
export const PRESCREEN_RULES = {
  'test-issue': 'its listing says that it is there to test systems with',
  'warrant-right-unit': 'it is a warrant, a right or a unit',
  'instrument-type': 'its kind of security is among `--exclude-instruments`',
  'excluded-symbol': 'it is among `--exclude-symbols`',
  'leveraged-product':
    'it is a leveraged, inverse or volatility product: a ticker known for it, or a fund or note whose name says so',
  'market-cap': 'its market capitalization is below `--min-market-cap`, or not known',
  sector: 'its sector is not among `--sectors`, or not known',
  industry: 'its industry is not among `--industries`, or not known',
  'sub-industry': 'its sub-industry is not among `--sub-industries`, or not known',
  'one-letter': 'its ticker is one letter',
  'long-ticker': 'its ticker has more than five letters, a suffix not counted',
  'small-defensive':
    'its sector is Real Estate or Utilities, and its market capitalization is below `--small-defensive-cap`, or not known',
} as const;

export type PrescreenRule = keyof typeof PRESCREEN_RULES;

/** Rules on data, and when they filter. */
export const DATA_RULES = {
  'short-history': 'it has fewer bars than `--min-bars`',
  'low-price': 'it closed below `--min-close`',
  'thin-trading': 'its mean dollar volume of 40 sessions is below `--min-dollar-volume`',
  'erratic-price': 'the last 20 closes deviate by more than `--max-close-cv` of their mean',
  'price-jump':
    'a close is more than `--max-jump` times the one before, or less than that part of it: no trading explains it',
  'price-spike':
    'one close is more than `--max-spike` times both its neighbours, or less than that part of both: a bad print',
  'impossible-bars':
    'more than `--max-bad-bars` of its bars cannot be: a price not above zero, a high below the low, a close beyond them',
} as const;

export type DataRule = keyof typeof DATA_RULES;

/** What no switch turns off: there is nothing to be scanned. */
export const FIXED_RULES = {
  malformed: 'its text is not a ticker',
  'no-data': 'the source has no bars of it',
} as const;

/** All rules, and the stage that applies each. */
export const RULES: ReadonlyMap<string, { readonly stage: Stage; readonly meaning: string }> = new Map([
  ['malformed', { stage: 'prescreen', meaning: FIXED_RULES.malformed }],
  ...entries(PRESCREEN_RULES, 'prescreen'),
  ['no-data', { stage: 'fetch', meaning: FIXED_RULES['no-data'] }],
  ...entries(DATA_RULES, 'score'),
]);

/** Rules that can be switched. */
export const RULE_NAMES = [...Object.keys(PRESCREEN_RULES), ...Object.keys(DATA_RULES)] as (
  | PrescreenRule
  | DataRule
)[];

/** Sets of rules before data. */
export const PROFILES = ['default', 'classic'] as const;
export type Profile = (typeof PROFILES)[number];

/** What a receipt calls the rule of a screen: this and its name. */
export const SCREEN_PREFIX = 'screen:';

function entries(rules: Readonly<Record<string, string>>, stage: Stage) {
  return Object.entries(rules).map(([name, meaning]) => [name, { stage, meaning }] as const);
}
