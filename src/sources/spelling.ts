/**
 * How providers spell what is canonically `BRK.B`, `ABRpD`, `AAM.WS`, `AAM.U` or `AIIAr`.
 *
 * Only what a provider is known to have: a symbol without a spelling there has no data there. Polygon's spelling is the
 * canonical one, capitals and small letters included.
 */
import type { SymbolId } from '../types.ts';
import { canonicalSymbol } from '../universe/spelling.ts';

export type SpellingName = 'polygon' | 'alpaca' | 'tiingo' | 'yahoo' | 'stooq';

export interface Spelling {
  /** The provider's spelling, or `undefined` where it has none. */
  readonly toProvider: (symbol: SymbolId) => string | undefined;
  /** The canonical symbol, or `undefined` where the text is none. */
  readonly fromProvider: (text: string) => SymbolId | undefined;
}

/** What follows the root of a canonical symbol. No class bears P, R, U or W: they would read as something else. */
const KINDS = {
  common: /^$/,
  shareClass: /^\.([A-OQSTVX-Z])$/,
  preferred: /^p$/,
  preferredSeries: /^p([A-Z])$/,
  warrant: /^\.WS$/,
  warrantSeries: /^\.WS\.([A-Z])$/,
  unit: /^\.U$/,
  right: /^r$/,
} as const;

type Forms = Readonly<Partial<Record<keyof typeof KINDS, string>>>;

const ALPACA: Forms = {
  common: '',
  shareClass: '.$1',
  preferred: '.PR',
  preferredSeries: '.PR$1',
  warrant: '.WS',
  warrantSeries: '.WS.$1',
  unit: '.U',
};
const TIINGO: Forms = { common: '', shareClass: '-$1', preferredSeries: '-P-$1' };
const YAHOO: Forms = {
  common: '',
  shareClass: '-$1',
  preferred: '-P',
  preferredSeries: '-P$1',
  warrant: '-WT',
  warrantSeries: '-WT$1',
  unit: '-UN',
  right: '-RI',
};
const STOOQ: Forms = { common: '.US', shareClass: '-$1.US', preferredSeries: '_$1.US' };

export const SPELLINGS: Readonly<Record<SpellingName, Spelling>> = {
  polygon: { toProvider: (symbol) => symbol, fromProvider: (text) => text },
  alpaca: { toProvider: (symbol) => spell(symbol, ALPACA), fromProvider: canonicalSymbol },
  tiingo: { toProvider: (symbol) => spell(symbol, TIINGO), fromProvider: canonicalSymbol },
  yahoo: { toProvider: (symbol) => spell(symbol, YAHOO), fromProvider: canonicalSymbol },
  stooq: {
    toProvider: (symbol) => spell(symbol, STOOQ)?.toLowerCase(),
    fromProvider: (text) =>
      /\.us$/i.test(text) ? canonicalSymbol(text.slice(0, -3).replace('_', '^')) : undefined,
  },
};

function spell(symbol: SymbolId, forms: Forms): string | undefined {
  const [, root, suffix] = /^([A-Z][A-Z0-9]*)(.*)$/.exec(symbol) ?? [];
  if (root === undefined || suffix === undefined) return undefined;
  for (const [kind, pattern] of Object.entries(KINDS)) {
    if (!pattern.test(suffix)) continue;
    const form = forms[kind as keyof typeof KINDS];
    return form === undefined ? undefined : root + suffix.replace(pattern, form);
  }
  return undefined;
}
