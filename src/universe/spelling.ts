/**
 * One spelling for the many that lists and providers have.
 *
 *     what                  accepted                                              canonical (CQS, Polygon)
 *     common share          AAPL  aapl  $AAPL  "AAPL"                             AAPL
 *     class B               BRK.B  BRK-B  BRK/B                                   BRK.B
 *     preferred, series D   ABRpD  ABR^D  ABR$D  ABR.PRD  ABR-PRD  ABR-PD         ABRpD
 *                           ABR-P-D  ABR.PR.D
 *     preferred, no series  TYp  TY^  TY$  TY-P  TY.P  TY.PR  TY/PR               TYp
 *     warrant               AAM.WS  AAM.W  AAM+  AAM-WT                           AAM.WS
 *     warrant, series A     NE.WS.A  NE+A  NE-WTA                                 NE.WS.A
 *     unit                  AAM.U  AAM=  AAM-UN                                   AAM.U
 *     right                 AIIAr  AIIA.R  AIIA-RI                                AIIAr
 *     when issued           XYZw  XYZ.WI                                          XYZw
 *
 * Where a spelling has a separator, `.`, `-` and `/` mean the same, with one exception. Where two conventions
 * disagree:
 * - One letter is a class (`BF.A`, `MKC.V`), but for `P` (preferred), `U` (unit), `W` (warrant) and `R` (right), which
 *   no listed class bears. So Nasdaq's integrated `ABR-D` (preferred) reads as a class, as Yahoo and Tiingo mean it.
 * - `-PR` is the preferred of series R (Yahoo); `.PR` and `/PR` are a preferred without series (Alpaca, CMS).
 * - `^` is a preferred, as in the lists of nasdaq.com; Nasdaq's integrated symbols, where alone it is a right, are rare.
 *
 * Letters without any capital are taken as capitals; a text of both is canonical already or nothing (`ABRpD` is
 * not `ABRPD`). Not a symbol: anything else, what starts with a digit, and what takes more than 12 characters.
 * Prefixes and suffixes that name an exchange (`NYSE:F`, `BP.LON`) are not read.
 *
 * Sources: the providers' API references; Nasdaq's "Ticker Symbol Convention" (CQS, ACT and integrated suffixes).
 */
import type { SymbolId } from '../types.ts';

const MAX_LENGTH = 12;
const COMMON_LENGTH = 5;

/** What follows the root, by the first pattern that matches all of it. */
const SUFFIXES: readonly (readonly [pattern: RegExp, canonical: string])[] = [
  [/^(?:[./-]UN?|=)$/, '.U'],
  [/^[./-]R[IT]?$/, 'r'],
  [/^(?:[./-]W[ST]?|\+)$/, '.WS'],
  [/^(?:[./-]W[ST][./-]?|\+)([A-Z])$/, '.WS.$1'],
  [/^[./-]WI$/, 'w'],
  [/^(?:[./]PR|[./-]P|[$^])$/, 'p'],
  [/^(?:[./-]PR?[./-]?|[$^])([A-Z])$/, 'p$1'],
  [/^[./-]([A-Z])$/, '.$1'],
];

const ROOT_AND_SUFFIX = /^([A-Z][A-Z0-9]*)(.*)$/;
const CANONICAL_MIXED = /^[A-Z][A-Z0-9]*(?:p[A-Z]?|r)?w?$/;

/** The canonical spelling of a symbol, or `undefined` where the text is none. */
export function canonicalSymbol(text: string): SymbolId | undefined {
  return isCommon(text) ? text : respell(bare(text));
}

/** One to five capitals: nearly every symbol of nearly every list. */
function isCommon(text: string): boolean {
  if (text.length === 0 || text.length > COMMON_LENGTH) return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 65 || code > 90) return false;
  }
  return true;
}

/** Without what people put around a symbol: blanks, quotes, the cashtag's dollar. */
function bare(text: string): string {
  text = text.trim();
  const first = text[0];
  if (text.length > 1 && (first === '"' || first === "'") && text.endsWith(first))
    text = text.slice(1, -1).trim();
  return text.startsWith('$') ? text.slice(1) : text;
}

function respell(text: string): SymbolId | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  if (/[a-z]/.test(text)) {
    if (/[A-Z]/.test(text)) return CANONICAL_MIXED.test(text) ? text : undefined;
    text = text.toUpperCase();
  }
  const [, root, suffix] = ROOT_AND_SUFFIX.exec(text) ?? [];
  if (root === undefined || suffix === undefined) return undefined;
  if (suffix === '') return root;
  for (const [pattern, canonical] of SUFFIXES) {
    if (!pattern.test(suffix)) continue;
    const symbol = root + suffix.replace(pattern, canonical);
    return symbol.length <= MAX_LENGTH ? symbol : undefined;
  }
  return undefined;
}
