import type { Settings } from '../config.ts';
import { ConfigError } from '../errors.ts';
import type { Listing, SymbolId } from '../types.ts';

/**
 * What the files of `--listings` say of symbols.
 *
 * Failure: a `ConfigError` for a file that cannot be read or says nothing, and for a selection that no listing meets.
 */
export async function loadListings(
  settings: Pick<Settings, 'listings' | 'sectors' | 'industries' | 'subIndustries'>,
): Promise<ReadonlyMap<SymbolId, Listing>> {
  if (settings.listings.length === 0) return new Map();
  const { readListings } = await import('../universe/read-listings.ts');
  const { checkSelections } = await import('../universe/check-selections.ts');
  const { openSymbolFile } = await import('../sources/symbol-file.ts');
  const listings = await readListings(
    settings.listings.map((name) => ({ name, chunks: openSymbolFile(name).chunks })),
  );
  const problems = checkSelections(settings, listings.values());
  if (problems.length > 0) throw new ConfigError(problems);
  return listings;
}
