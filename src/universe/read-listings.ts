import { ConfigError } from '../errors.ts';
import type { Listing, SymbolId } from '../types.ts';
import { readUniverse } from './read-universe.ts';

/** Bytes of a list that says more of its symbols than their names. */
export interface ListingsFile {
  /** For messages. */
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Reads what lists and directories say of symbols: any list of `list-format.ts` that says something.
 *
 * Within a file the first row of a symbol counts, as in a list to scan; rows that are no tickers are passed over. A
 * later file adds to what earlier ones say, and where both speak of the same field, the later one counts.
 *
 * Failure: a `ConfigError` that names every file that says nothing; that of `chunks`. Holds: all listings.
 */
export async function readListings(files: Iterable<ListingsFile>): Promise<Map<SymbolId, Listing>> {
  const listings = new Map<SymbolId, Listing>();
  const problems: string[] = [];
  for (const { name, chunks } of files) {
    let found = 0;
    for await (const entries of readUniverse(chunks)) {
      for (const { symbol, listing } of entries) {
        if (listing === undefined) continue;
        found++;
        const earlier = listings.get(symbol);
        listings.set(symbol, earlier === undefined ? listing : { ...earlier, ...listing });
      }
    }
    if (found > 0) continue;
    problems.push(
      `Expected \`${name}\` to say something of its symbols: a header with a column \`symbol\` and others, such as \`name\`, \`sector\` or \`market cap\``,
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return listings;
}
