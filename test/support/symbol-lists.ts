/** Arbitrary lists of symbols as people hand them in. */
import { fc } from '@fast-check/vitest';

/** Other spellings that mean the same symbol. */
const SPELLINGS: readonly ((symbol: string) => string)[] = [
  (symbol) => `$${symbol}`,
  (symbol) => `"${symbol}"`,
  (symbol) => (/[a-z]/.test(symbol) ? symbol : symbol.toLowerCase()),
  (symbol) => symbol.replace(/\.([AB])$/, '-$1'),
  (symbol) => symbol.replace(/\.([AB])$/, '/$1'),
  (symbol) => symbol.replace(/p([A-Z])$/, '^$1'),
  (symbol) => symbol.replace(/p([A-Z])$/, '.PR$1'),
  (symbol) => symbol.replace(/\.WS$/, '+'),
];
/** Well spelled, in no market. */
const UNKNOWN = ['ZZZZZ', 'QQQQQ', 'XQ.B', 'XQpA'];
const MALFORMED = ['123', '?', 'A..B', 'ABCDEFGHIJKLMNOP', '<b>', 'ÄÖ', 'aBc', 'X'.repeat(300)];

/** Lists of what can be in them: well spelled, oddly spelled, unknown, malformed, and now and then doubled. */
export function symbolLists(tickers: readonly string[], maxLength: number): fc.Arbitrary<string[]> {
  const ticker = fc.constantFrom(...tickers);
  const token = fc.oneof(
    { weight: 12, arbitrary: ticker },
    {
      weight: 4,
      arbitrary: fc.tuple(ticker, fc.constantFrom(...SPELLINGS)).map(([symbol, spell]) => spell(symbol)),
    },
    { weight: 1, arbitrary: fc.constantFrom(...UNKNOWN) },
    { weight: 1, arbitrary: fc.constantFrom(...MALFORMED) },
  );
  return fc.array(token, { maxLength, size: 'max' });
}
