import type { Instrument, SymbolId } from '../types.ts';

const FIFTH = 4;
const LOWER_P = 0x70;
const LOWER_R = 0x72;

/**
 * What a ticker alone says of the kind of security: the suffix of its canonical spelling (`.WS`, `.U`, `r`, `pD`), or
 * the fifth letter of a Nasdaq ticker (`W`, `R`, `U`). Absent where it says nothing, as for nearly all.
 *
 * Source: Nasdaq's "Ticker Symbol Convention" and list of fifth-letter identifiers. Other exchanges give a common share
 * four letters at most, so the letter can be read without knowing the exchange.
 */
export function symbolInstrument(symbol: SymbolId): Instrument | undefined {
  for (let index = 1; index < symbol.length; index++) {
    const code = symbol.charCodeAt(index);
    if (code === LOWER_P) return 'preferred';
    if (code === LOWER_R) return 'right';
    if (symbol[index] === '.') return afterPoint(symbol.slice(index));
  }
  return symbol.length === FIFTH + 1 ? FIFTH_LETTERS[symbol[FIFTH]!] : undefined;
}

/** A class is a common share, as a rule: but its name knows better. */
function afterPoint(suffix: string): Instrument | undefined {
  if (suffix.startsWith('.WS')) return 'warrant';
  return suffix === '.U' ? 'unit' : undefined;
}

const FIFTH_LETTERS: Readonly<Record<string, Instrument>> = { W: 'warrant', R: 'right', U: 'unit' };
