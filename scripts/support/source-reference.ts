/** The reference page of the sources, as text, from the catalogue and the table of spellings. */
import { ABILITIES, type Ability, CATALOGUE } from '../../src/sources/catalogue.ts';
import { SPELLINGS, type SpellingName } from '../../src/sources/spelling.ts';

const EXAMPLES = {
  'class B': 'BRK.B',
  'preferred D': 'ABRpD',
  preferred: 'TYp',
  warrant: 'AAM.WS',
  unit: 'AAM.U',
  right: 'AIIAr',
} as const;

/** What each source can, needs and limits; how it spells symbols; what an archive may look like. */
export function sourceReference(): string {
  const abilities = Object.keys(ABILITIES) as Ability[];
  const can = CATALOGUE.map(({ name, gives, prices }) =>
    row([code(name), ...abilities.map((ability) => (gives.includes(ability) ? 'yes' : '')), prices]),
  );
  const need = CATALOGUE.map(({ name, what, needs, limits }) =>
    row([code(name), what, needs.map(variables).join(', '), limits]),
  );
  const kinds = Object.keys(EXAMPLES);
  const spellings = (Object.keys(SPELLINGS) as SpellingName[]).map((name) =>
    row([
      code(name),
      ...Object.values(EXAMPLES).map((symbol) => {
        const text = SPELLINGS[name].toProvider(symbol);
        return text === undefined ? '' : code(text);
      }),
    ]),
  );
  return `<!-- Written by \`npm run docs\`. -->

# Sources

Where bars come from. A source brings daily bars; the cache keeps them as they came, and what is as traded is adjusted for
splits when it is read.

## What they can

${table(['source', ...abilities, 'prices'])}
${can.join('\n')}

${abilities.map((ability) => `- *${ability}*: ${ABILITIES[ability]}`).join('\n')}

## What they need

${table(['source', 'what', 'needs', 'limits'])}
${need.join('\n')}

## How they spell symbols

Canonical is ${Object.values(EXAMPLES).map(code).join(', ')}. Where a field is empty no spelling is known, and the symbol
has no bars there.

${table(['source', ...kinds])}
${spellings.join('\n')}

## What an archive may look like

- A folder with a file for each symbol, at any depth, named after it in any spelling: \`AAPL.csv\`, \`BRK-B.csv.gz\`,
  \`MSFT.parquet\`, and Stooq's \`data/daily/us/nasdaq stocks/1/aapl.us.txt\`.
- One file (CSV, CSV.gz, Parquet) of many symbols, with a column \`symbol\` or \`ticker\`. It is read in one pass; kept are the
  bars that the scan looks at, 48 bytes each.

Columns are found by name, in any order and in small letters or capitals: \`date\` (or \`datetime\`, \`timestamp\`), \`open\`,
\`high\`, \`low\`, \`close\`, \`volume\` (or \`vol\`). Others are ignored, \`Adj Close\` too: it is adjusted for dividends. Dates are
\`2018-07-17\`, \`20180717\`, or a time at midnight. Rows without a number are left out, rows come in any order, and of two rows
for one session the last one counts. A row that is wrong otherwise fails its symbol (\`bad-bars\`). Empty files are symbols
without bars. Prices are taken to be adjusted for splits unless it is said that they are as traded; what is as traded stays
so, since an archive has no table of splits.
`;
}

function variables(needs: string): string {
  return needs.replace(/\b[A-Z][A-Z_]+\b/g, code);
}

function table(names: readonly string[]): string {
  return `${row(names)}\n|${'---|'.repeat(names.length)}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
