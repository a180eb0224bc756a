import type { Settings } from '../config.ts';
import type { ScreenBounds } from '../operators/screen.ts';
import type { Listing, Screen, SymbolId } from '../types.ts';
import { createPrescreen, type Prescreen } from '../universe/prescreen-rules.ts';
import { canonicalSymbol } from '../universe/spelling.ts';
import { createScreens } from './create-screens.ts';
import { loadListings } from './load-listings.ts';

/** What a symbol must meet to be ranked: rules before data, rules on data, and the user's own criteria. */
export interface Rules {
  readonly prescreen: Prescreen;
  readonly listings: ReadonlyMap<SymbolId, Listing>;
  readonly bounds: ScreenBounds;
  readonly screens: readonly Screen[];
}

/** The original judged prices by their level and their deviation alone. */
const NOT_CLASSIC = ['price-jump', 'price-spike', 'impossible-bars'] as const;

/**
 * Makes the rules that the settings ask for; reads the files of `--listings`.
 *
 * Failure: a `ConfigError` with every problem: of a condition, of a selection that no listing meets, of a file.
 */
export async function createRules(settings: Settings): Promise<Rules> {
  const screens = await createScreens(settings);
  const listings = await loadListings(settings);
  const { excludeInstruments, excludeSymbols, ...bounds } = settings;
  return {
    prescreen: createPrescreen({
      ...bounds,
      rules: Object.fromEntries(settings.rule),
      ...(excludeInstruments.length > 0 && { excludeInstruments }),
      excludeSymbols: excludeSymbols.map((symbol) => canonicalSymbol(symbol) ?? symbol),
    }),
    listings,
    bounds: boundsOf(settings),
    screens,
  };
}

/** The bounds of the rules on data, and which of these rules are not applied. */
export function boundsOf(settings: Settings): ScreenBounds {
  const switches = Object.fromEntries(settings.rule);
  const off = new Set(settings.rule.filter(([, isOn]) => !isOn).map(([name]) => name));
  if (settings.profile === 'classic') {
    for (const name of NOT_CLASSIC) if (switches[name] !== true) off.add(name);
  }
  return { ...settings, off };
}
