import type { SymbolId } from '../types.ts';
import type { Manifest, ScoredSymbol } from './manifest.ts';

export interface ReplayDifference {
  readonly manifest: Manifest;
  /** What the replay has scored. */
  readonly replayed: Iterable<ScoredSymbol>;
  /** Of the program that replays. */
  readonly version: string;
}

const SHOWN = 10;

/** Why a replay has another ranking than its scan: which symbols, and what can have happened to them. A line each. */
export function describeDifference({ manifest, replayed, version }: ReplayDifference): string {
  const { head, scored } = manifest;
  const now = new Map(Array.from(replayed, ({ symbol, hash }): [SymbolId, number] => [symbol, hash]));
  const different = scored.filter(({ symbol, hash }) => now.get(symbol) !== hash);
  const gone = different.filter(({ symbol }) => !now.has(symbol)).length;
  const changed = different.length - gone;
  const other =
    head.version === version
      ? undefined
      : `it was scanned by tapescan ${head.version}, and this is ${version}, which may compute other numbers`;
  const causes = [
    ...(gone > 0
      ? [
          'bars are gone where the cache was cleared, is another one (--cache-dir) or was not used (--no-cache), and where the scan is more than 64 sessions back',
        ]
      : []),
    ...(changed > 0 ? ['bars are others where the provider has corrected them since'] : []),
    ...(other === undefined ? [] : [other]),
    ...(different.length === 0 && other === undefined ? ['this is a defect, please report it'] : []),
  ];
  const changedText = other === undefined ? 'other bars than then' : 'other numbers than then';
  const shown = different
    .slice(0, SHOWN)
    .map(({ symbol }) => `  ${symbol}: ${now.has(symbol) ? changedText : 'its bars are gone'}`);
  const more = different.length - shown.length;
  return [
    `the ranking of ${head.scan} cannot be made again, and nothing was written: ${
      different.length === 0
        ? `its ${scored.length} symbols have the same numbers, and rank otherwise`
        : `${different.length} of its ${scored.length} symbols differ`
    }`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...causes,
  ].join('\n');
}
