/** What the sources of bars are, what they can and what they need: for people, and for the reference page. */

export interface SourceDescription {
  readonly name: string;
  readonly what: string;
  /** Variables, or what stands for none. */
  readonly needs: readonly string[];
  readonly gives: readonly Ability[];
  /** As traded, with a table of splits to adjust by; or adjusted already. */
  readonly prices: 'as traded' | 'split-adjusted' | 'as the files have them';
  /** Limits known of the service, and what else to know before a choice. */
  readonly limits: string;
}

/** What a source can be asked for, and what that means. */
export const ABILITIES = {
  'one symbol': 'the bars of one symbol a call',
  'many symbols': 'the bars of many symbols a call',
  'whole market': 'the bars of the whole market at one session a call',
  splits: 'the splits of all symbols',
  listing: 'the symbols that there are',
  snapshot: 'the forming bars of today, of all symbols',
} as const;

export type Ability = keyof typeof ABILITIES;

export const CATALOGUE: readonly SourceDescription[] = [
  {
    name: 'polygon',
    what: 'Polygon.io, now Massive',
    needs: ['TAPESCAN_POLYGON_KEY or POLYGON_API_KEY'],
    gives: ['one symbol', 'whole market', 'splits', 'listing', 'snapshot'],
    prices: 'as traded',
    limits: 'free: 5 calls a minute, 2 years, no snapshot; paid: asked to stay below 100 calls a second',
  },
  {
    name: 'alpaca',
    what: 'Alpaca Market Data',
    needs: ['TAPESCAN_ALPACA_KEY_ID or APCA_API_KEY_ID', 'TAPESCAN_ALPACA_SECRET or APCA_API_SECRET_KEY'],
    gives: ['one symbol', 'many symbols', 'splits'],
    prices: 'as traded',
    limits:
      '10,000 bars a page; free: 200 calls a minute; paid: 10,000 a minute; the feed `iex` has a fortieth of the volume',
  },
  {
    name: 'archive',
    what: 'CSV, CSV.gz, Parquet and Stooq files',
    needs: ['a file or a folder'],
    gives: ['one symbol'],
    prices: 'as the files have them',
    limits: 'as fresh as its files; no calls',
  },
  {
    name: 'tiingo',
    what: 'Tiingo end of day',
    needs: ['TAPESCAN_TIINGO_TOKEN or TIINGO_API_KEY'],
    gives: ['one symbol'],
    prices: 'split-adjusted',
    limits:
      'free: about 50 calls an hour, 1,000 a day, 500 symbols a month; corrections until 20:00 in New York',
  },
  {
    name: 'yahoo',
    what: 'Yahoo’s chart service, which nobody promises',
    needs: ['nothing'],
    gives: ['one symbol'],
    prices: 'split-adjusted',
    limits: 'unofficial; refuses many calls, by rules of its own; for small lists',
  },
  {
    name: 'simulator',
    what: 'A synthetic market, served inside the process',
    needs: ['nothing'],
    gives: ['one symbol', 'whole market', 'splits', 'listing', 'snapshot'],
    prices: 'as traded',
    limits: 'no real prices',
  },
];

/** The catalogue for a terminal: a paragraph a source. Ends in a line break. */
export function describeSources(): string {
  const width = Math.max(...CATALOGUE.map(({ name }) => name.length)) + 2;
  const indent = ' '.repeat(width);
  return CATALOGUE.map(({ name, what, needs, gives, prices, limits }) =>
    [
      `${name.padEnd(width)}${what}`,
      `${indent}gives   ${gives.join(', ')}`,
      `${indent}prices  ${prices}`,
      `${indent}needs   ${needs.join(' and ')}`,
      `${indent}limits  ${limits}`,
      '',
    ].join('\n'),
  ).join('\n');
}
